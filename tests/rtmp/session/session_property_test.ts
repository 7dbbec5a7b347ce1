/**
 * Properties of `rtmp/session/rtmp_session.ts`: whatever a peer says and however its caller answers.
 *
 * @module
 */
import fc from "fast-check";
import { Amf0EcmaArray, Amf0Object, type Amf0Value } from "../../../rtmp/wire/amf0.ts";
import type { Control } from "../../../rtmp/wire/control.ts";
import { MessageType, type RtmpMessage } from "../../../rtmp/wire/message.ts";
import { ProtocolError } from "../../../rtmp/wire/protocol_error.ts";
import { RejectionCode } from "../../../rtmp/session/rejection.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { command, control, SessionScript } from "../../support/rtmp/session_script.ts";

const COMMAND_NAMES = [
  ...["connect", "createStream", "releaseStream", "FCPublish", "FCUnpublish", "publish", "play", "play2"],
  ...["pause", "pauseRaw", "seek", "closeStream", "deleteStream", "getStreamLength", "_checkbw", "_result"],
  ...["receiveAudio", "nonsense", "", "__proto__", "constructor"],
];

const PLAIN_VALUES = [null, undefined, true, false, 0, 1, -1, NaN, "", "x", "live?a=b"];

const amf0Value: fc.Arbitrary<Amf0Value> = fc.oneof(
  fc.constantFrom<Amf0Value>(...PLAIN_VALUES),
  fc.constant<Amf0Value>([]),
  fc.constant(Amf0Object.of({ tcUrl: "rtmp://h/live", streamName: "x", fourCcList: ["hvc1"] })),
  fc.constant(Amf0EcmaArray.of({ tcurl: "rtmp://h/live" })),
);

const anyCommand = fc.record({
  name: fc.constantFrom(...COMMAND_NAMES),
  transactionId: fc.constantFrom(0, 1, 2, -1, NaN, 1e300),
  args: fc.array(amf0Value, { maxLength: 4 }),
}).map(({ name, transactionId, args }) => command(name, transactionId, ...args));

/** What clients say when they behave, so that sequences get past connect. */
const goodCommand = fc.constantFrom(
  command("createStream", 2, null),
  command("FCPublish", 3, null, "x"),
  command("publish", 4, null, "x", "live"),
  command("play", 4, null, "x"),
  command("deleteStream", 5, null, 1),
  command("FCUnpublish", 5, null, "x"),
);

const anyControl = fc.constantFrom<Control>(
  { kind: "pingRequest", timestamp: 1 },
  { kind: "pingResponse", timestamp: 0 },
  { kind: "windowAcknowledgementSize", windowSize: 0 },
  { kind: "windowAcknowledgementSize", windowSize: 1 },
  { kind: "setBufferLength", streamId: 1, bufferMs: 1 },
).map(control);

const anyMessage: fc.Arbitrary<RtmpMessage> = fc.record({
  typeId: fc.oneof(fc.constantFrom(...Object.values(MessageType)), fc.nat(255)),
  timestamp: fc.nat(0xffff_ffff),
  streamId: fc.nat(3),
  chunkStreamId: fc.integer({ min: 2, max: 65_599 }),
  payload: fc.uint8Array({ maxLength: 64 }).map((bytes) => Uint8Array.from(bytes)),
});

type Step =
  | { readonly kind: "messages"; readonly messages: readonly RtmpMessage[] }
  | { readonly kind: "accept" | "reject" | "acceptStale" | "count" | "ping" | "close" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(
      fc.oneof({ weight: 4, arbitrary: goodCommand }, anyCommand, anyControl, {
        weight: 3,
        arbitrary: anyMessage,
      }),
      { maxLength: 6 },
    ).map((messages) => ({ kind: "messages", messages }) as const),
  },
  { weight: 5, arbitrary: fc.constant({ kind: "accept" } as const) },
  fc.constantFrom<Step>({ kind: "reject" }, { kind: "acceptStale" }, { kind: "count" }, { kind: "ping" }),
  fc.constant<Step>({ kind: "close" }),
);

