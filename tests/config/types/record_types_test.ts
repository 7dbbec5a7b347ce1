/** Where recordings go, as the configuration may say it. */
import { RECORD_PATH, RECORDED_STREAMS } from "../../../config/types/record_types.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";

Deno.test("RECORD_PATH takes files of two formats and folders", () => {
  for (
    const path of [
      "./objs/[app]/[stream].[timestamp].flv",
      "/rec/[2006]/[stream].mp4",
      "/rec/",
      "rec.d/[app]",
    ]
  ) {
    const result = RECORD_PATH.parse(path);
    assert(result.ok, path);
    assertEquals(result.value, path);
  }
});

Deno.test("RECORD_PATH says what is wrong with a path", () => {
  for (
    const [path, text] of [
      ["/rec/[name].flv", "[name], which is not a variable"],
      ["/rec/[stream].mkv", "ends in neither .flv nor .mp4"],
      ["/rec/../etc/[stream].flv", "has a part .."],
      ["", "Expected text"],
    ]
  ) {
    const result = RECORD_PATH.parse(path);
    assert(!result.ok, path);
    assertStringIncludes(result.message, text ?? "");
  }
});

Deno.test("RECORDED_STREAMS takes all, or streams by app and name", () => {
  const streams = RECORDED_STREAMS.parse("live/a live/room/b");
  assert(streams.ok);
  assertEquals(streams.value, ["live/a", "live/room/b"]);
  assert(RECORDED_STREAMS.parse(["all"]).ok);
  for (const wrong of ["a", "live/", 3, ["live/a", ""]]) {
    assert(!RECORDED_STREAMS.parse(wrong).ok, `${wrong}`);
  }
});
