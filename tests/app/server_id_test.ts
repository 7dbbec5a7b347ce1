/**
 * Whose server id a process has that takes over. In a process of its own: the id is kept in the current directory.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const PROGRAM = `
import { ServerIdentity } from ${JSON.stringify(new URL("../../app/server_id.ts", import.meta.url).href)};
import { ManualClock } from ${JSON.stringify(new URL("../support/manual_clock.ts", import.meta.url).href)};
const clock = new ManualClock();
const [kept, other] = [ServerIdentity.claim(""), ServerIdentity.claim("")];
const heir = ServerIdentity.inherit(kept.id, "", clock);
const heirOfOther = ServerIdentity.inherit(other.id, "", clock);
kept.release();
await clock.advance(1000);
const third = ServerIdentity.claim("");
heir.release();
await clock.advance(1000);
const fourth = ServerIdentity.claim("");
console.log([heir.id === kept.id, heirOfOther.id === other.id, third.id === kept.id, fourth.id === kept.id].join(" "));
for (const identity of [heirOfOther, third, fourth]) identity.release();
`;

Deno.test("ServerIdentity.inherit() takes the lock of the kept id when it is free, and of no other one", async () => {
  await using directory = await temporaryDirectory();
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", new URL("../../deno.json", import.meta.url).pathname, PROGRAM],
    cwd: directory.path,
  }).output();
  const errors = new TextDecoder().decode(stderr);
  assertEquals(new TextDecoder().decode(stdout).trim(), "true true false true", errors);
});
