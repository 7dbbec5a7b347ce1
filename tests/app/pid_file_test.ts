/** Several servers and one pid file. */
import { PidFile } from "../../app/pid_file.ts";
import { Draining } from "../../app/draining.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const OWN = `${Deno.pid}\n`;

Deno.test("PidFile.write() replaces the file of a dead process, and leaves that of a server that runs", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/run/srs.pid`;
  const notices: string[] = [];
  const write = () => PidFile.write(path, (message) => notices.push(message));
  await Deno.mkdir(`${directory.path}/run`);
  // The id is of a process that lives: ids are given again, so that alone keeps nobody out.
  await Deno.writeTextFile(path, "1\n");
  const first = await write();
  assertEquals([await Deno.readTextFile(path), notices], [OWN, []]);

  assertEquals(await write(), undefined);
  assertEquals(notices, [
    `The pid file ${path} belongs to process ${Deno.pid}, which serves: this process (${Deno.pid}) has none ` +
    "(set another pid, or give each server a work_dir of its own)",
  ]);
  await first?.remove();
  assertEquals([...Deno.readDirSync(`${directory.path}/run`)], []);
});

Deno.test("PidFile.replace() has the file, whatever the process before still has", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/srs.pid`;
  const notices: string[] = [];
  const failed = (message: string) => void notices.push(message);
  const first = await PidFile.write(path, failed);
  await Deno.writeTextFile(path, "1\n");
  const next = await PidFile.replace(path, failed);
  assertEquals([await Deno.readTextFile(path), notices], [OWN, []]);
  await Deno.writeTextFile(path, "1\n");
  await first?.remove();
  assertEquals(await Deno.readTextFile(path), "1\n");
  await next?.remove();
});

Deno.test("PidFile.release() leaves the file for another server, which then is the one to remove it", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/srs.pid`;
  const notices: string[] = [];
  const failed = (message: string) => void notices.push(message);
  const first = await PidFile.write(path, failed);
  const draining = new Draining({
    media: { stopAccepting: () => Promise.resolve(), totals: () => Promise.reject(new Error("not counted")) },
    log: { write: () => {} },
    clock: new ManualClock(),
    graceMs: 0,
    started: () => first?.release(),
  });
  draining.start("a test");
  const next = await PidFile.write(path, failed);
  assertEquals(notices, []);
  await next?.remove();
  await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
  draining[Symbol.dispose]();
});
