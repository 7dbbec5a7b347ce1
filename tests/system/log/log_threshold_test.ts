/**
 * The level of the log, on the thread that sets it and on another one.
 *
 * @module
 */
import { LOG_LEVELS } from "../../../core/mod.ts";
import { Logger } from "../../../system/log/logger.ts";
import { LogThreshold } from "../../../system/log/log_threshold.ts";
import { SystemClock } from "../../../system/system_clock.ts";
import { assertEquals } from "../../support/assert.ts";
import { MemoryOutput } from "../../support/memory_output.ts";

for (const [index, level] of LOG_LEVELS.entries()) {
  Deno.test(`LogThreshold at ${level} passes it and what is more severe`, () => {
    const threshold = LogThreshold.at("trace");
    const elsewhere = LogThreshold.sharing(threshold.cell);
    threshold.set(level);
    for (const one of [threshold, elsewhere]) {
      assertEquals(one.level, level);
      assertEquals(LOG_LEVELS.filter((other) => one.passes(other)), LOG_LEVELS.slice(index));
    }
  });
}

Deno.test("Logger follows its threshold while it runs", async () => {
  const stdout = new MemoryOutput();
  const options = { tank: "console", file: "", level: "warn", format: "json", utcTime: true } as const;
  const logger = await Logger.open(options, { clock: new SystemClock(), stdout });
  logger.write("trace", 1, "before");
  logger.threshold.set("trace");
  logger.write("trace", 1, "after");
  logger.write("info", 1, "less");
  await logger.flush();
  assertEquals(stdout.lines.map((line) => JSON.parse(line).message), ["after"]);
});