/** What a shell knows of a session by its events: at most one request, one publish or play, each ended once. */
class Ledger {
  pending: number | undefined;
  readonly asked = new Set<number>();
  active: "publish" | "play" | undefined;
  #asks: "connect" | "publish" | "play" | undefined;

  read(events: ReturnType<SessionScript["receive"]>): void {
    for (const event of events) {
      switch (event.kind) {
        case "connectRequested":
        case "publishRequested":
        case "playRequested":
          assertEquals(this.pending, undefined);
          assertEquals(this.active, undefined);
          assert(!this.asked.has(event.requestId));
          this.asked.add(event.requestId);
          this.pending = event.requestId;
          this.#asks = event.kind === "connectRequested"
            ? "connect"
            : event.kind === "publishRequested"
            ? "publish"
            : "play";
          break;
        case "requestWithdrawn":
          assertEquals(event.requestId, this.pending);
          this.pending = undefined;
          break;
        case "media":
        case "publishEnded":
          assertEquals(this.active, "publish");
          if (event.kind === "publishEnded") this.active = undefined;
          break;
        case "paused":
        case "playEnded":
          assertEquals(this.active, "play");
          if (event.kind === "playEnded") this.active = undefined;
          break;
        default:
          break;
      }
    }
  }

  accepted(): void {
    if (this.#asks === "publish" || this.#asks === "play") this.active = this.#asks;
    this.pending = undefined;
  }
}

function run(script: SessionScript, ledger: Ledger, steps: readonly Step[]): void {
  let total = 3073;
  for (const current of steps) {
    const { session } = script;
    switch (current.kind) {
      case "messages":
        ledger.read(script.receive(...current.messages));
        break;
      case "accept":
        if (ledger.pending === undefined) break;
        assert(session.accept(ledger.pending));
        ledger.accepted();
        ledger.read(script.receive());
        break;
      case "acceptStale":
        for (const id of ledger.asked) if (id !== ledger.pending) assert(!session.accept(id));
        break;
      case "reject":
        if (ledger.pending === undefined) break;
        assert(session.reject(ledger.pending, { code: RejectionCode.PlayFailed, description: "no" }));
        ledger.pending = undefined;
        assert(session.isClosing);
        break;
      case "count":
        total += 1000;
        session.countReceived(total);
        break;
      case "ping":
        session.ping();
        break;
      case "close":
        session.close();
        ledger.pending = undefined;
        break;
    }
    assert(session.heldBytes === 0 || session.awaitsAnswer);
    assert(!session.isClosing || session.heldBytes === 0);
    script.sent();
  }
}

Deno.test("Session gives events that pair up, readable bytes or a ProtocolError, for any messages and answers", () => {
  let streams = 0;
  fc.assert(
    fc.property(fc.boolean(), fc.array(step, { maxLength: 40 }), (connected, steps) => {
      const script = connected ? SessionScript.connected() : new SessionScript();
      const ledger = new Ledger();
      try {
        run(script, ledger, steps);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
      }
      if (ledger.active !== undefined) streams += 1;
    }),
    { numRuns: 2000 },
  );
  // The generator must reach the states that it is about.
  assert(streams > 50, `only ${streams} of 2000 runs got to a stream`);
});

Deno.test("Session gives the same events and bytes however messages are split over reads", () => {
  const wellBehaved = fc.array(fc.oneof(goodCommand, anyControl), { maxLength: 30 });
  fc.assert(fc.property(wellBehaved, fc.array(fc.nat(5), { maxLength: 30 }), (messages, cuts) => {
    const whole = SessionScript.connected();
    const events = whole.receive(...messages);
    const split = SessionScript.connected();
    const splitEvents: typeof events = [];
    let at = 0;
    for (const cut of cuts) {
      splitEvents.push(...split.receive(...messages.slice(at, at + cut)));
      at += cut;
    }
    splitEvents.push(...split.receive(...messages.slice(at)));
    assertEquals(splitEvents, events);
    assertEquals(split.sent(), whole.sent());
    assertEquals(split.session.state, whole.session.state);
  }));
});
