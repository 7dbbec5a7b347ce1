/**
 * The logger as its callers and its operator see it.
 *
 * @module
 */
import { SystemClock } from "../../../system/system_clock.ts";
import { Logger } from "../../../system/log/logger.ts";
import type { LogOptions } from "../../../system/log/options.ts";
import { Timestamp } from "../../../system/log/timestamp.ts";
import type { Log } from "../../../core/mod.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../../support/assert.ts";
import { turn } from "../../support/wait.ts";
import { MemoryOutput } from "../../support/memory_output.ts";

const OPTIONS: LogOptions = { tank: "console", file: "", level: "verbose", format: "text", utcTime: true };
const NOON = Date.UTC(2026, 10, 22, 9, 41, 33, 123);

/** Its wall clock stands still. */
class NoonClock extends SystemClock {
  override wallNow(): number {
    return NOON;
  }
}

const clock = new NoonClock();

Deno.test("Logger is what the RTMP room calls a log", async () => {
  const stdout = new MemoryOutput();
  const log: Log = await Logger.open(OPTIONS, { clock, stdout });
  log.write("trace", 4, "Hello", { a: 1 });
  await Promise.resolve();
  await Promise.resolve();
  assertEquals(stdout.text, "[2026-11-22 09:41:33.123][trace][4] Hello a=1\n");
});

Deno.test("Logger leaves out lines below its level", async () => {
  const stdout = new MemoryOutput();
  const logger = await Logger.open({ ...OPTIONS, level: "trace" }, { clock, stdout });
  logger.write("verbose", 1, "a");
  logger.write("info", 1, "b");
  logger.write("trace", 1, "c");
  logger.write("error", 1, "d");
  await logger.flush();
  assertEquals(stdout.lines.map((line) => line.at(-1)), ["c", "d"]);
  assert(!logger.isEnabled("info"));
  assertEquals(logger.errorLines, 1);
});

Deno.test("Logger writes JSON with UTC times", async () => {
  const stdout = new MemoryOutput();
  const logger = await Logger.open({ ...OPTIONS, format: "json", utcTime: false }, { clock, stdout });
  logger.write("warn", undefined, "x");
  await logger.flush();
  assertEquals(stdout.text, '{"time":"2026-11-22T09:41:33.123Z","level":"warn","message":"x"}\n');
});

Deno.test("Logger closes although nobody takes its lines", async () => {
  const taken = Promise.withResolvers<number>();
  const logger = await Logger.open(OPTIONS, { clock, stdout: { write: () => taken.promise } });
  logger.write("trace", 1, "a");
  await logger.close({ withinMs: 20 });
  taken.resolve(1000);
});

Deno.test("Logger writes nothing after its last line", async () => {
  const stdout = new MemoryOutput();
  const logger = await Logger.open(OPTIONS, { clock, stdout });
  logger.writeLast("trace", "Stopped", { ms: 5 });
  logger.write("error", 1, "late");
  await logger.close();
  assertEquals(stdout.text, "[2026-11-22 09:41:33.123][trace][-] Stopped ms=5\n");
  assertEquals(logger.errorLines, 1);
});

Deno.test("Logger sends the lines of one turn in one write", async () => {
  const stdout = new MemoryOutput();
  const logger = await Logger.open(OPTIONS, { clock, stdout });
  for (let i = 0; i < 1000; i += 1) logger.write("trace", i, "x");
  await logger.flush();
  assertEquals(stdout.writes, 1);
  assertEquals(stdout.lines.length, 1000);
});

