/**
 * What an operator reads of a file that cannot be used.
 *
 * @module
 */
import { fileErrorText } from "../../system/file_errors.ts";
import { assertEquals } from "../support/assert.ts";

Deno.test("fileErrorText() has the system's words, and none of the runtime's advice", () => {
  const denied = new Deno.errors.PermissionDenied("Permission denied (os error 13): mkdir '/rec'");
  assertEquals(fileErrorText(denied), "Permission denied");
  const advice = 'Requires all access to "/proc/rec", run again with the --allow-all flag';
  assertEquals(
    fileErrorText(new Deno.errors.NotCapable(advice)),
    "this server is not permitted to write there",
  );
  assertEquals(fileErrorText("text"), "text");
});
