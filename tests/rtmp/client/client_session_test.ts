import { ClientSession, type ClientSessionOptions } from "../../../rtmp/client/client_session.ts";
import type { ClientEvent } from "../../../rtmp/client/client_events.ts";
import { RtmpSession as Session } from "../../../rtmp/session/rtmp_session.ts";
import type { SessionEvent } from "../../../rtmp/session/events.ts";
import { Amf0Object } from "../../../rtmp/wire/amf0.ts";
import { ChunkEncoder } from "../../../rtmp/wire/chunk_encoder.ts";
import { decodeCommand, encodeCommand } from "../../../rtmp/wire/command.ts";
import { type Control, decodeControl, encodeControl, isControl } from "../../../rtmp/wire/control.ts";
import { MessageDecoder } from "../../../rtmp/wire/message_decoder.ts";
import { MessageType, type RtmpMessage } from "../../../rtmp/wire/message.ts";
import { ServerHandshake } from "../../../rtmp/wire/server_handshake.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { fixedWireEnvironment } from "../../support/rtmp/wire_environment.ts";

const PLAY = { kind: "play", app: "live", tcUrl: "rtmp://a/live", streamName: "cam?t=1" } as const;
const PUBLISH = { ...PLAY, kind: "publish" } as const;

function client(options: Partial<ClientSessionOptions> = {}): ClientSession {
  return new ClientSession({
    environment: fixedWireEnvironment(),
    request: PLAY,
    flight: "joined",
    chunkSize: 4096,
    ...options,
  });
}

/** This server's own machines at the other end. */
class Peer {
  readonly session = new Session({ environment: fixedWireEnvironment() });
  readonly events: SessionEvent[] = [];
  readonly #decoder = new MessageDecoder({ environment: fixedWireEnvironment() });

