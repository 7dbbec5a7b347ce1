/**
 * The ways in which a stream reaches a player: as it is, in HTTP chunks, or in WebSocket frames. The wrapping is part of
 * the log's format, so that it too is encoded once for all players: a chunk (RFC 9112 §7.1) or a binary frame of a
 * server, which is not masked (RFC 6455 §5.2), for each message. Pure.
 *
 * @module
 */
import type { LogEncoder, LogFormat, MessageEncoder, StreamMessage } from "../../stream/media/mod.ts";

/** How bytes are wrapped. */
export interface StreamFraming {
  /** How a log encodes messages. */
  readonly format: LogFormat;
  /** What says that nothing follows; empty where only the end of the connection can. */
  readonly end: Uint8Array<ArrayBuffer>;
  /** Bytes that are not of the log, wrapped like it. */
  wrap(bytes: Uint8Array): Uint8Array<ArrayBuffer>;
}

/** What stands around each part. */
interface Wrapping {
  /** Bytes in front of a part of this length. */
  prefixLength(length: number): number;
  /** Write them; returns where they end. */
  writePrefix(target: Uint8Array<ArrayBufferLike>, offset: number, length: number): number;
  /** Behind each part. */
  readonly suffix: Uint8Array<ArrayBuffer>;
}

const NOTHING = new Uint8Array(0);
const CR = 13;
const LF = 10;
const LINE_END = Uint8Array.of(CR, LF);
const LAST_CHUNK = new TextEncoder().encode("0\r\n\r\n");
const HEX_DIGITS = new TextEncoder().encode("0123456789abcdef");

const CHUNKS: Wrapping = {
  prefixLength: (length) => hexLength(length) + LINE_END.length,
  writePrefix(target, offset, length) {
    const digits = hexLength(length);
    for (let i = 0; i < digits; i++) {
      target[offset + i] = HEX_DIGITS[(length >>> (4 * (digits - 1 - i))) & 0b1111] ?? 0;
    }
    target[offset + digits] = CR;
    target[offset + digits + 1] = LF;
    return offset + digits + LINE_END.length;
  },
  suffix: LINE_END,
};

/** FIN and the opcode of binary data. */
const BINARY = 0x82;
const SHORT_LENGTH = 125;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

const FRAMES: Wrapping = {
  prefixLength: (length) => length <= SHORT_LENGTH ? 2 : length <= 0xffff ? 4 : 10,
  writePrefix(target, offset, length) {
    target[offset] = BINARY;
    if (length <= SHORT_LENGTH) {
      target[offset + 1] = length;
      return offset + 2;
    }
    const digits = length <= 0xffff ? 2 : 8;
    target[offset + 1] = digits === 2 ? LENGTH_16 : LENGTH_64;
    for (let i = 0; i < digits; i++) {
      // A part is at most 16 MiB: bytes above 32 bits are 0.
      const shift = 8 * (digits - 1 - i);
      target[offset + 2 + i] = shift > 24 ? 0 : length >>> shift;
    }
    return offset + 2 + digits;
  },
  suffix: NOTHING,
};

/** One format in all framings. */
export interface StreamFramings {
  /** To the end of the connection, or of a stream of HTTP/2. */
  readonly plain: StreamFraming;
  /** In HTTP chunks, one for each message. */
  readonly chunked: StreamFraming;
  /** In WebSocket frames, one for each message. Their end is a close frame, which says why. */
  readonly frames: StreamFraming;
}

/** All framings of a format. */
export function framingsOf(format: LogFormat): StreamFramings {
  return {
    plain: { format, end: NOTHING, wrap: (bytes) => bytes.slice() },
    chunked: framing(format, "chunks", CHUNKS, LAST_CHUNK),
    frames: framing(format, "frames", FRAMES, NOTHING),
  };
}

function framing(
  inner: LogFormat,
  name: string,
  wrapping: Wrapping,
  end: Uint8Array<ArrayBuffer>,
): StreamFraming {
  const { encoder } = inner;
  const format: LogFormat = {
    name: `${inner.name}/${name}`,
    length: (message) => wrappedLength(wrapping, inner.length(message)),
    write: (target, offset, message) =>
      writeWrapped(wrapping, inner, inner.length(message), target, offset, message),
    ...(encoder === undefined ? {} : { encoder: (context) => wrappedEncoder(wrapping, encoder(context)) }),
  };
  return { format, end, wrap: (bytes) => wrapped(wrapping, bytes) };
}

/** Each message is measured once, right before it is written. */
function wrappedEncoder(wrapping: Wrapping, inner: LogEncoder): LogEncoder {
  let length = 0;
  return {
    begin: (known) => inner.begin(known),
    length(message) {
      length = inner.length(message);
      return wrappedLength(wrapping, length);
    },
    write: (target, offset, message) => writeWrapped(wrapping, inner, length, target, offset, message),
  };
}

/** Nothing stays nothing: an empty chunk would end the answer. */
function wrappedLength(wrapping: Wrapping, length: number): number {
  return length === 0 ? 0 : wrapping.prefixLength(length) + length + wrapping.suffix.length;
}

function writeWrapped(
  wrapping: Wrapping,
  inner: MessageEncoder,
  length: number,
  target: Uint8Array<ArrayBufferLike>,
  offset: number,
  message: StreamMessage,
): number {
  if (length === 0) return offset;
  const end = inner.write(target, wrapping.writePrefix(target, offset, length), message);
  target.set(wrapping.suffix, end);
  return end + wrapping.suffix.length;
}

function wrapped(wrapping: Wrapping, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const prefix = wrapping.prefixLength(bytes.length);
  const target = new Uint8Array(prefix + bytes.length + wrapping.suffix.length);
  target.set(bytes, wrapping.writePrefix(target, 0, bytes.length));
  target.set(wrapping.suffix, prefix + bytes.length);
  return target;
}

function hexLength(length: number): number {
  return length === 0 ? 1 : Math.ceil((32 - Math.clz32(length)) / 4);
}
