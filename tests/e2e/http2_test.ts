/**
 * Players by HTTP/2 over TLS, with the service behind the hooks: what plays, what is refused, kicked and cut, with one
 * media thread and with two.
 *
 * @module
 */
import { connect } from "node:http2";
import { FrameType } from "../../http/server/h2/frame.ts";
import { H2ErrorCode } from "../../http/server/h2/h2_error.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { HookHarness } from "../support/hooks/hook_harness.ts";
import { opening, ServerFrames } from "../support/http/h2_frames.ts";
import {
  CA_CERT,
  CLIENT_CERT,
  SERVER_CERT,
  TLS_CLIENT_KEY,
  TLS_SERVER_KEY,
} from "../support/net/tls_fixtures.ts";
import { LivePublisher } from "../support/rtmp/live_client.ts";
import { until } from "../support/wait.ts";

const STREAMS = 100;
const HTTPS_LINE = /Listening for players by HTTPS address=127\.0\.0\.1:(\d+)/;

/** A server with a certificate, and one publisher. */
async function withServer(
  workers: number,
  run: (stage: HookHarness, port: number, pair: { cert: string; key: string }) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
  const pair = { cert: `${directory}/cert.pem`, key: `${directory}/key.pem` };
  try {
    await Deno.writeTextFile(pair.cert, SERVER_CERT);
    await Deno.writeTextFile(pair.key, TLS_SERVER_KEY);
    await using stage = await HookHarness.open({
      players: true,
      top: [`workers = ${workers}`, `srs_log_level = "info"`],
      sections: [
        "[http_server.https]",
        'listen = "127.0.0.1:0"',
        `cert = "${pair.cert}"`,
        `key = "${pair.key}"`,
      ],
    });
    stage.receiver.reply("on_play", ({ json }) => json.stream === "no" ? { code: 1, msg: "not today" } : 0);
    const port = Number(HTTPS_LINE.exec(await stage.server.waitForLine(HTTPS_LINE))?.[1]);
    await using _publisher = await LivePublisher.publish(stage.port, "cam");
    await run(stage, port, pair);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** What an answer brings, as it comes. */
class Playing {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(response: Response) {
    assertEquals(response.status, 200);
    assert(response.body !== null);
    this.#reader = response.body.getReader();
  }

  /** Read so many bytes more. */
  async read(bytes: number): Promise<void> {
    for (let left = bytes; left > 0;) {
      const { value, done } = await this.#reader.read();
      assert(!done, "the answer has ended");
      left -= value.length;
    }
  }

  async readToEnd(): Promise<void> {
    while (!(await this.#reader.read()).done);
  }

  async leave(): Promise<void> {
    await this.#reader.cancel();
  }
}

for (const workers of [1, 2]) {
  Deno.test(`HTTP/2, workers = ${workers}: plays are asked about, refused, kicked and left`, () =>
    withServer(workers, async (stage, port) => {
      const { receiver } = stage;
      using client = Deno.createHttpClient({ caCerts: [CA_CERT], http1: false, http2: true });
      const url = (path: string) => `https://127.0.0.1:${port}/live/${path}`;

      const refused = await fetch(url("no.flv"), { client });
      assertEquals([refused.status, await refused.text()], [403, "not today\n"]);

      const kicked = new Playing(await fetch(url("cam.flv?token=x"), { client }));
      await kicked.read(1000);
      const [play] = await receiver.waitFor(({ action, json }) =>
        action === "on_play" && json.stream === "cam"
      );
      assertEquals([play?.json.ip, play?.json.param, play?.json.protocol], [
        "127.0.0.1",
        "?token=x",
        "http-flv",
      ]);
      await stage.call("DELETE", `/api/v1/clients/${play?.json.client_id}`);
      await assertRejects(() => kicked.readToEnd());
      const [kick] = await receiver.waitFor("on_stop");
      assertEquals([kick?.json.reason, kick?.json.session_id], ["kicked", play?.json.session_id]);

      const left = new Playing(await fetch(url("cam.flv"), { client }));
      await left.read(1000);
      await left.leave();
      const [, leave] = await receiver.waitFor("on_stop", 2);
      assertEquals(leave?.json.reason, "client");
      assert(Number(leave?.json.send_bytes) > 1000);

      const multivariant = await (await fetch(url("cam.m3u8"), { client })).text();
      const playlist = url(multivariant.trim().split("\n").at(-1) ?? "");
      const listed = await (await fetch(playlist, { client })).text();
      const sequence = Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(listed)?.[1]);
      const segments = listed.split("\n").filter((line) => line.startsWith("#EXTINF")).length;
      // It is held until the segment after the next one has its first part.
      const later = await fetch(`${playlist}?_HLS_msn=${sequence + segments + 1}&_HLS_part=0`, { client });
      const held = await later.text();
      assert(held.split("\n").filter((line) => line.startsWith("#EXTINF")).length > 0);
      const segment = held.split("\n").find((line) => /^[^#].*\.(?:m4s|ts)/.test(line)) ?? "";
      const media = await fetch(new URL(segment, playlist).href, { client });
      assert(media.ok && (await media.arrayBuffer()).byteLength > 1000);
    }));

  Deno.test(`HTTP/2, workers = ${workers}: ${STREAMS} streams of one connection, and another one that is garbage`, () =>
    withServer(workers, async (stage, port, pair) => {
      const session = connect(`https://127.0.0.1:${port}`, { ca: CA_CERT });
      const bytes = new Array<number>(STREAMS).fill(0);
      const requests = bytes.map((_, i) => {
        const request = session.request({ ":path": `/live/cam.flv?viewer=${i}` });
        // It is cut when the server stops.
        request.on("error", () => {});
        request.on("data", (data: Uint8Array) => {
          bytes[i] = (bytes[i] ?? 0) + data.length;
        });
        return request;
      });
      const all = (more: number) => until(() => bytes.every((count) => count > more));
      await all(1000);
      assertEquals((await stage.receiver.waitFor("on_play", STREAMS)).length, STREAMS);

      assertEquals(await lastWords(port, new Uint8Array(64).fill(0x55)), H2ErrorCode.ProtocolError);
      const frames = new Uint8Array([...opening(), ...new Uint8Array(9).fill(0xff)]);
      assertEquals(await lastWords(port, frames), H2ErrorCode.FrameSizeError);
      const line = await stage.server.waitForLine(/HTTP request refused .*HTTP\/2: /);
      assertMatch(line, /limit=http_request_refused ip=127\.0\.0\.1/);

      await Deno.writeTextFile(pair.cert, CLIENT_CERT);
      await Deno.writeTextFile(pair.key, TLS_CLIENT_KEY);
      await stage.server.waitForLine(/TLS certificate replaced listener=http_server\.https /);
      await all(Math.max(...bytes) + 1000);

      await stage.server.stop();
      for (const request of requests) request.destroy();
      session.destroy();
      await stage.start();
      await stage.settled();
      const stops = stage.receiver.requests.filter(({ action }) => action === "on_stop");
      assertEquals(stops.map(({ json }) => json.reason), new Array(STREAMS).fill("shutdown"));
    }));
}

/** What the server says of a client that sends `bytes`: the code of its last frame. */
async function lastWords(port: number, bytes: Uint8Array): Promise<number | undefined> {
  using conn = await Deno.connectTls({
    ...{ hostname: "127.0.0.1", port, caCerts: [CA_CERT] },
    alpnProtocols: ["h2"],
  });
  assertEquals((await conn.handshake()).alpnProtocol, "h2");
  await conn.write(bytes);
  const splitter = new ServerFrames();
  const room = new Uint8Array(4096);
  let code: number | undefined;
  for (let length = await conn.read(room); length !== null; length = await conn.read(room)) {
    for (const { type, payload } of splitter.push(room.subarray(0, length))) {
      if (type === FrameType.GoAway) code = payload[7];
    }
  }
  return code;
}
