/**
 * Who may publish and play, as the banner says it.
 *
 * @module
 */
import fc from "fast-check";
import { vhostLines } from "../../app/vhost_lines.ts";
import { loadConfig } from "../../config/mod.ts";
import { AddressRules } from "../../stream/admission/access/address_rules.ts";
import { OPEN_ACCESS } from "../../stream/admission/access/options.ts";
import { assert, assertEquals } from "../support/assert.ts";

function linesOf(text: string): readonly string[] {
  return vhostLines(loadConfig({ text, env: {}, version: "", serverId: "" }).config);
}

const HOOKS = '[vhost.a.http_hooks]\nenabled = true\non_publish = "http://a/"\n';
const BOTH = `${HOOKS}on_play = "http://a/"\n`;

const CASES = [
  { name: "nothing", text: "", line: "__defaultVhost__: OPEN: everybody may publish and play" },
  { name: "a vhost that is off", text: "[vhost.a]\nenabled = false", line: "a: off" },
  { name: "a hook for publishers", text: HOOKS, line: "a: OPEN: everybody may play; publish: on_publish" },
  { name: "hooks for both", text: BOTH, line: "a: publish: on_publish; play: on_play" },
  {
    name: "on_connect",
    text: '[vhost.a.http_hooks]\nenabled = true\non_connect = "http://a/"',
    line: "a: publish: on_connect; play: on_connect",
  },
  {
    name: "hooks for endings alone",
    text: '[vhost.a.http_hooks]\nenabled = true\non_unpublish = "http://a/"',
    line: "a: OPEN: everybody may publish and play",
  },
  {
    name: "hooks that are off",
    text: '[vhost.a.http_hooks]\non_publish = "http://a/"',
    line: "a: OPEN: everybody may publish and play",
  },
  {
    name: "hooks in shadow mode",
    text: `${BOTH}mode = "shadow"`,
    line: "a: OPEN: everybody may publish and play (hooks in shadow mode refuse nobody)",
  },
  {
    name: "a service whose failure is a yes",
    text: `${BOTH}on_error = { on_play = "allow" }`,
    line: "a: publish: on_publish; play: on_play (yes when it fails)",
  },
  {
    name: "an edge",
    text: '[vhost.a.cluster]\nmode = "remote"\norigin = ["10.0.0.1", "b:1936"]\n' + BOTH,
    line: "a: edge of rtmp://10.0.0.1:1935, rtmp://b:1936; publish: on_publish; play: on_play",
  },
  {
    name: "recordings",
    text: '[vhost.a.dvr]\nenabled = true\ndvr_path = "./rec/[app]/[stream].mp4"',
    line: "a: OPEN: everybody may publish and play; recorded to ./rec/[app]/[stream].mp4",
  },
  {
    name: "recordings of two streams",
    text: '[vhost.a.dvr]\nenabled = true\ndvr_path = "./rec/[stream].mp4"\ndvr_apply = ["live/a", "live/b"]',
    line: "a: OPEN: everybody may publish and play; live/a, live/b recorded to ./rec/[stream].mp4",
  },
  {
    name: "recordings of many streams",
    text: `[vhost.a.dvr]\nenabled = true\ndvr_path = "./rec/[stream].mp4"\ndvr_apply = [${
      Array.from({ length: 7 }, (_, index) => `"live/${index}"`)
    }]`,
    line: "a: OPEN: everybody may publish and play; " +
      "live/0, live/1, live/2, live/3, live/4 and 2 more recorded to ./rec/[stream].mp4",
  },
  {
    name: "keys",
    text: '[vhost.a.access]\npublish_keys = ["0123456789"]',
    line: "a: OPEN: everybody may play; publish: key",
  },
  {
    name: "keys and signed URLs",
    text: '[vhost.a.access]\nplay_keys = ["0123456789"]\nurl_secrets = ["0123456789abcdef"]\n' +
      "signed_publish = true\nsigned_play = true",
    line: "a: publish: signed URL; play: signed URL or key",
  },
  {
    name: "refer for players",
    text: '[vhost.a.refer]\nenabled = true\nplay = ["a.com"]',
    line: "a: OPEN: everybody may publish; play: refer",
  },
  {
    name: "refer without any page",
    text: "[vhost.a.refer]\nenabled = true",
    line: "a: OPEN: everybody may publish and play",
  },
  {
    name: "security without any rule",
    text: "[vhost.a.security]\nenabled = true",
    line: "a: publish: nobody, by security; play: nobody, by security",
  },
  {
    name: "security that allows every network",
    text: '[vhost.a.security]\nenabled = true\nallow = ["publish 0.0.0.0/0", "play 0.0.0.0/0", "play ::/0"]',
    line: "a: OPEN: everybody may publish and play",
  },
  {
    name: "security that allows IPv6 alone",
    text: '[vhost.a.security]\nenabled = true\nallow = ["publish ::/0", "play all"]',
    line: "a: OPEN: everybody may play; publish: security",
  },
  {
    name: "security that is off",
    text: '[vhost.a.security]\ndeny = ["publish all"]',
    line: "a: OPEN: everybody may publish and play",
  },
  {
    name: "security for publishers",
    text: '[vhost.a.security]\nenabled = true\nallow = ["publish 10.0.0.0/8", "play all"]',
    line: "a: OPEN: everybody may play; publish: security",
  },
  {
    name: "security that allows all",
    text: '[vhost.a.security]\nenabled = true\nallow = ["publish all", "play all"]',
    line: "a: OPEN: everybody may publish and play",
  },
  {
    name: "security that denies",
    text: '[vhost.a.security]\nenabled = true\ndeny = ["publish all", "play 10.0.0.1"]',
    line: "a: publish: nobody, by security; play: security",
  },
  {
    name: "security that allows publishers alone",
    text: '[vhost.a.security]\nenabled = true\nallow = ["publish 10.0.0.1"]',
    line: "a: publish: security; play: nobody, by security",
  },
  {
    name: "all of it",
    text:
      `${BOTH}[vhost.a.security]\nenabled = true\ndeny = ["publish 10.0.0.1"]\n[vhost.a.access]\npublish_keys = ["0123456789"]`,
    line: "a: publish: security, key, on_publish; play: on_play",
  },
];
for (const { name, text, line } of CASES) {
  Deno.test(`vhostLines() says what is true of ${name}`, () => {
    assertEquals(linesOf(text), [`  vhost    ${line}`]);
  });
}

