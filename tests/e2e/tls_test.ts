/**
 * Everything by TLS, with real clients, from one server with two media threads.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import {
  CA_CERT,
  CLIENT_CERT,
  SERVER_CERT,
  TLS_CLIENT_KEY,
  TLS_SERVER_KEY,
} from "../support/net/tls_fixtures.ts";
import { mediaTools } from "../support/process/ffmpeg.ts";
import { ServerProcess } from "../support/process/server_process.ts";
import { decodeStream, publishStream } from "../support/stream/test_stream.ts";

const TOML = `listen = "127.0.0.1:0"
workers = 2
srs_log_level = "info"
[rtmps]
listen = "127.0.0.1:0"
cert = "cert.pem"
key = "key.pem"
[http_api]
listen = "127.0.0.1:0"
[http_api.https]
listen = "127.0.0.1:0"
cert = "cert.pem"
key = "key.pem"
[http_server]
listen = "127.0.0.1:0"
[http_server.https]
listen = "127.0.0.1:0"
cert = "cert.pem"
key = "key.pem"
[hooks.outbox]
path = ""
`;

/** The port in the line of a listener. */
async function portOf(server: ServerProcess, listener: string): Promise<number> {
  const line = await server.waitForLine(new RegExp(`Listening for ${listener} address=`));
  return Number(/:(\d+)$/.exec(line)?.[1]);
}

Deno.test("TLS: what real clients do", async (test) => {
  const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
  try {
    await Deno.writeTextFile(`${directory}/cert.pem`, SERVER_CERT);
    await Deno.writeTextFile(`${directory}/key.pem`, TLS_SERVER_KEY);
    await Deno.writeTextFile(`${directory}/ca.pem`, CA_CERT);
    const tools = await mediaTools();
    await using server = await ServerProcess.start({ directory, toml: TOML });
    const rtmpsPort = await portOf(server, "RTMPS");
    const rtmps = `rtmps://127.0.0.1:${rtmpsPort}/live/livestream`;

    await test.step("the certificate is in the log", async () => {
      assertMatch(
        await server.waitForLine(/TLS certificate /),
        /listener=rtmps file=cert.pem subject="CN=server" not_after=2126-10-29T11:30:02.000Z/,
      );
    });

    await test.step("ffmpeg publishes and plays by RTMPS", async () => {
      await using _publisher = publishStream(tools, rtmps, { gopSeconds: 1 });
      await server.waitForLine(/Stream format url=\/live\/livestream video=H264/);
      const decoded = await decodeStream(tools, rtmps, 2);
      assertEquals({ code: decoded.code, stderr: decoded.stderr }, { code: 0, stderr: "" });
      assert(new TextDecoder().decode(decoded.stdout).split("\n").length > 40);
    });

    const players = await portOf(server, "players by HTTPS");
    const api = await portOf(server, "the API by HTTPS");
    using trusting = Deno.createHttpClient({ caCerts: [CA_CERT], http2: false });

    await test.step("the API answers by HTTPS, and says when certificates end", async () => {
      const address = `https://127.0.0.1:${api}/api/v1/certificates`;
      const { certificates } = await (await fetch(address, { client: trusting })).json();
      assertEquals(certificates.map(({ listener }: { listener: string }) => listener), [
        "rtmps",
        "http_server.https",
        "http_api.https",
      ]);
      assertEquals(certificates[0].not_after, "2126-10-29T11:30:02.000Z");
      const metrics = await fetch(`https://127.0.0.1:${api}/metrics`, { client: trusting });
      assertMatch(
        await metrics.text(),
        /^srs_tls_certificate_not_after_seconds\{listener="http_api.https"\} 4\d{9}$/m,
      );
    });

    await test.step("ffmpeg plays FLV by HTTPS", async () => {
      await using _publisher = publishStream(tools, rtmps, { gopSeconds: 1 });
      await server.waitForLine(/Publish accepted .*/, { from: server.lines.length });
      const url = `https://127.0.0.1:${players}/live/livestream.flv`;
      const decoded = await decodeStream(tools, url, 2);
      assertEquals({ code: decoded.code, stderr: decoded.stderr }, { code: 0, stderr: "" });
      assert(new TextDecoder().decode(decoded.stdout).split("\n").length > 40);
    });

    await test.step("new files are used for the next clients", async () => {
      const from = server.lines.length;
      await Deno.writeTextFile(`${directory}/cert.pem`, CLIENT_CERT);
      await Deno.writeTextFile(`${directory}/key.pem`, TLS_CLIENT_KEY);
      for (const listener of ["rtmps", "http_server.https", "http_api.https"]) {
        await server.waitForLine(new RegExp(`TLS certificate replaced listener=${listener} `), { from });
      }
      const { certificates } = await (await fetch(`https://127.0.0.1:${api}/api/v1/certificates`, {
        client: trusting,
      })).json();
      assertEquals(certificates[2].subject, "CN=client");
    });

    await test.step("a client without TLS is counted, and named in the log", async () => {
      using client = await Deno.connect({ hostname: "127.0.0.1", port: rtmpsPort });
      await client.write(new Uint8Array([3, ...new Uint8Array(1536)]));
      await server.waitForLine(
        /\[warn\].* No TLS on the RTMPS port limit=plain_on_rtmps ip=127.0.0.1 .*listen/,
      );
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
