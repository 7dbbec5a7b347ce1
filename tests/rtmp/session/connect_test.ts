/**
 * Tests of `connect`: what is read, asked and answered.
 *
 * @module
 */
import { Amf0Object, type Amf0Value } from "../../../rtmp/wire/amf0.ts";
import { ProtocolError, ProtocolErrorCode } from "../../../rtmp/wire/protocol_error.ts";
import { RejectionCode } from "../../../rtmp/session/rejection.ts";
import type { SessionSettings } from "../../../rtmp/session/session_settings.ts";
import { serverInfo } from "../../../rtmp/session/server_info.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../../support/assert.ts";
import { command, connect, SessionScript, video } from "../../support/rtmp/session_script.ts";

const DATA = serverInfo({ version: "0.1.0", serverIp: "10.0.0.1", processId: 77, clientId: 4 });

Deno.test("Session asks about connect with what the client said", () => {
  const script = new SessionScript();
  const events = script.receive(command(
    "connect",
    1,
    Amf0Object.of({
      app: "ignored",
      tcUrl: "  rtmp://h/live ",
      pageUrl: "http://page/",
      swfUrl: "http://swf/",
      flashVer: "WIN 9,0,124,2",
      objectEncoding: 3,
    }),
    "further",
    7,
  ));
  assertEquals(events, [{
    kind: "connectRequested",
    requestId: 1,
    tcUrl: "rtmp://h/live",
    app: "ignored",
    pageUrl: "http://page/",
    swfUrl: "http://swf/",
    flashVer: "WIN 9,0,124,2",
    fourCcList: [],
    capsEx: 0,
    isRelay: false,
    args: ["further", 7],
  }]);
  assertEquals(script.session.state, "connectPending");
});

Deno.test("Session takes a client for a relay that names itself SRS in a second object", () => {
  const members = Amf0Object.of({ app: "live", tcUrl: "rtmp://h/live" });
  const cases = [
    [Amf0Object.of({ srs_sig: "SRS", srs_server: "SRS/6.0.157(Hang)", srs_pid: 1 })],
    [Amf0Object.of({ srs_sig: "" })],
    [Amf0Object.of({ other: "SRS" })],
    ["SRS"],
    [],
  ].map((args) => {
    const [event] = new SessionScript().receive(command("connect", 1, members, ...args));
    return event?.kind === "connectRequested" && event.isRelay;
  });
  assertEquals(cases, [true, false, false, false, false]);
});

Deno.test("Session says nothing before connect is answered", () => {
  const script = new SessionScript();
  script.receive(connect(), command("createStream", 2, null), command("_checkbw", 3, null));
  assertEquals(script.sent(), []);
});

Deno.test("Session.accept() answers connect in the order that satisfies every client", () => {
  const script = new SessionScript();
  const requestId = script.request(connect({ objectEncoding: 3 }));
  const accepted = script.session.accept(requestId, {
    chunkSize: 4096,
    outAckSize: 5_000_000,
    inAckSize: 0,
    data: DATA,
  });
  assert(accepted);
  assertEquals(script.sent(), [
    "windowAcknowledgementSize 5000000",
    "setPeerBandwidth 2500000 dynamic",
    "setChunkSize 4096",
    "streamBegin 0",
    '_result(1, {fmsVer: "FMS/3,5,3,888", capabilities: 127, mode: 1}, ' +
    '{level: "status", code: "NetConnection.Connect.Success", description: "Connection succeeded", ' +
    'objectEncoding: 3, data: ecma{version: "3,5,3,888", srs_sig: "SRS", srs_server: "SRS/0.1.0", ' +
    'srs_license: "MIT", srs_version: "0.1.0", srs_server_ip: "10.0.0.1", srs_pid: 77, srs_id: "4"}}) on 0',
    "onBWDone(0, null) on 0",
  ]);
  assertEquals(script.session.state, "connected");
});

Deno.test("Session.accept() uses SRS's values for what is not set, and object encoding 0", () => {
  const script = new SessionScript();
  script.session.accept(script.request(connect()));
  const sent = script.sent();
  assertEquals(sent.slice(0, 3), [
    "windowAcknowledgementSize 2500000",
    "setPeerBandwidth 2500000 dynamic",
    "setChunkSize 60000",
  ]);
  assertStringIncludes(sent[4] ?? "", "objectEncoding: 0, data: ecma{}");
});

Deno.test("Session.accept() tells no window when there is none", () => {
  const script = new SessionScript();
  script.session.accept(script.request(connect()), { outAckSize: 0 });
  assertEquals(script.sent()[0], "setPeerBandwidth 2500000 dynamic");
});

Deno.test("Session.accept() repeats the transaction id of connect", () => {
  const script = new SessionScript();
  script.session.accept(script.request(command("connect", 5, Amf0Object.of({ tcUrl: "rtmp://h/live" }))));
  assertStringIncludes(script.sent()[4] ?? "", "_result(5, ");
});

