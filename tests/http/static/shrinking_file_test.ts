/** A file that changes while it is sent. */
import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import { PlayerHarness } from "../../support/http/player_harness.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";

/** More than the system keeps for a client that does not read. */
const SIZE = 64 * 1024 * 1024;

Deno.test("A file that becomes shorter while it is sent breaks off its answer alone, and the log says what happened", async () => {
  await using directory = await temporaryDirectory();
  const { path: dir } = directory;
  await using harness = await PlayerHarness.start({ http: { dir } });
  const path = `${dir}/clip.mp4`;
  await Deno.create(path).then((file) => file.close());
  await Deno.truncate(path, SIZE);
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: harness.httpPort });
  await conn.write(new TextEncoder().encode("GET /clip.mp4 HTTP/1.1\r\nHost: h\r\n\r\n"));
  const buffer = new Uint8Array(256 * 1024);
  let received = await conn.read(buffer) ?? 0;
  assertMatch(new TextDecoder().decode(buffer.subarray(0, 15)), /^HTTP\/1.1 200 OK/);
  await Deno.truncate(path, 1000);
  for (let size = await conn.read(buffer); size !== null; size = await conn.read(buffer)) received += size;
  assert(received < SIZE);
  const { level, fields } = await harness.logged("HTTP answer broke off");
  assertEquals([level, fields.ip], ["warn", "127.0.0.1"]);
  assertMatch(
    String(fields.detail),
    /^The file .*clip\.mp4 became shorter while it was sent: \d+ of the 67108864 bytes that were promised/,
  );
  assertEquals(
    await (await fetch(`http://127.0.0.1:${harness.httpPort}/clip.mp4`)).arrayBuffer().then(
      ({ byteLength }) => byteLength,
    ),
    1000,
  );
});
