/**
 * Tests of `stream/admission/access/referer.ts`.
 *
 * @module
 */
import { isRefererAllowed } from "../../../../stream/admission/access/referer.ts";
import { assert, assertEquals } from "../../../support/assert.ts";

const CASES: readonly { readonly page: string; readonly names: readonly string[]; readonly well: boolean }[] =
  [
    { page: "http://example.com/player.html", names: ["example.com"], well: true },
    { page: "https://www.example.com:8080/a?b#c", names: ["example.com"], well: true },
    { page: "https://WWW.Example.COM./", names: ["EXAMPLE.com"], well: true },
    { page: "https://www.example.com/", names: [".example.com"], well: true },
    { page: "https://badexample.com/", names: ["example.com"], well: false },
    { page: "https://example.com.evil.test/", names: ["example.com"], well: false },
    { page: "https://evil.test/?example.com", names: ["example.com"], well: false },
    { page: "https://example.com@evil.test/", names: ["example.com"], well: false },
    { page: "https://b.test/", names: ["a.test", "b.test"], well: true },
    { page: "", names: ["example.com"], well: false },
    { page: "example.com", names: ["example.com"], well: false },
    { page: "javascript:example.com", names: ["example.com"], well: false },
    { page: "", names: [], well: true },
  ];

for (const { page, names, well } of CASES) {
  Deno.test(`isRefererAllowed(): ${page || "no page"} for ${names.join(" ") || "no names"} is ${well}`, () => {
    const options = { enabled: true, all: names, publish: [], play: [] };
    assertEquals(isRefererAllowed(options, "all", page), well);
  });
}

Deno.test("isRefererAllowed() asks each moment's own list, and none when it is off", () => {
  const options = { enabled: true, all: [], publish: ["studio.test"], play: ["tv.test"] };
  assert(isRefererAllowed(options, "publish", "http://studio.test/"));
  assert(!isRefererAllowed(options, "play", "http://studio.test/"));
  assert(isRefererAllowed({ ...options, enabled: false }, "play", "http://studio.test/"));
});