Deno.test("Logger gathers the lines that follow shortly upon a write, and flush() does not wait for them", async () => {
  for (;;) {
    const stdout = new MemoryOutput();
    const logger = await Logger.open(OPTIONS, { clock, stdout });
    logger.write("trace", 1, "a");
    const fromMs = performance.now();
    await turn();
    assertEquals([stdout.writes, stdout.lines.length], [1, 1], "the first line leaves at once");
    logger.write("trace", 1, "b");
    await turn();
    logger.write("trace", 1, "c");
    await turn();
    const seen = [stdout.writes, stdout.lines.length];
    const isLate = performance.now() - fromMs >= 20;
    while (stdout.writes < 2) await turn();
    // A machine that stood still for as long as lines are gathered shows nothing.
    if (isLate) continue;
    assertEquals(seen, [1, 1], "the next ones wait");
    assertEquals(stdout.lines.length, 3, "and leave together");
    logger.write("trace", 1, "d");
    await logger.flush();
    assertEquals([stdout.writes, stdout.lines.length], [3, 4]);
    return;
  }
});

Deno.test("Logger finishes a partial write", async () => {
  const stdout = new MemoryOutput();
  stdout.maxBytesPerWrite = 7;
  const logger = await Logger.open(OPTIONS, { clock, stdout });
  logger.write("trace", 1, "Grüße");
  await logger.flush();
  assertEquals(stdout.text, "[2026-11-22 09:41:33.123][trace][1] Grüße\n");
});

Deno.test("Logger bounds what waits for a stuck console and tells the loss", async () => {
  const stdout = new MemoryOutput();
  const logger = await Logger.open(OPTIONS, { clock, stdout });
  const release = stdout.hold();
  logger.write("trace", 1, "first");
  await turn();
  const lines = 6000;
  for (let i = 0; i < lines; i += 1) logger.write("trace", 2, "x".repeat(1000));
  release();
  await logger.flush();
  const loss = stdout.lines.at(-1) ?? "";
  assertMatch(loss, /\[warn\]\[-\] Log lines lost lines=\d+$/);
  assertEquals(stdout.lines.length - 2 + Number(loss.split("=").at(-1)), lines);
  assert(stdout.text.length < 5 * 1024 * 1024);
});

Deno.test("Logger survives a console that is gone", async () => {
  const stdout = new MemoryOutput();
  stdout.failure = new Deno.errors.BrokenPipe("gone");
  const logger = await Logger.open(OPTIONS, { clock, stdout });
  logger.write("trace", 1, "x");
  await logger.flush();
  assert(logger.lostBytes > 0);
});

