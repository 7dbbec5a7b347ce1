import { Amf0EcmaArray, Amf0Object, type Amf0Value } from "../../../rtmp/wire/amf0.ts";
import { assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { amf3Command, command, connect, SessionScript } from "../../support/rtmp/session_script.ts";

Deno.test("Session reads connect from an ECMA array", () => {
  const script = new SessionScript();
  const [event] = script.receive(command("connect", 1, Amf0EcmaArray.of({ tcUrl: "rtmp://h/live" })));
  assertEquals(event?.kind, "connectRequested");
});

Deno.test("Session reads the key tcurl", () => {
  const script = new SessionScript();
  const [event] = script.receive(command("connect", 1, Amf0Object.of({ tcurl: "rtmp://h/live" })));
  assertEquals(event?.kind === "connectRequested" && event.tcUrl, "rtmp://h/live");
});

Deno.test("Session reads connect as an AMF3 command", () => {
  const script = new SessionScript();
  const [event] = script.receive(amf3Command("connect", 1, Amf0Object.of({ tcUrl: "rtmp://h/live" })));
  assertEquals(event?.kind === "connectRequested" && event.tcUrl, "rtmp://h/live");
});

const ADDRESSES: readonly [string, Amf0Value[], string][] = [
  [
    "without a tcUrl by its app on the default vhost",
    [Amf0Object.of({ app: "live" })],
    "rtmp://__defaultVhost__/live",
  ],
  [
    "with null for the tcUrl by its app",
    [Amf0Object.of({ tcUrl: null, app: "a/b" })],
    "rtmp://__defaultVhost__/a/b",
  ],
  [
    "with a number for the tcUrl by its app",
    [Amf0Object.of({ tcUrl: 7, app: "a" })],
    "rtmp://__defaultVhost__/a",
  ],
  [
    "with the parameters of its app",
    [Amf0Object.of({ app: "live?t=1" })],
    "rtmp://__defaultVhost__/live?t=1",
  ],
  ["with the whole address as app", [Amf0Object.of({ app: "rtmp://h/live" })], "rtmp://h/live"],
  ["with neither tcUrl nor app by no address", [Amf0Object.of({ tcurl: null })], ""],
  ["without a command object by no address", [], ""],
  ["with null for the command object by no address", [null], ""],
];

for (const [name, args, tcUrl] of ADDRESSES) {
  Deno.test(`Session knows a connect ${name}`, () => {
    const [event] = new SessionScript().receive(command("connect", 1, ...args));
    assertEquals(event?.kind === "connectRequested" && event.tcUrl, tcUrl);
  });
}

Deno.test("Session takes members of other types for absent", () => {
  const script = new SessionScript();
  const [event] = script.receive(
    connect({ pageUrl: 1, swfUrl: null, flashVer: true, capsEx: "x", fourCcList: 1 }),
  );
  assertEquals(event, {
    kind: "connectRequested",
    requestId: 1,
    tcUrl: "rtmp://127.0.0.1/live",
    app: "live",
    pageUrl: "",
    swfUrl: "",
    flashVer: "",
    fourCcList: [],
    capsEx: 0,
    isRelay: false,
    args: [],
  });
});

Deno.test("Session tells and answers the FourCC list of Enhanced RTMP v1", () => {
  const script = new SessionScript();
  const [event] = script.receive(connect({ fourCcList: ["av01", "hvc1", 7, "toolong", "*"] }));
  assertEquals(event?.kind === "connectRequested" && event.fourCcList, ["av01", "hvc1", "*"]);
  script.session.accept(1);
  assertStringIncludes(
    script.sent()[4] ?? "",
    '_result(1, {fmsVer: "FMS/3,5,3,888", capabilities: 127, mode: 1, fourCcList: ["av01", "hvc1", "*"]}, ',
  );
});

Deno.test("Session answers the maps and flags of Enhanced RTMP v2 as a relay that forwards", () => {
  const script = new SessionScript();
  const [event] = script.receive(connect({
    capsEx: 0x0f,
    videoFourCcInfoMap: Amf0Object.of({ vp09: 7, bad: 1 }),
    audioFourCcInfoMap: Amf0Object.of({ Opus: 1 }),
  }));
  assertEquals(event?.kind === "connectRequested" && event.capsEx, 0x0f);
  script.session.accept(1);
  assertStringIncludes(
    script.sent()[4] ?? "",
    '_result(1, {fmsVer: "FMS/3,5,3,888", capabilities: 127, mode: 1, videoFourCcInfoMap: {vp09: 4}, ' +
      "audioFourCcInfoMap: {Opus: 4}, capsEx: 15}, ",
  );
});

Deno.test("Session keeps no more than 64 FourCCs", () => {
  const script = new SessionScript();
  const [event] = script.receive(connect({ fourCcList: Array.from({ length: 1000 }, () => "hvc1") }));
  assertEquals(event?.kind === "connectRequested" && event.fourCcList.length, 64);
});
