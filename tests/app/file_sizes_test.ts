/** Sizes of files on disks that may stand still. */
import { FileSizes } from "../../app/file_sizes.ts";
import { assertEquals } from "../support/assert.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

Deno.test("FileSizes: a file that is not there has no bytes", async () => {
  await using directory = await temporaryDirectory();
  await Deno.writeTextFile(`${directory.path}/a`, "12345");
  const sizes = new FileSizes(new ManualClock());
  assertEquals(await sizes.of([`${directory.path}/a`, `${directory.path}/b`]), [5, 0]);
});

Deno.test("FileSizes: a disk that stands still is waited for once, and asked once for each file", async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const clock = new ManualClock();
  const asked: string[] = [];
  const sizes = new FileSizes(clock, (file) => {
    asked.push(file);
    return file.startsWith("still") ? promise : Promise.resolve(7);
  });
  const first = sizes.of(["a", "still-1", "still-2", "b"]);
  await clock.advance(250);
  assertEquals(await first, [7, 0, 0, 0]);
  const second = sizes.of(["still-1", "a"]);
  assertEquals(await second, [0, 7]);
  assertEquals(asked, ["a", "still-1", "a"]);
  resolve(9);
  await promise;
  await clock.advance(0);
  assertEquals(await sizes.of(["still-1"]), [9]);
});