Deno.test("Session.accept() answers each client by its own terms, however alike the last one was", () => {
  const data = { srs_id: "4" };
  const answer = (settings: Partial<SessionSettings>, members: Readonly<Record<string, Amf0Value>> = {}) => {
    const script = new SessionScript();
    script.session.accept(script.request(connect(members)), { data, ...settings });
    return script.sent();
  };
  const plain = answer({});
  assertEquals(answer({}), plain);
  const others = [
    answer({ chunkSize: 4096 }),
    answer({ outAckSize: 1000 }),
    answer({ data: { srs_id: "5" } }),
    answer({}, { objectEncoding: 3 }),
    answer({}, { fourCcList: ["av01"] }),
  ];
  assertEquals(new Set([plain, ...others].map((lines) => lines.join("\n"))).size, 6);
  assertEquals(answer({}), plain);
});

Deno.test("Session.reject() refuses connect with the reason and takes nothing more", () => {
  const script = new SessionScript();
  const requestId = script.request(connect());
  const rejected = script.session.reject(requestId, {
    code: RejectionCode.ConnectRejected,
    description: "No such app",
  });
  assert(rejected);
  assert(script.session.isClosing);
  assertEquals(script.receive(command("createStream", 2, null), video()), []);
  assertEquals(script.sent(), [
    "setChunkSize 4096",
    '_error(1, null, {level: "error", code: "NetConnection.Connect.Rejected", description: "No such app"}) on 0',
  ]);
});

Deno.test("Session.reject() names another address in ex", () => {
  const script = new SessionScript();
  script.session.reject(script.request(connect()), {
    code: RejectionCode.ConnectRejected,
    description: "Moved",
    redirect: "rtmp://other/live",
  });
  assertEquals(
    script.sent()[1],
    '_error(1, null, {level: "error", code: "NetConnection.Connect.Rejected", description: "Moved", ' +
      'ex: {code: 302, redirect: "rtmp://other/live"}}) on 0',
  );
});

for (const name of ["createStream", "releaseStream", "FCPublish", "publish", "play", "deleteStream"]) {
  Deno.test(`Session ends a client that sends ${name} before connect`, () => {
    const script = new SessionScript();
    const error = assertThrows(() => script.receive(command(name, 2, null, "x")), ProtocolError);
    assertEquals(error.code, ProtocolErrorCode.State);
  });
}

Deno.test("Session ends a client that connects twice", () => {
  const script = SessionScript.connected();
  const error = assertThrows(
    () => script.receive(connect()),
    ProtocolError,
    "Unexpected connect in state connected",
  );
  assertEquals(error.code, ProtocolErrorCode.State);
});

Deno.test("Session passes over chatter before connect without an answer", () => {
  const script = new SessionScript();
  const events = script.receive(
    command("_checkbw", 1, null),
    command("hello", 2, null),
    command("_result", 3),
    video(),
  );
  assertEquals(events, [
    { kind: "ignored", what: "command _checkbw" },
    { kind: "ignored", what: "command hello" },
  ]);
  assertEquals(script.sent(), []);
});

Deno.test("serverInfo() leaves out an address that is not reported", () => {
  const info = serverInfo({ version: "1.2.3", serverIp: "", processId: 1, clientId: 2 });
  assertEquals(Object.keys(info), [
    "version",
    "srs_sig",
    "srs_server",
    "srs_license",
    "srs_version",
    "srs_pid",
    "srs_id",
  ]);
});

Deno.test("Session.requestReconnect() asks a client that said it would, and no other", () => {
  const description = "The server is stopping";
  const willing = new SessionScript();
  assert(!willing.session.requestReconnect({ description }), "before connect");
  willing.session.accept(willing.request(connect({ capsEx: 0x01 })));
  willing.sent();
  assert(willing.session.requestReconnect({ description, tcUrl: "rtmp://other/live" }));
  assertEquals(willing.sent(), [
    'onStatus(0, null, {level: "status", code: "NetConnection.Connect.ReconnectRequest", ' +
    'description: "The server is stopping", tcUrl: "rtmp://other/live"}) on 0',
  ]);
  assert(willing.session.requestReconnect({ description }));
  assertEquals(willing.sent(), [
    'onStatus(0, null, {level: "status", code: "NetConnection.Connect.ReconnectRequest", ' +
    'description: "The server is stopping"}) on 0',
  ]);
  willing.session.close();
  assert(!willing.session.requestReconnect({ description }), "while closing");

  const other = new SessionScript();
  other.session.accept(other.request(connect({ capsEx: 0x0e })));
  other.sent();
  assert(!other.session.requestReconnect({ description }));
  assertEquals(other.sent(), []);
});
