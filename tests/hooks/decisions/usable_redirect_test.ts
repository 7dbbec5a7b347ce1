import { withUsableRedirect } from "../../../hooks/decisions/usable_redirect.ts";
import type { Denial, LogFields } from "../../../core/mod.ts";
import { assertEquals } from "../../support/assert.ts";

const DENIED: Denial = { kind: "deny", rule: "on_play", reason: "full", address: "http://service/" };
const CASES = [
  { protocol: "rtmp", redirect: "rtmp://b/live", usable: true },
  { protocol: "rtmp", redirect: "rtmps://b/live", usable: true },
  { protocol: "rtmp", redirect: "http://b/live/a.flv", usable: false },
  { protocol: "http-flv", redirect: "https://b/live/a.flv", usable: true },
  { protocol: "http-flv", redirect: "rtmp://b/live", usable: false },
  { protocol: "hls", redirect: "http://b/live/a.m3u8", usable: true },
] as const;

for (const { protocol, redirect, usable } of CASES) {
  Deno.test(`withUsableRedirect() ${usable ? "keeps" : "logs and removes"} ${redirect} for ${protocol}`, () => {
    const lines: (LogFields | undefined)[] = [];
    const log = {
      write: (_level: string, _clientId: number | undefined, _message: string, fields?: LogFields) => {
        lines.push(fields);
      },
    };
    const verdict = withUsableRedirect({ ...DENIED, redirect }, { clientId: 4, protocol }, log);
    assertEquals(verdict, usable ? { ...DENIED, redirect } : DENIED);
    assertEquals(lines, usable ? [] : [{ protocol, redirect, url: "http://service/" }]);
  });
}

Deno.test("withUsableRedirect() leaves a refusal without an address alone", () => {
  const log = {
    write: () => {
      throw new Error("A line for nothing");
    },
  };
  assertEquals(withUsableRedirect(DENIED, { clientId: 4, protocol: "rtmp" }, log), DENIED);
});
