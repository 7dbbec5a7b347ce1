/**
 * Tests of `rtmp/session/stream_url.ts`.
 *
 * @module
 */
import { resolveStreamUrl, type StreamUrl } from "../../../../stream/admission/names/stream_url.ts";
import { ProtocolError, ProtocolErrorCode } from "../../../../rtmp/wire/protocol_error.ts";
import fc from "fast-check";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../../../support/assert.ts";
import { anyText } from "../../../support/any_text.ts";
import { fastestMs } from "../../../support/load/fastest.ts";
import { checkRow, type Row, row } from "./support.ts";

const SRS_TABLE: readonly Row[] = [
  row("rtmp://127.0.0.1:19351/live?vhost=demo&token=abc", "show", {
    host: "127.0.0.1",
    port: 19351,
    vhost: "demo",
    app: "live",
    stream: "show",
    param: "?vhost=demo&token=abc",
  }),
  row("rtmp://127.0.0.1:19351/live...vhost...demo", "show", { vhost: "demo", app: "live", stream: "show" }),
  row("rtmp://127.0.0.1:19351/live...vhost...demo&token=abc", "show", {
    vhost: "demo",
    app: "live",
    stream: "show",
    param: "?vhost=demo&token=abc",
  }),
  row("rtmp://127.0.0.1:19351/live", "show?vhost=demo&token=abc", {
    vhost: "demo",
    app: "live",
    stream: "show",
    param: "?vhost=demo&token=abc",
  }),
  row("rtmp://winlin.cn/live", "show?key=abc", {
    vhost: "winlin.cn",
    app: "live",
    stream: "show",
    param: "?key=abc",
  }),
  row("rtmp://winlin.cn/live", "show?key=abc&&vhost=demo.com", {
    vhost: "demo.com",
    app: "live",
    stream: "show",
    param: "?key=abc&&vhost=demo.com",
  }),
  row("rtmp://winlin.cn/live", "show?key=abc&&domain=demo.com", {
    vhost: "demo.com",
    app: "live",
    stream: "show",
    param: "?key=abc&&domain=demo.com",
  }),
  row("rtmp://winlin.cn/live?key=abc&&vhost=demo.com", "show", {
    vhost: "demo.com",
    app: "live",
    stream: "show",
  }),
  row("rtmp://winlin.cn/live?vhost=__defaultVhost__", "show", {
    vhost: "winlin.cn",
    app: "live",
    stream: "show",
    param: "",
  }),
  row("rtmp://winlin.cn/live", "show?domain=__defaultVhost__", {
    vhost: "winlin.cn",
    app: "live",
    stream: "show",
    param: "",
  }),
  row("rtmp://winlin.cn/", "show", { vhost: "winlin.cn", app: "__defaultApp__", stream: "show" }),
  row("rtmp://winlin.cn", "show", { vhost: "winlin.cn", app: "__defaultApp__", stream: "show" }),
  row("rtmp://winlin.cn/live/_definst_", "show", { vhost: "winlin.cn", app: "live", stream: "show" }),
  row("rtmp://ip/app/app2", "stream?k=v", { vhost: "ip", app: "app/app2", stream: "stream", param: "?k=v" }),
  row("rtmp://ip/app/app2?k=v", "stream", { vhost: "ip", app: "app/app2", stream: "stream", param: "?k=v" }),
  row("rtmp://ip/live?a=1#b=2", "show", { vhost: "ip", app: "live", stream: "show", param: "?a=1#b=2" }),
  row("rtmp://__defaultVhost__/live", "show", {
    host: "__defaultVhost__",
    vhost: "__defaultVhost__",
    app: "live",
    stream: "show",
  }),
  row("invalid://ip/app", "show", { schema: "invalid", vhost: "ip", port: 80, app: "app", stream: "show" }),
  row(" rtmp:// std.ossrs.net /\tli ve\r\n", undefined, { vhost: "std.ossrs.net", app: "live" }),
];

for (const vector of SRS_TABLE) checkRow("reads SRS's vector", vector);