Deno.test("Logger appends to a file and makes its directory", async () => {
  const directory = await Deno.makeTempDir();
  const file = `${directory}/objs/srs.log`;
  for (const text of ["one", "two"]) {
    const logger = await Logger.open({ ...OPTIONS, tank: "file", file }, {
      clock,
      stdout: new MemoryOutput(),
    });
    logger.write("trace", 1, text);
    await logger.close();
  }
  assertEquals((await Deno.readTextFile(file)).match(/one|two/g), ["one", "two"]);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("Logger.reopen() goes on in a new file", async () => {
  const directory = await Deno.makeTempDir();
  const file = `${directory}/srs.log`;
  const logger = await Logger.open({ ...OPTIONS, tank: "file", file }, { clock });
  logger.write("trace", 1, "before");
  await logger.flush();
  await Deno.rename(file, `${file}.1`);
  logger.write("trace", 1, "between");
  await logger.reopen();
  logger.write("trace", 1, "after");
  await logger.close();
  const old = await Deno.readTextFile(`${file}.1`);
  assertStringIncludes(old, "before");
  assertStringIncludes(old, "between");
  assertEquals(await Deno.readTextFile(file), "[2026-11-22 09:41:33.123][trace][1] after\n");
  await Deno.remove(directory, { recursive: true });
});

Deno.test("Logger loses and misplaces no line that comes while it goes on in a new file, be it twice at once", async () => {
  const directory = await Deno.makeTempDir();
  const file = `${directory}/srs.log`;
  const stdout = new MemoryOutput();
  const logger = await Logger.open({ ...OPTIONS, tank: "file", file }, { clock, stdout });
  await Deno.rename(file, `${file}.1`);
  const reopened = [logger.reopen(), logger.reopen()];
  for (let i = 0; i < 50; i++) {
    logger.write("trace", 1, `line ${i};`);
    await turn();
  }
  await Promise.all(reopened);
  await logger.close();
  const texts = await Promise.all([`${file}.1`, file].map((path) => Deno.readTextFile(path)));
  const lines = texts.join("").match(/line \d+;/g) ?? [];
  assertEquals(lines, Array.from({ length: 50 }, (_, i) => `line ${i};`));
  assertEquals([stdout.lines, logger.errorLines], [[], 0]);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("Logger goes to the console when its file cannot be opened, and back after reopen()", async () => {
  const directory = await Deno.makeTempDir();
  const file = `${directory}/srs.log`;
  await Deno.mkdir(file);
  const stdout = new MemoryOutput();
  const logger = await Logger.open({ ...OPTIONS, tank: "file", file }, { clock, stdout });
  logger.write("trace", 1, "kept");
  await logger.flush();
  assertMatch(
    stdout.lines[0] ?? "",
    /\[error\]\[-\] Log lines go to the console until SIGUSR1: Cannot open .*srs\.log/,
  );
  assertStringIncludes(stdout.lines[1] ?? "", "kept");
  await Deno.remove(file);
  await logger.reopen();
  logger.write("trace", 1, "in the file");
  await logger.close();
  assertStringIncludes(await Deno.readTextFile(file), "in the file");
  assertEquals(stdout.lines.length, 2);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("Logger names a full disk's file, and ends the line that was cut off before it goes on there", async () => {
  const directory = await Deno.makeTempDir();
  const file = `${directory}/srs.log`;
  await Deno.symlink("/dev/full", file);
  const stdout = new MemoryOutput();
  const logger = await Logger.open({ ...OPTIONS, tank: "file", file }, { clock, stdout });
  logger.write("trace", 1, "cut");
  await logger.flush();
  assertEquals(stdout.lines.map((line) => line.replace(/^\S+ \S+ /, "").replace(file, "FILE")), [
    "Log lines go to the console until SIGUSR1: Cannot write the log file FILE: No space left on device (os error 28)",
    "cut",
  ]);
  await Deno.remove(file);
  await Deno.writeTextFile(file, "[2026-11-22 09:41:33.123][tr");
  for (const text of ["after", "no line is empty"]) {
    await logger.reopen();
    logger.write("trace", 1, text);
    await logger.flush();
  }
  await logger.close();
  assertEquals((await Deno.readTextFile(file)).split("\n"), [
    "[2026-11-22 09:41:33.123][tr",
    "[2026-11-22 09:41:33.123][trace][1] after",
    "[2026-11-22 09:41:33.123][trace][1] no line is empty",
    "",
  ]);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("Timestamp.format() carries the machine's local time", () => {
  const date = new Date(NOON);
  const [hours, minutes] = [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, "0"));
  assertStringIncludes(new Timestamp({ utc: false }).format(NOON), ` ${hours}:${minutes}:33.123`);
});

Deno.test("Timestamp.format() follows the clock backwards and forwards", () => {
  const timestamp = new Timestamp({ utc: true });
  const texts = [NOON, NOON + 1, NOON + 1000, NOON - 5000].map((ms) => timestamp.format(ms).slice(17));
  assertEquals(texts, ["33.123", "33.124", "34.123", "28.123"]);
});

Deno.test("Logger writes a plain line as it is, in the order of all lines", async () => {
  const stdout = new MemoryOutput();
  const logger = await Logger.open(OPTIONS, { clock, stdout });
  logger.write("trace", 1, "a");
  logger.writePlain('192.0.2.7 - - "GET / HTTP/1.1"');
  logger.writeLast("trace", "b");
  logger.writePlain("after the end");
  await logger.flush();
  assertEquals(stdout.lines.length, 3);
  assertEquals(stdout.lines[1], '192.0.2.7 - - "GET / HTTP/1.1"');
});
