/**
 * A whole connection without its socket: handshake, chunks, session, with answers that come when they like.
 *
 * @module
 */
import { RejectionCode } from "../../../rtmp/session/rejection.ts";
import type { SessionEvent } from "../../../rtmp/session/events.ts";
import { RtmpSession } from "../../../rtmp/session/rtmp_session.ts";
import { ChunkDecoder } from "../../../rtmp/wire/chunk_decoder.ts";
import { MessageDecoder } from "../../../rtmp/wire/message_decoder.ts";
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import { ProtocolError } from "../../../rtmp/wire/protocol_error.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { fixedWireEnvironment } from "../../support/rtmp/wire_environment.ts";
import { conversation, conversationCorpus } from "../conversations.ts";
import { cutCase } from "../mutator.ts";
import { Random } from "../random.ts";
import { asChunks, corpusOf, HANDSHAKE_BYTES, type Recordings } from "../recordings.ts";
import { attempt, type FuzzTarget } from "../target.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Above it the socket would be left unread until the answer. */
const MAX_HELD_BYTES = 8192;
/** No client's message is answered by more than this many bytes, on average. */
const MAX_ANSWER_FACTOR = 600;

type Asked = "connect" | "publish" | "play";
const ASKS: Partial<Readonly<Record<SessionEvent["kind"], Asked>>> = {
  connectRequested: "connect",
  publishRequested: "publish",
  playRequested: "play",
};

/** What a shell knows by the events: one request at a time, each publish and play ended once. */
class Shell {
  readonly session = new RtmpSession({ environment: fixedWireEnvironment() });
  readonly #random: Random;
  readonly #replies = new ChunkDecoder();
  #pending: { readonly id: number; readonly what: Asked } | undefined;
  #active: Asked | undefined;
  #lastId = 0;
  outputBytes = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  receive(messages: readonly RtmpMessage[], bytesReceived: number): void {
    this.#read(this.session.receive(messages));
    this.session.countReceived(bytesReceived);
    if (this.#random.oneIn(50)) this.session.ping();
    while (this.#pending !== undefined && (this.#isFull || !this.#random.oneIn(4))) {
      this.#answer(this.#pending);
    }
    this.#check();
  }

  get #isFull(): boolean {
    return this.session.heldBytes >= MAX_HELD_BYTES;
  }

  #read(events: readonly SessionEvent[]): void {
    for (const event of events) {
      const what = ASKS[event.kind];
      if (what !== undefined && "requestId" in event) {
        assert(this.#pending === undefined && event.requestId > this.#lastId, "two requests at a time");
        assert(what === "connect" || this.#active === undefined, `${what} while ${this.#active} goes on`);
        this.#lastId = event.requestId;
        this.#pending = { id: event.requestId, what };
      } else if (event.kind === "requestWithdrawn") {
        assertEquals(event.requestId, this.#pending?.id);
        this.#pending = undefined;
      } else if (event.kind === "media") {
        assertEquals(this.#active, "publish", "media without a publish");
      } else if (event.kind === "publishEnded" || event.kind === "playEnded") {
        assertEquals(
          this.#active,
          event.kind === "publishEnded" ? "publish" : "play",
          "ended without a start",
        );
        this.#active = undefined;
      }
    }
  }

  #answer({ id, what }: { readonly id: number; readonly what: Asked }): void {
    assert(!this.session.accept(id + 1), "an answer to a request that was never made");
    this.#pending = undefined;
    if (this.#random.oneIn(12)) {
      assert(this.session.reject(id, { code: RejectionCode.PlayFailed, description: "no" }));
      assert(this.session.isClosing);
      return;
    }
    assert(this.session.accept(id), "the request was gone");
    assert(!this.session.accept(id), "a request was answered twice");
    this.#active = what === "connect" ? undefined : what;
    this.#read(this.session.receive([]));
  }

  #check(): void {
    assert(!this.#isFull, `${this.session.heldBytes} bytes are held`);
    assert(this.session.heldBytes === 0 || this.session.awaitsAnswer, "messages are held for nothing");
    assert(!this.session.isClosing || this.session.heldBytes === 0, "a closing session holds messages");
    const output = this.session.takeOutput();
    if (output === undefined) return;
    this.outputBytes += output.length;
    this.#replies.decode(output);
    assertEquals(this.#replies.partialBytes, 0, "an answer is cut off");
  }
}

/** Feed a connection's bytes, from C0 on, to a session as its server does. */
function runConnection(pieces: readonly Bytes[], random: Random): void {
  const decoder = new MessageDecoder({ environment: fixedWireEnvironment() });
  const shell = new Shell(random);
  let messageCount = 1;
  const ended = attempt(ProtocolError, () => {
    for (const piece of pieces) {
      const messages = decoder.decode(piece);
      decoder.takeOutput();
      messageCount += messages.length;
      if (messages.length > 0) shell.receive(messages, decoder.bytesReceived);
      if (shell.session.isClosing) break;
    }
  });
  const bound = MAX_ANSWER_FACTOR * messageCount + decoder.bytesReceived;
  assert(shell.outputBytes <= bound, `${shell.outputBytes} bytes answered ${messageCount} messages`);
  shell.session.close();
  assertEquals(shell.session.heldBytes, 0);
  // A session that threw is of no use any more.
  if ("value" in ended) assertEquals(shell.session.receive([]), []);
}

/** C0, C1 and C2 of a client that signs nothing. */
function greeting(): Bytes {
  const bytes = new Uint8Array(HANDSHAKE_BYTES);
  bytes[0] = 3;
  return bytes;
}

/** Mutations anywhere, mutations behind the handshake, and messages in any order with mutations of a few. */
export function sessionTargets({ connections, chunks, messages }: Recordings): FuzzTarget[] {
  const commands = messages.filter(({ payload }) => payload.length < 500).slice(0, 60);
  const said = conversationCorpus(new Random(1));
  const past = [...chunks.map((bytes) => bytes.slice(0, 4096)), asChunks(commands), ...said];
  return [
    {
      name: "connection",
      corpus: corpusOf(connections.map((bytes) => bytes.slice(0, 8192))),
      testCases: 500,
      run: (input, random) => runConnection(cutCase(input, random), random),
    },
    {
      name: "session",
      corpus: corpusOf(past),
      testCases: 500,
      run: (input, random) => runConnection([greeting(), ...cutCase(input, random)], random),
    },
    {
      name: "conversation",
      corpus: corpusOf(said),
      testCases: 800,
      run(input, random) {
        const chunks = asChunks(conversation(random));
        // Seldom, what was said before goes on as the case.
        const pieces = cutCase(chunks, random);
        runConnection([greeting(), ...pieces, ...(random.oneIn(8) ? [input] : [])], random);
      },
    },
  ];
}