const FORMS: readonly [string, Row][] = [
  [
    "knows the app alone at connect",
    row("rtmp://h/live/livestream", undefined, {
      app: "live/livestream",
      stream: "",
    }),
  ],
  ["cannot guess from one segment", row("rtmp://h/live", "", { app: "live", stream: "" })],
  [
    "does not take the instance name for a stream",
    row("rtmp://h/live/_definst_", "", { app: "live", stream: "" }),
  ],
  ["passes over empty segments", row("rtmp://h//live//room/", "/cam/", { app: "live/room", stream: "cam" })],
  [
    "passes over a tail without a slash",
    row("rtmp://h/live?secret=x", "", { stream: "", param: "?secret=x" }),
  ],
  [
    "reads IPv6 in brackets",
    row("rtmp://[2001:db8::1]:1936/live", "cam", { host: "2001:db8::1", port: 1936 }),
  ],
  ["reads IPv6 in brackets without a port", row("rtmp://[::1]/live", "cam", { host: "::1", port: 1935 })],
  ["reads bare IPv6", row("rtmp://::1/live", "cam", { host: "::1", port: 1935 })],
  [
    "leaves credentials out of the host",
    row("rtmp://user:p@ss@h:1936/live", "cam", { host: "h", port: 1936 }),
  ],
  ["takes an empty port for none", row("rtmp://h:/live", "cam", { host: "h", port: 1935 })],
  ["has rtmps at 443", row("rtmps://h/live", "cam", { schema: "rtmps", port: 443 })],
  ["has https at 443", row("https://h/live", "cam", { port: 443 })],
  [
    "keeps the case of names",
    row("RTMP://Host/Live", "Cam", {
      schema: "RTMP",
      port: 1935,
      vhost: "Host",
      app: "Live",
      stream: "Cam",
    }),
  ],
  ["takes ; and , between parameters", row("rtmp://h/live?a=1;vhost=demo,b=2", "cam", { vhost: "demo" })],
  ["prefers vhost to domain", row("rtmp://h/live", "cam?vhost=a&domain=b", { vhost: "a" })],
  ["prefers the stream's vhost", row("rtmp://h/live?vhost=a", "cam?vhost=b", { vhost: "b" })],
  ["passes over an empty vhost", row("rtmp://h/live?vhost=a&vhost=", "cam", { vhost: "a" })],
  ["strips slashes from a vhost", row("rtmp://h/live?vhost=a.com/", "cam", { vhost: "a.com" })],
  ["does not know Vhost", row("rtmp://h/live?Vhost=a", "cam", { vhost: "h" })],
  [
    "keeps the parameter next to a default vhost",
    row("rtmp://h/live?vhost=__defaultVhost__&k=v", "cam", {
      vhost: "h",
      param: "?vhost=__defaultVhost__&k=v",
    }),
  ],
  [
    "reads a query right behind the host",
    row("rtmp://h?vhost=a", "cam", {
      host: "h",
      vhost: "a",
      app: "__defaultApp__",
    }),
  ],
  [
    "reads dotted parameters of the stream",
    row("rtmp://h/live", "cam...vhost...a", { vhost: "a", stream: "cam" }),
  ],
  ["has a fragment behind ?", row("rtmp://h/live", "cam#x", { stream: "cam", param: "?#x" })],
  ["decodes nothing", row("rtmp://h/live", "c%20m?t=%2F", { stream: "c%20m", param: "?t=%2F" })],
  [
    "keeps blanks in a parameter",
    row("rtmp://h/live", " cam?t=a b", { stream: "cam", param: "?t=a b" }),
  ],
  [
    "cuts a stream at its first blank",
    row("rtmp://h/live", " cam live=1 flashVer=FMLE/3.0\\20(compatible?x) y", { stream: "cam" }),
  ],
  [
    "cuts options off the parameters of a stream",
    row("rtmp://h/live", "cam?t=a b  live=1 timeout=5", { stream: "cam", param: "?t=a b" }),
  ],
  ["takes port 0 for the default port", row("rtmp://h:0/live", "cam", { stream: "cam", port: 1935 })],
];

for (const [name, vector] of FORMS) checkRow(name, vector);

for (
  const [tcUrl, why] of [
    ["", "must begin like rtmp://"],
    ["live", "must begin like rtmp://"],
    ["h/live", "must begin like rtmp://"],
    ["://h/live", "must begin like rtmp://"],
    ["rtmp://", "no host"],
    ["rtmp:///live", "no host"],
    ["rtmp://:1935/live", "no host"],
    ["rtmp://user@/live", "no host"],
    ["rtmp://h:65536/live", "port"],
    ["rtmp://h:1e3/live", "port"],
    ["rtmp://[::1]x/live", "port"],
  ] as const
) {
  Deno.test(`resolveStreamUrl() refuses ${JSON.stringify(tcUrl)} and says why`, () => {
    const error = assertThrows(() => resolveStreamUrl({ tcUrl, streamName: "x" }), ProtocolError, why);
    assertEquals(error.code, ProtocolErrorCode.Command);
    assertStringIncludes(error.message, JSON.stringify(tcUrl));
  });
}