Deno.test("vhostLines() says of security what its rules decide", () => {
  const rule = fc.tuple(
    fc.constantFrom<"publish" | "play">("publish", "play"),
    fc.constantFrom("all", "10.0.0.1", "10.0.0.0/8"),
  ).map(([action, from]) => `${action} ${from}`);
  const rules = fc.array(rule, { maxLength: 3 });
  fc.assert(fc.property(rules, rules, (allow, deny) => {
    const lists = `allow = ${JSON.stringify(allow)}\ndeny = ${JSON.stringify(deny)}`;
    const text = `[vhost.a.security]\nenabled = true\n${lists}`;
    const { config } = loadConfig({ text, env: {}, version: "", serverId: "" });
    const [line = ""] = vhostLines(config);
    const addresses = new AddressRules(config.rtmp.vhosts.get("a")?.access.security ?? OPEN_ACCESS.security);
    for (const action of ["publish", "play"] as const) {
      const admitted = ["10.0.0.1", "10.0.0.2", "192.168.0.1"].filter((ip) => addresses.admits(action, ip));
      const open = new RegExp(`OPEN: everybody may [a-z ]*\\b${action}\\b`).test(line);
      if (open) assertEquals(admitted.length, 3, line);
      if (line.includes(`${action}: nobody`)) assertEquals(admitted, [], line);
      if (admitted.length === 0) assert(!open, line);
    }
  }));
});

Deno.test("vhostLines() names each open vhost, and counts the others past twenty", () => {
  const closed = Array.from({ length: 30 }, (_, index) => `[vhost.v${index}]\nenabled = false\n`).join("");
  const lines = linesOf(`${closed}[vhost.open]\n[vhost.open2]\n`);
  assertEquals(lines.length, 23);
  assertEquals(lines.slice(-3), [
    "  vhost    open: OPEN: everybody may publish and play",
    "  vhost    open2: OPEN: everybody may publish and play",
    "  vhost    and 10 more, none of them open to everybody",
  ]);
});
