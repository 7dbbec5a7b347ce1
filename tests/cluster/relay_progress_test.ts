import { RelayProgress } from "../../cluster/link/relay_progress.ts";
import { assertEquals } from "../support/assert.ts";
import { ManualClock } from "../support/manual_clock.ts";

Deno.test("RelayProgress.failed() takes an error that has other times in it for the same one, until it worked", () => {
  const progress = new RelayProgress(new ManualClock());
  const expired = (seconds: number) =>
    `certificate expired: verification time ${seconds} (UNIX), but it is not valid after 17 (${
      seconds - 17
    } seconds ago)`;
  assertEquals(
    [expired(100), expired(1101), "Connection refused", expired(1102)].map((error) => progress.failed(error)),
    [
      true,
      false,
      true,
      true,
    ],
  );
  assertEquals(progress.shown.lastError, expired(1102));
  progress.accepted();
  assertEquals([progress.shown.lastError, progress.failed(expired(1103))], ["", true]);
});