/** tcUrl, member `app`, stream name; app, stream and parameters. */
const WITH_APP: readonly [string, string, string | undefined, string[]][] = [
  ["rtmp://h/live/src?token=abc", "live", "src", ["live", "src", "?token=abc"]],
  ["rtmp://h/live/src?token=abc", "live", undefined, ["live", "", "?token=abc"]],
  ["rtmp://h/live/src", "live?token=abc", "src?x=1", ["live", "src", "?x=1"]],
  ["rtmp://h/a/b/src", "a/b", "src", ["a/b", "src", ""]],
  // Another name: the segment belongs to the app, as SRS reads it.
  ["rtmp://h/live/room", "live", "src", ["live/room", "src", ""]],
  ["rtmp://h/live/src", "live/src", "src", ["live/src", "src", ""]],
  ["rtmp://h/live/src", "liv", "src", ["live/src", "src", ""]],
  ["rtmp://h/src", "", "src", ["src", "src", ""]],
  ["rtmp://h/live", "ignored", "src", ["live", "src", ""]],
];

for (const [tcUrl, app, streamName, expected] of WITH_APP) {
  Deno.test(`resolveStreamUrl() reads ${tcUrl} with app ${app} and name ${streamName}`, () => {
    const url = resolveStreamUrl({ tcUrl, app, ...(streamName === undefined ? {} : { streamName }) });
    assertEquals([url.app, url.stream, url.param], expected);
  });
}

Deno.test("resolveStreamUrl() is done at once with the longest name of blanks", () => {
  for (const text of [" ", " a", " =", "a", "\n"]) {
    const streamName = `cam?t=${text.repeat(64 * 1024 / text.length)}=`;
    const begun = performance.now();
    resolveStreamUrl({ tcUrl: "rtmp://h/live", streamName });
    assert(performance.now() - begun < 500, JSON.stringify(text));
  }
});

Deno.test("resolveStreamUrl() is done at once with the longest tcUrl of quotes, blanks or marks", () => {
  for (const text of ["'", "' ", "/", "?", "&", "...vhost...", "@", ":"]) {
    const tcUrl = `rtmp://h/${text.repeat(64 * 1024 / text.length)}a`;
    const tookMs = fastestMs(() => resolveStreamUrl({ tcUrl, streamName: "cam" }));
    // A search that starts again at every character takes seconds, and nobody else is served meanwhile.
    assert(tookMs < 500, `${tookMs} ms for ${JSON.stringify(text)}`);
  }
});

Deno.test("resolveStreamUrl() gives an address or a ProtocolError for any text", () => {
  const text = fc.oneof(
    anyText(),
    fc.array(
      fc.constantFrom("rtmp://", "h", "/", ":", "?", "#", "@", "[", "]", "vhost=", "...vhost...", "a", "&"),
    )
      .map((parts) => "rtmp://" + parts.join("")),
  );
  fc.assert(fc.property(text, fc.option(text, { nil: undefined }), (tcUrl, streamName) => {
    let url: StreamUrl;
    try {
      url = resolveStreamUrl({ tcUrl, ...(streamName === undefined ? {} : { streamName }) });
    } catch (error) {
      assert(error instanceof ProtocolError, String(error));
      return;
    }
    assert(url.host !== "" && url.vhost !== "" && url.app !== "");
    assert(!url.stream.includes("/") && !url.vhost.includes("/"));
    assert(!url.app.startsWith("/") && !url.app.endsWith("/"));
    assert(url.param === "" || url.param.startsWith("?"));
    assert(Number.isInteger(url.port) && url.port > 0 && url.port < 65_536);
  }));
});

Deno.test("resolveStreamUrl() gives one address wherever the client cuts the path", () => {
  const word = fc.stringMatching(/^[a-z0-9]{1,5}$/);
  fc.assert(fc.property(fc.array(word, { minLength: 2, maxLength: 6 }), fc.nat(), (path, at) => {
    const cut = 1 + at % (path.length - 1);
    const { app, stream } = resolveStreamUrl({
      tcUrl: `rtmp://h/${path.slice(0, cut).join("/")}`,
      streamName: path.slice(cut).join("/"),
    });
    assertEquals(`${app}/${stream}`, path.join("/"));
  }));
});

Deno.test("resolveStreamUrl() shows the first 256 characters of a tcUrl that it cannot read", () => {
  const tcUrl = `rtmp://h:0x/${"a".repeat(300)}`;
  const message = `Cannot read tcUrl "${tcUrl.slice(0, 256)}": the port must be 1 to 65535`;
  assertEquals(assertThrows(() => resolveStreamUrl({ tcUrl }), ProtocolError).message, message);
});
