/**
 * Patterns of HLS files: below their directory, and one name for each segment.
 *
 * @module
 */
import { PLAYLIST_PATTERN, SEGMENT_PATTERN } from "../../../config/types/file_pattern_type.ts";
import { assertEquals, assertStringIncludes } from "../../support/assert.ts";

for (const path of ["[app]/[stream].m3u8", "[vhost]/[app]/x-[stream]/index.m3u8", "[stream].m3u8"]) {
  Deno.test(`PLAYLIST_PATTERN takes ${path}`, () => {
    assertEquals(PLAYLIST_PATTERN.parse(path), { ok: true, value: path });
  });
}

for (
  const path of [
    "[app]/[stream]-[seq].ts",
    "[stream]/[2006]/[01]/[02]/[15]/[04]/[05].[999]-[timestamp]-[duration].m4s",
  ]
) {
  Deno.test(`SEGMENT_PATTERN takes ${path}`, () => {
    assertEquals(SEGMENT_PATTERN.parse(path), { ok: true, value: path });
  });
}

for (
  const [type, path, reason] of [
    [PLAYLIST_PATTERN, 7, "Expected a path in quotes"],
    [PLAYLIST_PATTERN, "[app]/[stream]", "must end in .m3u8"],
    [PLAYLIST_PATTERN, "[app]/live.m3u8", "must have [stream]"],
    [PLAYLIST_PATTERN, "[stream]-[seq].m3u8", "[seq], which a playlist cannot have"],
    [PLAYLIST_PATTERN, "../[stream].m3u8", "below hls_path"],
    [PLAYLIST_PATTERN, "/[stream].m3u8", "below hls_path"],
    [PLAYLIST_PATTERN, "a//[stream].m3u8", "below hls_path"],
    [PLAYLIST_PATTERN, "[stream]\\.m3u8", "cannot be the path of a file"],
    [PLAYLIST_PATTERN, `${"a".repeat(300)}[stream].m3u8`, "cannot be the path of a file"],
    [SEGMENT_PATTERN, "[stream].ts", "must have [seq] or [timestamp]"],
    [SEGMENT_PATTERN, "[stream]-[sequence]-[seq].ts", "[sequence], which is not a variable"],
    [SEGMENT_PATTERN, "[stream]-[seq].mp4", "must end in .ts or .m4s"],
    [SEGMENT_PATTERN, "[app]-[seq].ts", "must have [stream]"],
  ] as const
) {
  Deno.test(`a pattern that is ${String(path).slice(0, 40)} is refused`, () => {
    const result = type.parse(path);
    assertStringIncludes(result.ok ? "" : result.message, reason);
  });
}
