/**
 * The server's side of the handshake, in its simple form (RTMP 1.0 §5.2) and its digest form. Pure.
 *
 * @module
 */
import {
  CLIENT_KEY,
  DIGEST_BYTES,
  findDigest,
  SERVER_KEY,
  SERVER_KEY_LONG,
  signPacket,
  signResponse,
} from "./digest.ts";
import type { WireEnvironment } from "./environment.ts";
import {
  ByteCollector,
  type Handshake,
  OPENING_BYTES,
  PACKET_BYTES,
  RANDOM_OFFSET,
  RTMP_VERSION,
} from "./handshake.ts";
import { ProtocolError, ProtocolErrorCode } from "./protocol_error.ts";

/** First byte of a TLS handshake record (RFC 8446 §5.1). */
const TLS_HANDSHAKE = 22;
/** How an HTTP request begins: with a method in capital letters. */
const HTTP_METHODS = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE|PRI) /;
/** Long enough for the longest of them and its blank. */
const METHOD_BYTES = 8;
/** C0 of RTMPE, whose encryption this server does not speak. */
const RTMPE_VERSION = 6;
/** Where C1 says which Flash Player signed it, or zero (§5.2.3). */
const VERSION_OFFSET = 4;
/** What the server calls itself where it signs, as SRS does: clients look for the digest after any but zero. */
const SIGNED_VERSION = [1, 0, 5, 4] as const;

/** S0, S1 and S2. */
const ANSWER_BYTES = OPENING_BYTES + PACKET_BYTES;
const ANSWERS_AT_A_TIME = 16;

/**
 * Answers C0 and C1 with S0, S1 and S2 at once, then waits for C2, which is not verified: clients put into it what
 * they like.
 */
export class ServerHandshake implements Handshake {
  readonly #environment: WireEnvironment;
  /** Of C0 and C1, where they come in pieces. */
  #pieces: ByteCollector | undefined;
  #answered = false;
  #responseLeft = PACKET_BYTES;
  #output: Uint8Array<ArrayBuffer> | undefined;

  /** A handshake that waits for C0. */
  constructor(environment: WireEnvironment) {
    this.#environment = environment;
  }

  /** Whether C2 has arrived. */
  get done(): boolean {
    return this.#responseLeft === 0;
  }

