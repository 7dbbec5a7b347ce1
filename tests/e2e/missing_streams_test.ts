/** What an edge answers that has `http_remux.missing = "404"`: it asks its origin before it says that something is missing. */
import { assertEquals } from "../support/assert.ts";
import { ServerProcess } from "../support/process/server_process.ts";
import { LivePublisher } from "../support/rtmp/live_client.ts";

const OUTBOX = '[hooks.outbox]\npath = ""\n';
const HTTP = /Listening for players by HTTP address=(\S+)/;

async function httpOf(server: ServerProcess): Promise<string> {
  return HTTP.exec(await server.waitForLine(HTTP))?.[1] ?? "";
}

/** The status of an answer, whose body is not wanted. */
async function statusOf(url: string): Promise<number> {
  const { body, status } = await fetch(url, { headers: { Connection: "close" } });
  await body?.cancel();
  return status;
}

/** A stream that is pulled by HTTP when somebody plays it. */
function pullOf(http: string, stream: string): string {
  return `{ url = "http://${http}/live/${stream}.flv", app = "live", stream = "${stream}", on_demand = true }`;
}

for (const workers of [1, 2]) {
  for (const by of ["rtmp", "http"] as const) {
    Deno.test(`the first player at an edge gets a stream that its origin has, by ${by}, with ${workers} workers`, async () => {
      await using origin = await ServerProcess.start({
        toml:
          `listen = "127.0.0.1:0"\n[http_api]\nenabled = false\n[http_server]\nlisten = "127.0.0.1:0"\n${OUTBOX}`,
      });
      const http = await httpOf(origin);
      await using _publisher = await LivePublisher.publish(origin.port, "cam");
      await using edge = await ServerProcess.start({
        toml: [
          ...['listen = "127.0.0.1:0"', `workers = ${workers}`, "[http_api]", "enabled = false"],
          ...["[http_server]", 'listen = "127.0.0.1:0"', OUTBOX],
          ...["[vhost.__defaultVhost__.http_remux]", 'missing = "404"'],
          ...by === "rtmp"
            ? ["[vhost.__defaultVhost__.cluster]", 'mode = "remote"', `origin = "127.0.0.1:${origin.port}"`]
            : ["[vhost.__defaultVhost__]", `pull = [${["cam", "nobody"].map((name) => pullOf(http, name))}]`],
        ].join("\n"),
      });
      const player = await httpOf(edge);
      const wanted = ["cam.flv", "nobody.flv", "cam.flv"];
      const found = await Promise.all(wanted.map((name) => statusOf(`http://${player}/live/${name}`)));
      assertEquals(found, [200, 404, 200]);
    });
  }
}
