/**
 * A process that takes and releases one lock over and over, and says how often it was not alone with it.
 *
 * Arguments: the lock's file, how often.
 *
 * @module
 */
import { ProcessLock } from "../../../system/process_lock.ts";

const [path = "", times = "0"] = Deno.args;
const shared = Array.from({ length: Number(times) }, takenAlone).filter((alone) => !alone).length;
await Deno.stdout.write(new TextEncoder().encode(`${shared}`));

function takenAlone(): boolean {
  const lock = ProcessLock.take(path);
  if (lock === undefined) return takenAlone();
  try {
    Deno.openSync(`${path}.held`, { createNew: true, write: true }).close();
    Deno.removeSync(`${path}.held`);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists || error instanceof Deno.errors.NotFound) return false;
    throw error;
  } finally {
    lock.release();
  }
}