  exchange(from: ClientSession): ClientEvent[] {
    const events: ClientEvent[] = [];
    for (let out = from.takeOutput(); out !== undefined; out = from.takeOutput()) {
      this.events.push(...this.session.receive(this.#decoder.decode(out)));
      events.push(...this.#answer(from));
    }
    return events;
  }

  /** Accept or reject what the client requested last. */
  answer(
    from: ClientSession,
    reason?: { code: string; description: string; redirect?: string },
  ): ClientEvent[] {
    const last = this.events.findLast((event) => "requestId" in event);
    if (last === undefined || !("requestId" in last)) throw new Error("nothing was requested");
    if (reason === undefined) this.session.accept(last.requestId);
    else this.session.reject(last.requestId, reason);
    this.events.push(...this.session.receive([]));
    return [...this.#answer(from), ...this.exchange(from)];
  }

  #answer(from: ClientSession): ClientEvent[] {
    const events: ClientEvent[] = [];
    for (const out of [this.#decoder.takeOutput(), this.session.takeOutput()]) {
      if (out !== undefined) events.push(...from.receive(out));
    }
    return events;
  }
}

/** A scripted server: what a test says, byte for byte. */
class Script {
  readonly #encoder = new ChunkEncoder();
  readonly #decoder: MessageDecoder;
  readonly #handshake = new ServerHandshake(fixedWireEnvironment());

  constructor() {
    this.#decoder = new MessageDecoder({ environment: fixedWireEnvironment(), handshake: this.#handshake });
  }

  take(from: ClientSession): RtmpMessage[] {
    const all: RtmpMessage[] = [];
    for (let out = from.takeOutput(); out !== undefined; out = from.takeOutput()) {
      all.push(...this.#decoder.decode(out));
      const answer = this.#decoder.takeOutput();
      if (answer !== undefined) from.receive(answer);
    }
    return all;
  }

  say(to: ClientSession, ...messages: RtmpMessage[]): ClientEvent[] {
    for (const message of messages) this.#encoder.write(message);
    return to.receive(this.#encoder.takeOutput() ?? new Uint8Array());
  }
}

function reply(
  name: string,
  transactionId: number,
  ...args: Parameters<typeof encodeCommand>[0]["args"]
): RtmpMessage {
  return encodeCommand({ name, transactionId, args }, { streamId: 0, chunkStreamId: 3 });
}

function status(level: string, code: string, extra: Record<string, Amf0Object> = {}): RtmpMessage {
  return reply("onStatus", 0, null, Amf0Object.of({ level, code, description: "why", ...extra }));
}

function names(messages: readonly RtmpMessage[]): string[] {
  return messages.map((message) => {
    if (message.typeId === MessageType.CommandAmf0) return decodeCommand(message).name;
    return isControl(message.typeId) ? decodeControl(message).kind : String(message.typeId);
  });
}

function kinds(events: readonly ClientEvent[]): string[] {
  return events.map(({ kind }) => kind);
}

Deno.test("ClientSession sends a joined flight in one write, which this server takes whole", () => {
  const session = client();
  const peer = new Peer();
  assertEquals(kinds(peer.exchange(session)), []);
  assertEquals(peer.events.map(({ kind }) => kind), ["connectRequested"]);
  assertEquals(kinds(peer.answer(session)), ["connected"]);
  const play = peer.events.at(-1);
  assertEquals(play?.kind === "playRequested" ? play.streamName : play?.kind, "cam?t=1");
  assertEquals(kinds(peer.answer(session)), ["started"]);
  assert(session.started);
});

for (const form of ["simple", "digest0", "digest1"] as const) {
  Deno.test(`ClientSession publishes step by step with the handshake ${form}`, () => {
    const session = client({ request: PUBLISH, flight: "stepwise", handshake: { form } });
    const peer = new Peer();
    peer.exchange(session);
    assertEquals(kinds(peer.answer(session)), ["connected"]);
    assertEquals(peer.events.at(-1)?.kind, "publishRequested");
    assertEquals(kinds(peer.answer(session)), ["started"]);
    session.leave();
    peer.exchange(session);
    assertEquals(peer.events.at(-1)?.kind, "publishEnded");
  });
}

Deno.test("ClientSession says why this server refuses, with the address that it names", () => {
  const session = client();
  const peer = new Peer();
  peer.exchange(session);
  peer.answer(session);
  const redirect = "rtmp://b/live/cam";
  const events = peer.answer(session, { code: "NetStream.Play.Failed", description: "Not today", redirect });
  const refusal = { code: "NetStream.Play.Failed", description: "Not today", redirect };
  assertEquals(events, [{ kind: "refused", refusal }]);
});

Deno.test("ClientSession sends nothing after connect before its answer in a stepwise flight", () => {
  const session = client({ flight: "stepwise" });
  const script = new Script();
  assertEquals(names(script.take(session)), ["connect"]);
  script.say(session, reply("_result", 1, null, Amf0Object.of({ level: "status" })));
  assertEquals(names(script.take(session)), ["createStream"]);
  script.say(session, reply("_result", 2, null, 7));
  const [play] = script.take(session);
  assertEquals([play?.streamId, session.streamId], [7, 7]);
});

Deno.test("ClientSession reports a server whose first message stream is not 1", () => {
  const session = client();
  const script = new Script();
  script.take(session);
  script.say(session, reply("_result", 1, null, Amf0Object.of({ level: "status" })));
  assertEquals(script.say(session, reply("_result", 2, null, 5)), [{ kind: "misfit", streamId: 5 }]);
});

Deno.test("ClientSession reads ex.redirect2 before ex.redirect, and only of code 302", () => {
  const cases = [
    {
      ex: { code: 302, redirect: "rtmp://b/live", redirect2: "rtmp://b/live/cam" },
      expected: "rtmp://b/live/cam",
    },
    { ex: { code: 302, redirect: "rtmp://b/live" }, expected: "rtmp://b/live" },
    { ex: { code: 301, redirect: "rtmp://b/live" }, expected: undefined },
  ];
  for (const { ex, expected } of cases) {
    const session = client();
    const script = new Script();
    script.take(session);
    const [event] = script.say(session, status("error", "NetStream.Play.Failed", { ex: Amf0Object.of(ex) }));
    assertEquals(event?.kind === "refused" ? event.refusal.redirect : event?.kind, expected);
  }
});

Deno.test("ClientSession takes an _error of connect for a refusal, and one of releaseStream for nothing", () => {
  const session = client({ request: PUBLISH });
  const script = new Script();
  script.take(session);
  assertEquals(script.say(session, reply("_error", 3, null, Amf0Object.of({ level: "error" }))), []);
  const info = Amf0Object.of({ level: "error", code: "NetConnection.Connect.Rejected", description: "no" });
  const refusal = { code: "NetConnection.Connect.Rejected", description: "no" };
  assertEquals(script.say(session, reply("_error", 1, null, info)), [{ kind: "refused", refusal }]);
});

Deno.test("ClientSession tells when the publisher is gone and when it is back, once each", () => {
  const session = client();
  const script = new Script();
  script.take(session);
  const say = (control: Control) => kinds(script.say(session, encodeControl(control)));
  assertEquals(say({ kind: "streamBegin", streamId: 1 }), []);
  assertEquals(kinds(script.say(session, status("status", "NetStream.Play.Start"))), ["started"]);
  assertEquals(say({ kind: "streamEof", streamId: 1 }), ["publisherGone"]);
  assertEquals(kinds(script.say(session, status("status", "NetStream.Play.UnpublishNotify"))), []);
  assertEquals(say({ kind: "streamBegin", streamId: 1 }), ["publisherBack"]);
});

Deno.test("ClientSession answers pings, acknowledges at half of the window, and gives media on", () => {
  const session = client();
  const script = new Script();
  script.take(session);
  script.say(session, encodeControl({ kind: "windowAcknowledgementSize", windowSize: 12_000 }));
  script.say(session, encodeControl({ kind: "pingRequest", timestamp: 99 }));
  const [pong] = script.take(session);
  assertEquals(pong && decodeControl(pong), { kind: "pingResponse", timestamp: 99 });
  const payload = new Uint8Array(8000).fill(1);
  const video = { typeId: MessageType.Video, timestamp: 40, streamId: 1, chunkStreamId: 7, payload };
  assertEquals(kinds(script.say(session, video)), ["media"]);
  assertEquals(names(script.take(session)), ["acknowledgement"]);
});

Deno.test("ClientSession refuses a server that does not speak RTMP", () => {
  const bytes = new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n");
  for (const flight of ["joined", "stepwise"] as const) {
    assertThrows(() => client({ flight }).receive(bytes), Error, "protocol version 72");
  }
});