  receive(bytes: Uint8Array): number {
    const taken = this.#answered ? 0 : this.#takeOpening(bytes);
    if (!this.#answered) return taken;
    const response = Math.min(bytes.length - taken, this.#responseLeft);
    this.#responseLeft -= response;
    return taken + response;
  }

  takeOutput(): Uint8Array<ArrayBuffer> | undefined {
    const output = this.#output;
    this.#output = undefined;
    return output;
  }

  #takeOpening(bytes: Uint8Array): number {
    if (this.#pieces === undefined && bytes.length >= OPENING_BYTES) {
      this.#reply(bytes.subarray(0, OPENING_BYTES));
      return OPENING_BYTES;
    }
    this.#pieces ??= new ByteCollector(OPENING_BYTES);
    const taken = this.#pieces.take(bytes);
    const opening = this.#pieces.bytes;
    checkVersion(opening);
    if (this.#pieces.full) this.#reply(opening);
    return taken;
  }

  #reply(opening: Uint8Array): void {
    checkVersion(opening);
    this.#output = this.#answer(opening.subarray(1));
    this.#answered = true;
    this.#pieces = undefined;
  }

  #answer(c1: Uint8Array): Uint8Array<ArrayBuffer> {
    const { answers, noise } = sharedOf(this.#environment);
    const output = answers.take();
    output[0] = RTMP_VERSION;
    const now = this.#environment.now();
    for (let byte = 1; byte <= 4; byte++) output[byte] = now >>> (32 - 8 * byte);

    const found = maybeSigned(c1) ? findDigest(c1, CLIENT_KEY, this.#environment) : undefined;
    if (found === undefined) {
      // S1's version stays zero here: FFmpeg wants a digest of a server that calls itself 3 or newer.
      output.set(noise, 1 + RANDOM_OFFSET);
      output.set(c1, OPENING_BYTES);
      return output;
    }
    const s1 = output.subarray(1, OPENING_BYTES);
    const s2 = output.subarray(OPENING_BYTES);
    s1.set(SIGNED_VERSION, VERSION_OFFSET);
    s1.set(this.#environment.random(PACKET_BYTES - RANDOM_OFFSET), RANDOM_OFFSET);
    signPacket(s1, found.schema, SERVER_KEY, this.#environment);
    s2.set(this.#environment.random(PACKET_BYTES - DIGEST_BYTES));
    signResponse(s2, found.digest, SERVER_KEY_LONG, this.#environment);
    return output;
  }
}

/** Zeros where a signed C1 has its version: no HMAC is spent on the simple clients, which are the most. */
function maybeSigned(c1: Uint8Array): boolean {
  for (let at = VERSION_OFFSET; at < RANDOM_OFFSET; at++) if (c1[at] !== 0) return true;
  return false;
}

/** What all handshakes with one environment share. */
interface Shared {
  /** The random part of every simple S1: §5.2.3 asks for something sufficiently random, not for new bytes each time. */
  readonly noise: Uint8Array;
  readonly answers: AnswerMemory;
}

const sharedBy = new WeakMap<WireEnvironment, Shared>();

function sharedOf(environment: WireEnvironment): Shared {
  let shared = sharedBy.get(environment);
  if (shared === undefined) {
    shared = { noise: environment.random(PACKET_BYTES - RANDOM_OFFSET), answers: new AnswerMemory() };
    sharedBy.set(environment, shared);
  }
  return shared;
}

/** Memory for answers, many pieces at a time: to allocate and collect each alone costs a microsecond. */
class AnswerMemory {
  #block = new Uint8Array(0);
  #at = 0;

  /** Zeros for S0, S1 and S2, which nobody else has. */
  take(): Uint8Array<ArrayBuffer> {
    if (this.#at === this.#block.length) {
      this.#block = new Uint8Array(ANSWERS_AT_A_TIME * ANSWER_BYTES);
      this.#at = 0;
    }
    const start = this.#at;
    this.#at += ANSWER_BYTES;
    return this.#block.subarray(start, this.#at);
  }
}

/** Refuse at the first byte, so that a stray HTTP request need not send 1,537 to get an answer. */
function checkVersion(opening: Uint8Array): void {
  const version = opening[0];
  if (version === undefined || version === RTMP_VERSION) return;
  if (HTTP_METHODS.test(String.fromCharCode(...opening.subarray(0, METHOD_BYTES)))) {
    throw new ProtocolError(
      ProtocolErrorCode.Handshake,
      "Cannot shake hands: the client sent an HTTP request; this port takes rtmp:// addresses; players by HTTP have a port of their own (http_server.listen), and so has the API (http_api.listen)",
      { otherProtocol: "http" },
    );
  }
  if (version === TLS_HANDSHAKE) {
    throw new ProtocolError(
      ProtocolErrorCode.Handshake,
      "Cannot shake hands: the client began TLS, as for rtmps:// or https://; this port takes rtmp:// addresses; RTMPS has a port of its own, with rtmps.enabled, rtmps.listen, rtmps.cert and rtmps.key, or that of a proxy that ends TLS",
      { otherProtocol: "tls" },
    );
  }
  const detail = version === RTMPE_VERSION
    ? "6 is RTMPE, encrypted RTMP, which is not supported; use rtmp://"
    : `this server speaks version ${RTMP_VERSION}`;
  throw new ProtocolError(
    ProtocolErrorCode.Handshake,
    `Cannot shake hands with protocol version ${version}: ${detail}`,
  );
}
