import { FileHints, isAbout } from "../../../system/tls/file_hints.ts";
import { assertEquals } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";
import { until } from "../../support/wait.ts";

Deno.test("isAbout() knows the files, and the link of Kubernetes, from others in their directory", () => {
  const names = new Set(["tls.crt", "tls.key"]);
  const cases = [["/etc/tls/tls.crt"], ["/etc/tls/new", "/etc/tls/tls.key"], ["/etc/tls/..data"], [
    "/etc/tls/srs.log",
  ], []];
  assertEquals(cases.map((paths) => isAbout(paths, names)), [true, true, true, false, false]);
});

Deno.test("FileHints gives one hint for files that are written one after the other", async () => {
  await using directory = await temporaryDirectory();
  const clock = new ManualClock();
  let hints = 0;
  const files = ["tls.crt", "tls.key"].map((name) => `${directory.path}/${name}`);
  const watch = new FileHints(files, clock, () => hints++);
  for (const file of files) await Deno.writeTextFile(file, "new");
  await until(() => clock.timers === 1);
  await clock.advance(500);
  watch.close();
  assertEquals(hints, 1);
});
