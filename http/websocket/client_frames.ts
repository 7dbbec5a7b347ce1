/**
 * The frames that a WebSocket client sends: RFC 6455 §5. A player has nothing to say but pings and its close, so the
 * payload of messages is passed over; what breaks the rules ends the connection. Pure.
 *
 * @module
 */

/** What a client wants. */
export type ClientFrame =
  | { readonly kind: "ping"; readonly payload: Uint8Array<ArrayBuffer> }
  /** The code is 1005 where the client gave none. */
  | { readonly kind: "close"; readonly code: number }
  /** The rules are broken: close with this code. */
  | { readonly kind: "fault"; readonly code: number; readonly reason: string };

/** §7.4.1. */
export const CloseCode = {
  Normal: 1000,
  GoingAway: 1001,
  ProtocolError: 1002,
  NoCode: 1005,
  InvalidData: 1007,
  Policy: 1008,
  TooLarge: 1009,
  InternalError: 1011,
} as const;

const Opcode = { Continuation: 0, Text: 1, Binary: 2, Close: 8, Ping: 9, Pong: 10 } as const;
const MAX_CONTROL_BYTES = 125;
/** Larger frames are refused, bytes. */
const MAX_FRAME_BYTES = 64 * 1024;
/** Two bytes, a length of up to eight, and the mask. */
const MAX_HEAD_BYTES = 14;
const MASK_BYTES = 4;

/** Reads the frames of one client, in pieces of any size. Nothing follows a fault. */
export class ClientFrameReader {
  readonly #head = new Uint8Array(MAX_HEAD_BYTES);
  #headBytes = 0;
  /** The payload of a control frame, or nothing. */
  #payload = new Uint8Array(0);
  #opcode = 0;
  /** Payload that is still to come, bytes. */
  #payloadLeft = 0;
  #inPayload = false;
  /** A message has begun and goes on in the next frame. */
  #inMessage = false;
  #over = false;

  /** Take bytes; they are neither kept nor changed. */
  receive(bytes: Uint8Array): ClientFrame[] {
    const frames: ClientFrame[] = [];
    let offset = 0;
    while (!this.#over && (offset < bytes.length || (this.#inPayload && this.#payloadLeft === 0))) {
      if (!this.#inPayload) {
        this.#head[this.#headBytes++] = bytes[offset++] ?? 0;
        const fault = this.#readHead();
        if (fault !== undefined) frames.push(this.#end(fault));
        continue;
      }
      offset += this.#readPayload(bytes.subarray(offset));
      if (this.#payloadLeft > 0) continue;
      this.#inPayload = false;
      this.#headBytes = 0;
      const frame = this.#frame();
      if (frame !== undefined) frames.push(frame.kind === "ping" ? frame : this.#end(frame));
    }
    return frames;
  }

  #end(frame: ClientFrame): ClientFrame {
    this.#over = true;
    return frame;
  }

  /** Look at the head as far as it is there. */
  #readHead(): ClientFrame | undefined {
    const [first = 0, second = 0] = this.#head;
    if (this.#headBytes === 1) return this.#checkFirst(first);
    if (this.#headBytes === 2 && (second & 0x80) === 0) return fault("The frame is not masked");
    const short = second & 0x7f;
    if (this.#headBytes === 2 && this.#isControl && short > MAX_CONTROL_BYTES) {
      return fault(`A control frame has more than ${MAX_CONTROL_BYTES} bytes`);
    }
    const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0;
    if (this.#headBytes < 2 + lengthBytes + MASK_BYTES) return undefined;
    const length = lengthBytes === 0 ? short : this.#readLength(lengthBytes);
    if (lengthBytes > 0 && length <= (lengthBytes === 2 ? MAX_CONTROL_BYTES : 0xffff)) {
      return fault("The length is not written in the shortest form");
    }
    if (length > MAX_FRAME_BYTES) {
      return {
        kind: "fault",
        code: CloseCode.TooLarge,
        reason: `A frame has more than ${MAX_FRAME_BYTES} bytes`,
      };
    }
    this.#inPayload = true;
    this.#payloadLeft = length;
    this.#payload = new Uint8Array(this.#isControl ? length : 0);
    return undefined;
  }

  #checkFirst(first: number): ClientFrame | undefined {
    if ((first & 0b0111_0000) !== 0) return fault("A reserved bit is set");
    const isFinal = (first & 0x80) !== 0;
    const opcode = this.#opcode = first & 0b1111;
    if (this.#isControl) {
      if (opcode > Opcode.Pong) return fault(`There is no opcode ${opcode}`);
      return isFinal ? undefined : fault("A control frame is cut into pieces");
    }
    if (opcode > Opcode.Binary) return fault(`There is no opcode ${opcode}`);
    if ((opcode === Opcode.Continuation) !== this.#inMessage) {
      return fault(this.#inMessage ? "A message begins within another one" : "No message goes on here");
    }
    this.#inMessage = !isFinal;
    return undefined;
  }

  get #isControl(): boolean {
    return this.#opcode >= Opcode.Close;
  }

  #readLength(lengthBytes: number): number {
    let length = 0;
    for (let i = 0; i < lengthBytes; i++) length = length * 256 + (this.#head[2 + i] ?? 0);
    return length;
  }

  /** Unmask the payload of a control frame; returns how many of `bytes` belong to it. */
  #readPayload(bytes: Uint8Array): number {
    const length = Math.min(bytes.length, this.#payloadLeft);
    const at = this.#payload.length - this.#payloadLeft;
    if (this.#isControl) {
      for (let i = 0; i < length; i++) {
        const mask = this.#head[this.#headBytes - MASK_BYTES + ((at + i) % MASK_BYTES)] ?? 0;
        this.#payload[at + i] = (bytes[i] ?? 0) ^ mask;
      }
    }
    this.#payloadLeft -= length;
    return length;
  }

  #frame(): ClientFrame | undefined {
    if (this.#opcode === Opcode.Ping) return { kind: "ping", payload: this.#payload };
    return this.#opcode === Opcode.Close ? closeFrame(this.#payload) : undefined;
  }
}

function fault(reason: string): ClientFrame {
  return { kind: "fault", code: CloseCode.ProtocolError, reason };
}

function closeFrame(payload: Uint8Array<ArrayBuffer>): ClientFrame {
  if (payload.length === 0) return { kind: "close", code: CloseCode.NoCode };
  if (payload.length === 1) return fault("A close frame has half of a code");
  const code = new DataView(payload.buffer).getUint16(0);
  if (!isCloseCode(code)) return fault(`There is no close code ${code}`);
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(payload.subarray(2));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { kind: "fault", code: CloseCode.InvalidData, reason: "The reason is not UTF-8" };
  }
  return { kind: "close", code };
}

/** Codes that may be sent (§7.4): those of the protocol, of libraries and of applications. */
function isCloseCode(code: number): boolean {
  return (code >= 1000 && code <= 1014 && code !== 1004 && code !== CloseCode.NoCode && code !== 1006) ||
    (code >= 3000 && code <= 4999);
}
