/**
 * Mounts: one or several, of the formats that are served.
 *
 * @module
 */
import { MOUNTS } from "../../../config/types/mount_type.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";

Deno.test("MOUNTS takes one path or several, of each format", () => {
  for (const extension of ["flv", "ts", "mp3", "aac"]) {
    const path = `[vhost]/[app]/[stream].${extension}`;
    const result = MOUNTS.parse(path);
    assert("value" in result, JSON.stringify(result));
    assertEquals(result.value, [path]);
  }
  const several = ["/[app]/[stream].flv", "/[app]/[stream]/live.ts"];
  const result = MOUNTS.parse(several);
  assert("value" in result, JSON.stringify(result));
  assertEquals(result.value, several);
});

for (
  const [path, reason] of [
    ["[vhost]/[app]/[stream].mkv", "must end in .flv, .ts, .mp3 or .aac"],
    ["[vhost]/[app]/[stream]ts", "must end in .flv, .ts, .mp3 or .aac"],
    ["[vhost]/[app]/live.ts", "must have [app] and [stream]"],
    ["[app]/[vhost]/[stream].ts", "[vhost] at its beginning"],
    ["[app]/[stream]/[seq].ts", "[seq], which is not a variable"],
  ] as const
) {
  Deno.test(`MOUNTS refuses ${path}`, () => {
    assertStringIncludes(JSON.stringify(MOUNTS.parse(path)), reason);
  });
}
