/**
 * A number that no later process uses again.
 *
 * @module
 */
import { KeptNumber } from "../../app/kept_number.ts";
import { assert, assertEquals, assertGreater } from "../support/assert.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

Deno.test("KeptNumber begins after all that was used, whenever the process ends", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/number`;
  const notices: string[] = [];
  let used = 0;
  for (let start = 0; start < 5; start++) {
    const number = new KeptNumber(path, (notice) => notices.push(notice));
    assertGreater(number.first, used);
    for (used = number.first; used < number.first + start * 11; used++) number.used(used);
  }
  assertEquals(notices, []);
  assert(used < 400, "a start takes few numbers");
});

Deno.test("KeptNumber begins again where the file is unreadable, and says so where it cannot be written", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/number`;
  for (const text of ["", "x", "-3", "1e30", "60000"]) {
    Deno.writeTextFileSync(path, text);
    assertEquals(new KeptNumber(path, () => {}).first, 1, text);
  }
  const notices: string[] = [];
  assertEquals(new KeptNumber(`${directory.path}/none/number`, (notice) => notices.push(notice)).first, 1);
  assertEquals(notices.length, 1);
});
