/**
 * The service sends a client elsewhere: RTMP clients and HTTP players get an address that they can follow, or none.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { HookReceiver } from "../support/hooks/hook_receiver.ts";
import { ServerProcess } from "../support/process/server_process.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";

const HTTP_LINE = /Listening for players by HTTP address=(\S+)/;
const RTMP_ADDRESS = "rtmp://eu2.example.com/live/livestream";
const HTTP_ADDRESS = "https://eu2.example.com/live/livestream.flv?token=x";
const WRONG = /Hook redirect is not for clients of this protocol/;

for (const workers of [1, 2]) {
  Deno.test(`each client gets the redirect that it can follow, with ${workers} thread(s)`, async () => {
    await using receiver = await HookReceiver.start();
    const toml = [
      'listen = "127.0.0.1:0"',
      `workers = ${workers}`,
      "[http_api]",
      "enabled = false",
      "[http_server]",
      'listen = "127.0.0.1:0"',
      "[hooks.outbox]",
      'path = ""',
      "[vhost.__defaultVhost__.http_remux]",
      "enabled = true",
      "[vhost.__defaultVhost__.hls]",
      "enabled = true",
      "[vhost.__defaultVhost__.http_hooks]",
      "enabled = true",
      `on_play = "${receiver.url()}"`,
    ].join("\n");
    await using server = await ServerProcess.start({ toml });
    const http = HTTP_LINE.exec(await server.waitForLine(HTTP_LINE))?.[1];
    const answerOf = async (redirect: string, path: string) => {
      receiver.reply("on_play", { code: 0, msg: "Not here", data: { redirect } });
      const response = await fetch(`http://${http}${path}`, { redirect: "manual" });
      return [response.status, response.headers.get("location"), await response.text()];
    };
    for (const path of ["/live/livestream.flv", "/live/livestream.m3u8"]) {
      assertEquals(await answerOf(HTTP_ADDRESS, path), [302, HTTP_ADDRESS, "Not here\n"]);
      assertEquals(await answerOf(RTMP_ADDRESS, path), [403, null, "Not here\n"]);
    }
    const statusOf = async (redirect: string) => {
      receiver.reply("on_play", { code: 0, msg: "Not here", data: { redirect } });
      await using client = await RtmpTestClient.connect({ port: server.port });
      const { code, description, info } = await client.play("livestream");
      // An AMF0 object inside an AMF0 object: `ex` with its `redirect`.
      const values = [...info.values()].map((value) =>
        value instanceof Map ? [...value.values()].join(" ") : value
      );
      return `${code} ${description} ${values.join(" ")}`;
    };
    const refused = "NetStream.Play.Failed Not here";
    const followed = await statusOf(RTMP_ADDRESS);
    assertStringIncludes(followed, refused);
    assertStringIncludes(followed, RTMP_ADDRESS);
    const plain = await statusOf(HTTP_ADDRESS);
    assertStringIncludes(plain, refused);
    assert(!plain.includes("example.com"), plain);
    // All of its log is there once it has ended.
    await server.stop();
    assertEquals(server.lines.filter((line) => WRONG.test(line)).length, 3);
    assert(server.lines.every((line) => !line.includes("token=x")), "the log shows the token of a redirect");
  });
}
