/**
 * Tests of `rtmp/session/name_grammar.ts`.
 *
 * @module
 */
import { checkName, MAX_NAME_BYTES } from "../../../../stream/admission/names/name_grammar.ts";
import fc from "fast-check";
import { assert, assertEquals, assertStringIncludes } from "../../../support/assert.ts";
import { anyText } from "../../../support/any_text.ts";

const FINE_STREAMS = [
  "livestream",
  "cam-1_2.3",
  "a+b=c@d~e:f",
  "mp4:movie",
  "직播",
  "canal-españa",
  "..hidden",
  "a..b",
  ".x",
  "100%",
  "c%20m",
  "live_123_AbC",
  "(a)[b]{c}'d'$e!",
  "x".repeat(MAX_NAME_BYTES),
  "😀",
];
for (const name of FINE_STREAMS) {
  Deno.test(`checkName() lets the stream ${JSON.stringify(name).slice(0, 40)} pass`, () => {
    assertEquals(checkName("stream", name), undefined);
  });
}

const REFUSED = [
  ["", "is empty"],
  ["x".repeat(MAX_NAME_BYTES + 1), "longer than 255 bytes"],
  ["é".repeat(128), "longer than 255 bytes"],
  [".", "path step"],
  ["..", "path step"],
  ["a\\b", "character \\"],
  ["a\0b", "control"],
  ["a\nb", "control"],
  ["a\u001b[31m", "control"],
  ["a\u0085", "control"],
  ["a b", "blank"],
  ["a\u00a0b", "blank"],
  ["a\u2028b", "blank"],
  ["a\u202eb", "control"],
  ["a\u200bb", "control"],
  ["a\ud800", "control"],
  ["\u3164", "blank"],
  ["cam\u115f", "blank"],
  ["cam\ufe0f", "blank"],
  ["cam\u034f", "blank"],
  ["\u2800", "blank"],
  ["C:", "drive letter"],
  ["c:windows", "drive letter"],
  ["a?b", "character ?"],
  ["a#b", "character #"],
  ["<script>", "character <"],
  ['a"b', 'character "'],
  ["a|b", "character |"],
  ["a*", "character *"],
  ["%2e%2e", "escaped"],
  ["a%2Fb", "escaped"],
  ["a%5cb", "escaped"],
  ["a%00", "escaped"],
  ["a%0d%0a", "escaped"],
] as const;
for (const [name, why] of REFUSED) {
  Deno.test(`checkName() refuses ${JSON.stringify(name).slice(0, 40)} as app and stream`, () => {
    assertStringIncludes(checkName("stream", name) ?? "", why);
    assertStringIncludes(checkName("app", name) ?? "", why);
  });
}

Deno.test("checkName() takes segments in an app only", () => {
  assertEquals(checkName("app", "live/room/1"), undefined);
  assertStringIncludes(checkName("stream", "live/room") ?? "", "character /");
});

for (const app of ["/live", "live/", "live//room"]) {
  Deno.test(`checkName() refuses the empty segment in the app ${app}`, () => {
    assertEquals(checkName("app", app), "has an empty segment");
  });
}

for (const app of ["../live", "live/..", "live/./x", "live/c:/x"]) {
  Deno.test(`checkName() refuses the segment in the app ${app}`, () => {
    assert(checkName("app", app) !== undefined);
  });
}

Deno.test("checkName() lets nothing pass that leaves its directory or its line", () => {
  fc.assert(fc.property(anyText(), (name) => {
    if (checkName("app", name) !== undefined) return;
    const url = new URL(`http://h/root/${name}/end`);
    assert(url.pathname.startsWith("/root/"), url.pathname);
    assertEquals(url.pathname.split("/").length, name.split("/").length + 3);
    assertEquals(name.split(/[\r\n\u0085\u2028\u2029]/).length, 1);
  }));
});
