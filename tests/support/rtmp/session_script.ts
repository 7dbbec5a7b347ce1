/**
 * A scripted client without sockets: feeds a session whole messages and reads its bytes back as lines of text that
 * can be compared exactly, order of members and message stream ids included.
 *
 * @module
 */
import { Amf0EcmaArray, Amf0Object, type Amf0Value } from "../../../rtmp/wire/amf0.ts";
import { ChunkDecoder } from "../../../rtmp/wire/chunk_decoder.ts";
import { decodeCommand, decodeData, encodeCommand, encodeData } from "../../../rtmp/wire/command.ts";
import { type Control, decodeControl, encodeControl, isControl } from "../../../rtmp/wire/control.ts";
import type { WireEnvironment } from "../../../rtmp/wire/environment.ts";
import { MessageType, type RtmpMessage } from "../../../rtmp/wire/message.ts";
import type { SessionEvent } from "../../../rtmp/session/events.ts";
import { RtmpSession, type SessionOptions } from "../../../rtmp/session/rtmp_session.ts";

/** A command of a client; `args` begin with the command object. */
export function command(name: string, transactionId: number, ...args: Amf0Value[]): RtmpMessage {
  return encodeCommand({ name, transactionId, args }, { streamId: 0, chunkStreamId: 3 });
}

/** The same command as Flash sends it with object encoding 3: type 17, a zero byte, then AMF0. */
export function amf3Command(name: string, transactionId: number, ...args: Amf0Value[]): RtmpMessage {
  const { payload } = command(name, transactionId, ...args);
  const prefixed = new Uint8Array(payload.length + 1);
  prefixed.set(payload, 1);
  return { typeId: MessageType.CommandAmf3, timestamp: 0, streamId: 0, chunkStreamId: 3, payload: prefixed };
}

/** A `connect` with `members` in its command object. */
export function connect(members: Readonly<Record<string, Amf0Value>> = {}): RtmpMessage {
  return command("connect", 1, Amf0Object.of({ app: "live", tcUrl: "rtmp://127.0.0.1/live", ...members }));
}

const YES = true;
const NO = false;

/** `pause` at 1 s of play, or `pauseRaw`. */
export function pauseCommand(transactionId: number, name = "pause"): RtmpMessage {
  return command(name, transactionId, null, YES, 1000);
}

/** The end of a pause. */
export function resume(transactionId: number, name = "pause"): RtmpMessage {
  return command(name, transactionId, null, NO, 1000);
}

/** `publish(false)`: how Wirecast ends a publish. */
export function unpublish(transactionId: number): RtmpMessage {
  return command("publish", transactionId, null, NO);
}

/** A control message of a client. */
export function control(value: Control): RtmpMessage {
  return encodeControl(value);
}

/** A data message of a publisher. */
export function data(name: string, ...values: Amf0Value[]): RtmpMessage {
  return encodeData({ name, values }, { streamId: 1, chunkStreamId: 4 });
}

/** A media message with `size` bytes of no meaning. */
export function media(typeId: number, { size = 4, timestamp = 0 } = {}): RtmpMessage {
  return { typeId, timestamp, streamId: 1, chunkStreamId: 6, payload: new Uint8Array(size).fill(typeId) };
}

/** A video message. */
export function video(options?: { size?: number; timestamp?: number }): RtmpMessage {
  return media(MessageType.Video, options);
}

/** An audio message. */
export function audio(options?: { size?: number; timestamp?: number }): RtmpMessage {
  return media(MessageType.Audio, options);
}

/** A session and what its client receives. */
export class SessionScript {
  /** The clock of the session, milliseconds. */
  nowMs = 0;
  readonly session: RtmpSession;
  readonly #decoder = new ChunkDecoder();

  constructor(options: Partial<SessionOptions> = {}) {
    const environment: WireEnvironment = {
      now: () => this.nowMs,
      random: (length) => new Uint8Array(length),
      hmacSha256: () => new Uint8Array(32),
    };
    this.session = new RtmpSession({ environment, ...options });
  }

  /** A session that is past `connect`, its replies read. */
  static connected(options: Partial<SessionOptions> = {}): SessionScript {
    const script = new SessionScript(options);
    script.session.accept(script.request(connect()));
    script.sent();
    return script;
  }

  /** A session that publishes, its replies read. */
  static publishing(options: Partial<SessionOptions> = {}): SessionScript {
    const script = SessionScript.connected(options);
    script.session.accept(script.request(command("publish", 4, null, "livestream", "live")));
    script.sent();
    return script;
  }

  /** A session that plays, its replies read. */
  static playing(options: Partial<SessionOptions> = {}): SessionScript {
    const script = SessionScript.connected(options);
    script.session.accept(script.request(command("play", 4, null, "livestream")));
    script.sent();
    return script;
  }

  /** Feed messages; the events' kinds and values. */
  receive(...messages: RtmpMessage[]): SessionEvent[] {
    return this.session.receive(messages);
  }

  /** Feed messages whose last event is a request; its id. */
  request(...messages: RtmpMessage[]): number {
    const event = this.receive(...messages).at(-1);
    if (event === undefined || !("requestId" in event)) {
      throw new Error(`Expected a request, not ${event?.kind}`);
    }
    return event.requestId;
  }

  /** What the client received since the last call, a line a message. */
  sent(): string[] {
    const lines: string[] = [];
    for (const byte of this.session.takeOutput() ?? []) {
      // The decoder obeys a Set Chunk Size and gives it to nobody, so bytes go one by one to see where it stands.
      const before = this.#decoder.chunkSize;
      const messages = this.#decoder.decode(Uint8Array.of(byte));
      if (this.#decoder.chunkSize !== before) lines.push(`setChunkSize ${this.#decoder.chunkSize}`);
      lines.push(...messages.map(describeMessage));
    }
    return lines;
  }
}

/** A status as `SessionScript.sent` shows it. */
export function statusLine(level: string, code: string, description: string, details?: string): string {
  const detailed = details === undefined ? "" : `, details: ${JSON.stringify(details)}`;
  return `onStatus(0, null, {level: "${level}", code: "${code}", description: "${description}"${detailed}, ` +
    `clientid: "ASAICiss"}) on 1`;
}

/** One message as a line: `name(transaction id, values...) on message stream id`, or a control's kind and numbers. */
export function describeMessage(message: RtmpMessage): string {
  if (isControl(message.typeId)) {
    const { kind, ...numbers } = decodeControl(message);
    return [kind, ...Object.values(numbers)].join(" ");
  }
  if (message.typeId === MessageType.DataAmf0) {
    const { name, values } = decodeData(message);
    return `data ${name}(${values.map(show).join(", ")}) on ${message.streamId}`;
  }
  const { name, transactionId, args } = decodeCommand(message);
  return `${name}(${[transactionId, ...args].map(show).join(", ")}) on ${message.streamId}`;
}

function show(value: Amf0Value): string {
  if (value instanceof Amf0Object) {
    const members = [...value].map(([key, member]) => `${key}: ${show(member)}`).join(", ");
    return value instanceof Amf0EcmaArray ? `ecma{${members}}` : `{${members}}`;
  }
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  return value === undefined ? "undefined" : JSON.stringify(value);
}
