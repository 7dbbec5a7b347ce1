/** `srs ctl status` and `srs ctl drain`, next to a running server. */
import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import { freePort } from "../../support/net/free_ports.ts";
import { QUIET_TOML, runSrsIn, ServerProcess } from "../../support/process/server_process.ts";
import { RtmpTestClient } from "../../support/rtmp/rtmp_client.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";

Deno.test("srs ctl status says that a server drains, and srs ctl drain prints what is known", async () => {
  await using directory = await temporaryDirectory();
  const api = `[http_api]\nlisten = "127.0.0.1:${freePort()}"\n`;
  const toml = QUIET_TOML.replace("[http_api]\nenabled = false\n", api);
  await using server = await ServerProcess.start({ directory: directory.path, toml });
  await using client = await RtmpTestClient.connect({ port: server.port });
  await client.publish("cam");
  const ctl = async (word: string) => {
    const { code, stdout, stderr } = await runSrsIn(directory.path, ["ctl", word, "-c", "srs.toml"]);
    assertEquals([code, stderr], [0, ""]);
    return stdout;
  };
  assert(!(await ctl("status")).includes("draining"));
  const drained = await ctl("drain");
  assertMatch(drained, /^draining +true$/m);
  assertEquals(drained.split("\n").filter((line) => line.endsWith(" -")), []);
  assertMatch(await ctl("status"), /^draining +true$/m);
});
