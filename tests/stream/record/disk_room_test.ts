/** What is known of the disks of recordings. */
import { DiskRoom } from "../../../stream/record/disk_room.ts";
import { assertEquals } from "../../support/assert.ts";
import { until } from "../../support/wait.ts";

const MIN_BYTES = 800;

/** Folders whose disks answer what is in `rooms`, or fail with it. */
function roomOf(rooms: Record<string, number | Error | Promise<number>>) {
  const unknown: string[] = [];
  const room = new DiskRoom({
    freeBytes: async (folder) => {
      const answer = await rooms[folder];
      if (typeof answer === "number") return answer;
      throw answer;
    },
    unknown: (folder, error) => unknown.push(`${folder}: ${error}`),
  });
  return { room, rooms, unknown, shortage: room.shortage.bind(room) };
}

Deno.test("DiskRoom: a file ends below the least, and one begins where there is an eighth more", async () => {
  const { room, rooms, shortage } = roomOf({ a: 799 });
  assertEquals(shortage("beginning", "a", MIN_BYTES), undefined, "not looked at yet");
  await room.look(0);
  assertEquals(shortage("writing", "a", MIN_BYTES), "799 bytes are left, and dvr_min_free is 800");
  assertEquals(shortage("writing", "a", 0), undefined);
  rooms["a"] = 899;
  await room.look(1999);
  assertEquals(shortage("writing", "a", MIN_BYTES), "799 bytes are left, and dvr_min_free is 800");
  await room.look(2000);
  assertEquals(shortage("writing", "a", MIN_BYTES), undefined);
  assertEquals(shortage("beginning", "a", MIN_BYTES), "899 bytes are left, and dvr_min_free is 800");
  rooms["a"] = 900;
  await room.look(4000);
  assertEquals(shortage("beginning", "a", MIN_BYTES), undefined);
});

Deno.test("DiskRoom: where nobody knows the room it is said once, and again after it was known", async () => {
  const { room, rooms, unknown, shortage } = roomOf({ a: new Error("no") });
  shortage("beginning", "a", MIN_BYTES);
  for (let nowMs = 0; nowMs <= 6000; nowMs += 2000) await room.look(nowMs);
  assertEquals(unknown, ["a: Error: no"]);
  assertEquals(shortage("writing", "a", MIN_BYTES), undefined);
  rooms["a"] = 1;
  await room.look(8000);
  assertEquals(shortage("writing", "a", MIN_BYTES), "1 bytes are left, and dvr_min_free is 800");
  rooms["a"] = new Error("again");
  await room.look(10_000);
  assertEquals(unknown, ["a: Error: no", "a: Error: again"]);
});

Deno.test("DiskRoom: a disk that does not answer keeps no other from being looked at", async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const { room, rooms, shortage } = roomOf({ still: promise, other: 100 });
  for (const folder of ["still", "other"]) shortage("beginning", folder, MIN_BYTES);
  const looks = [room.look(0)];
  await until(() => shortage("writing", "other", MIN_BYTES) !== undefined);
  rooms["other"] = 5000;
  looks.push(room.look(2000));
  await until(() => shortage("writing", "other", MIN_BYTES) === undefined);
  resolve(100);
  await Promise.all(looks);
  assertEquals(shortage("writing", "still", MIN_BYTES), "100 bytes are left, and dvr_min_free is 800");
});
