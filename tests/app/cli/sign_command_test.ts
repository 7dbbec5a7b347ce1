/**
 * `srs sign` next to a server of the same configuration: what it prints plays, and what was not signed does not.
 *
 * @module
 */
import { assertEquals, assertMatch, assertStringIncludes } from "../../support/assert.ts";
import { RtmpTestClient } from "../../support/rtmp/rtmp_client.ts";
import { QUIET_TOML, runSrs, ServerProcess } from "../../support/process/server_process.ts";

const ACCESS = `[vhost.__defaultVhost__.access]
url_secrets = ["0123456789abcdef"]
signed_publish = true
`;

Deno.test("srs sign prints an address that the server takes until it expires", async () => {
  await using server = await ServerProcess.start({ toml: `${QUIET_TOML}${ACCESS}` });
  const args = ["sign", server.rtmpUrl(), "--for", "publish", "--valid", "60", "-c", "a.toml"];
  const { code, stdout, stderr } = await runSrs(args, { "a.toml": ACCESS });
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^rtmp:\/\/127\.0\.0\.1:\d+\/live\/livestream\?exp=\d+&sign=[\w-]{43}\n$/);
  const name = stdout.trim().split("/").at(-1) ?? "";

  await using publisher = await RtmpTestClient.connect({ port: server.port });
  assertEquals((await publisher.publish(name)).code, "NetStream.Publish.Start");
  await using other = await RtmpTestClient.connect({ port: server.port });
  const refused = await other.publish(name.replace("livestream", "other"));
  assertEquals([refused.code, refused.description], [
    "NetStream.Publish.Rejected",
    "The address is not signed for this",
  ]);
});

Deno.test("srs sign without a secret says which key is missing", async () => {
  const { code, stderr } = await runSrs(["sign", "rtmp://localhost/live/livestream"]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "set access.url_secrets of vhost __defaultVhost__");
});

Deno.test("srs sign warns where nobody asks for the signature", async () => {
  const args = ["sign", "rtmp://localhost/live/livestream", "-c", "a.toml"];
  const { code, stderr } = await runSrs(args, { "a.toml": ACCESS });
  assertEquals(code, 0);
  assertStringIncludes(stderr, "set access.signed_play");
});
