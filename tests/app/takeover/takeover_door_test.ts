/**
 * The door of a process that serves, by its socket: one process at a time takes over, and none keeps others out for long.
 *
 * @module
 */
import { TakeoverDoor } from "../../../app/takeover/takeover_door.ts";
import {
  DRAIN,
  DRAINING,
  LATE,
  parseBusy,
  parseGreeting,
  readLine,
  socketPath,
  TAKE,
  writeLine,
} from "../../../app/takeover/takeover_socket.ts";
import { connectUnix } from "../../../system/mod.ts";
import { assertEquals } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";
import { until } from "../../support/wait.ts";

const VISIT_MS = 60_000;
const NAME_MS = 5000;

/** A door in a directory of its own. */
async function doorIn(directory: string) {
  const clock = new ManualClock();
  const lines: string[] = [];
  const takenOver: string[] = [];
  const pidPath = `${directory}/srs.pid`;
  const door = await TakeoverDoor.open({
    ...{ pidPath, clock },
    log: { write: (level, _id, message, fields) => lines.push(`${level}: ${message}: ${fields?.["error"]}`) },
    greeting: () => ({ program: "srs", version: "1.2.3", pid: Deno.pid, serverId: "vid-1", nextClientId: 7 }),
    takenOver: (by) => {
      takenOver.push(by);
      return Promise.resolve();
    },
  });
  const connect = () => connectUnix(socketPath(pidPath, Deno.pid));
  const take = async (pid: number) => {
    const conn = await connect();
    await writeLine(conn, `${TAKE} ${pid}`);
    return { conn, answer: await readLine(conn) ?? "" };
  };
  const close = () => door?.[Symbol.dispose]();
  return { clock, lines, takenOver, connect, take, [Symbol.dispose]: close };
}

Deno.test("a TakeoverDoor serves one process, and a second one learns which that is and how long it may take", async () => {
  await using directory = await temporaryDirectory();
  using door = await doorIn(directory.path);
  const first = await door.take(11);
  assertEquals(parseGreeting(first.answer)?.nextClientId, 7);
  await door.clock.advance(20_000);
  const second = await door.take(12);
  assertEquals(parseBusy(second.answer), { pid: 11, seconds: 40 });
  await writeLine(first.conn, DRAIN);
  assertEquals([await readLine(first.conn), door.takenOver], [DRAINING, ["takeover by 11"]]);
  for (const { conn } of [first, second]) conn.close();
});

Deno.test("a TakeoverDoor lets others take over when a process is gone, or has not served within a minute", async () => {
  await using directory = await temporaryDirectory();
  using door = await doorIn(directory.path);
  (await door.take(11)).conn.close();
  let hanging = await door.take(12);
  // The end of the one before may come to the door after this one.
  while (parseGreeting(hanging.answer) === undefined) {
    hanging.conn.close();
    hanging = await door.take(12);
  }
  await door.clock.advance(VISIT_MS);
  const next = await door.take(13);
  assertEquals(parseGreeting(next.answer)?.program, "srs");
  // It hangs no longer, and would serve next to the others.
  await writeLine(hanging.conn, DRAIN).catch(() => "the door has closed the connection");
  assertEquals([await readLine(hanging.conn), door.takenOver], [LATE, []]);
  assertEquals(door.lines, [
    "warn: A process did not take over: Process 12 has not begun to serve within 60 s",
  ]);
  await writeLine(next.conn, DRAIN);
  assertEquals([await readLine(next.conn), door.takenOver], [DRAINING, ["takeover by 13"]]);
  for (const { conn } of [hanging, next]) conn.close();
});

Deno.test("a TakeoverDoor is kept by no connection that does not say who it is", async () => {
  await using directory = await temporaryDirectory();
  using door = await doorIn(directory.path);
  using silent = await door.connect();
  await until(() => door.clock.timers > 0);
  const next = await door.take(11);
  assertEquals(parseGreeting(next.answer)?.program, "srs");
  await door.clock.advance(NAME_MS);
  assertEquals([await readLine(silent), door.lines], [undefined, []]);
  next.conn.close();
});
