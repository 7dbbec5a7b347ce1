import { ProcessLock } from "../../system/process_lock.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";

const TIMES = 400;
const PROCESSES = 4;

async function withDirectory(test: (path: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(`${directory}/server.lock`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("ProcessLock.release() leaves no file, and the lock can be taken again", () =>
  withDirectory(async (path) => {
    for (let i = 0; i < 2; i++) {
      const lock = ProcessLock.take(path);
      assert(lock !== undefined);
      assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
      lock.release();
      await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
    }
  }));

Deno.test("ProcessLock.take() gives a lock that others release and take at the same time to one process at a time", () =>
  withDirectory(async (path) => {
    const script = new URL("../support/process/lock_child.ts", import.meta.url).pathname;
    const outputs = await Promise.all(
      Array.from({ length: PROCESSES }, () =>
        new Deno.Command(Deno.execPath(), {
          args: ["run", "-A", "--no-check", script, path, String(TIMES)],
          stdout: "piped",
          stderr: "inherit",
        }).output()),
    );
    assertEquals(outputs.map(({ stdout }) => new TextDecoder().decode(stdout)), Array(PROCESSES).fill("0"));
  }));
