/**
 * What can be seen of a server at one moment: plain data for the API and the metrics, in which nothing changes and
 * nothing of a live object is reached. Names that the service behind the hooks has hidden are not in it.
 *
 * @module
 */
import type { DelayCounts, Protocol, RelayInfo } from "../../core/mod.ts";
import type { CodecFacts } from "./codec_facts.ts";
import type { PublishFacts } from "./publish_facts.ts";

/** What a connection does: `none` after `connect`, before and between streams. */
export type ClientRole = "publish" | "play" | "none";

/** Bytes, and what players lost. Sums since the start of a connection, or of the server. */
export interface Usage {
  /** To clients, handshakes included. */
  readonly sendBytes: number;
  /** From clients, handshakes included. */
  readonly recvBytes: number;
  /** Times that a player was too slow and went on further ahead. */
  readonly jumps: number;
  /** Stream time that the jumps left out, milliseconds. */
  readonly droppedMs: number;
}

/** What a publish says of its media, and what their headers say. */
export interface MediaFacts extends PublishFacts, CodecFacts {}

/** What is known of an accepted publish. */
export interface PublicationSnapshot {
  /** On the thread of the publish, the same object until one of the facts changes. */
  readonly media: MediaFacts;
  /** Since it was accepted, milliseconds. */
  readonly aliveMs: number;
  /** Received. */
  readonly audioMessages: number;
  /** Received. */
  readonly videoMessages: number;
  /** Addresses that the service wants the stream pushed to, secrets and all. */
  readonly forward: readonly string[];
}

/** One client whose `connect` was accepted. */
export interface ClientSnapshot extends Usage {
  /** The same in events and log lines. */
  readonly clientId: number;
  /** Canonical address. */
  readonly ip: string;
  /** As the configuration names it. */
  readonly vhost: string;
  /** The app under which it is known. */
  readonly app: string;
  /** The stream's public name, `""` for a client without an accepted stream. */
  readonly stream: string;
  /** `vid-` and 7 characters, `""` where there is no stream. */
  readonly streamId: string;
  /** `/app/stream`, `""` where there is no stream. */
  readonly streamUrl: string;
  /** As sent, unless a name in it is hidden. Its parameters are not masked. */
  readonly tcUrl: string;
  /** As sent but for a hidden name; `""` when unknown, and without a stream. Its parameters are not masked. */
  readonly pageUrl: string;
  /** The same. */
  readonly swfUrl: string;
  /** How it speaks. */
  readonly protocol: Protocol;
  /** What it does. */
  readonly role: ClientRole;
  /** Since its connection was accepted, milliseconds. */
  readonly aliveMs: number;
  /** To it, in the latest 30 to 35 seconds, kbit/s. */
  readonly sendKbps: number;
  /** From it, in the latest 30 to 35 seconds, kbit/s. */
  readonly recvKbps: number;
  /** How a trusted edge names itself; absent: it is none. */
  readonly edgeServerId?: string;
  /** Of a trusted edge that plays: how many play the stream there, as it says. */
  readonly edgeViewers?: number;
  /** Its publish, where it has one. */
  readonly publication?: PublicationSnapshot;
}

/** The outputs of one format on one thread. */
export interface FormatSnapshot {
  /** As the format names itself. */
  readonly format: string;
  /** Streams that are played in it. */
  readonly outputs: number;
  /** Players of all of them. */
  readonly players: number;
  /** Memory of their logs, bytes. */
  readonly heldBytes: number;
  /** Stream time that the player furthest behind has yet to be sent, milliseconds. */
  readonly lagMs: number;
}

/** One thread of a server. */
export interface ThreadSnapshot {
  /** Its number from 0, or `main` for the thread that serves no media. */
  readonly thread: string;
  /** Open connections, and HLS viewers. */
  readonly connections: number;
  /** Streams that are published or played on it. */
  readonly streams: number;
  /** Since the start, of connections that are gone too. */
  readonly usage: Usage;
  /** What is played on it. */
  readonly formats: readonly FormatSnapshot[];
  /** Streams that it takes from other servers and brings to them; absent: none. */
  readonly relays?: readonly RelayInfo[];
  /** How late its event loop was; absent where that is not measured. */
  readonly loopDelay?: DelayCounts;
}

/** All clients together. */
export interface ClientTotals {
  /** Open connections, those in their handshake included. */
  readonly connections: number;
  /** Connections since the start. */
  readonly accepted: number;
  /** Since the start, of connections that are gone too. */
  readonly usage: Usage;
}

/** All clients of a server. */
export interface ClientsSnapshot extends ClientTotals {
  /** By client id. */
  readonly clients: readonly ClientSnapshot[];
}

/** A whole server. */
export interface ServerSnapshot extends ClientsSnapshot {
  /** In the order of their numbers. */
  readonly threads: readonly ThreadSnapshot[];
}

/** No bytes and no jumps. */
export const NO_USAGE: Usage = Object.freeze({ sendBytes: 0, recvBytes: 0, jumps: 0, droppedMs: 0 });

/** The sum of both. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    sendBytes: a.sendBytes + b.sendBytes,
    recvBytes: a.recvBytes + b.recvBytes,
    jumps: a.jumps + b.jumps,
    droppedMs: a.droppedMs + b.droppedMs,
  };
}

/** Adds the usage of thousands up, without an object for each. */
export class UsageSum {
  #sendBytes: number;
  #recvBytes: number;
  #jumps: number;
  #droppedMs: number;

  /** Begins with this much. */
  constructor({ sendBytes, recvBytes, jumps, droppedMs }: Usage) {
    this.#sendBytes = sendBytes;
    this.#recvBytes = recvBytes;
    this.#jumps = jumps;
    this.#droppedMs = droppedMs;
  }

  /** All that was added. */
  get sum(): Usage {
    return {
      sendBytes: this.#sendBytes,
      recvBytes: this.#recvBytes,
      jumps: this.#jumps,
      droppedMs: this.#droppedMs,
    };
  }

  /** One more. */
  add({ sendBytes, recvBytes, jumps, droppedMs }: Usage): void {
    this.#sendBytes += sendBytes;
    this.#recvBytes += recvBytes;
    this.#jumps += jumps;
    this.#droppedMs += droppedMs;
  }
}

/** The totals of several threads as those of one server. */
export function mergeTotals(parts: readonly ClientTotals[]): ClientTotals {
  return {
    connections: parts.reduce((sum, { connections }) => sum + connections, 0),
    accepted: parts.reduce((sum, { accepted }) => sum + accepted, 0),
    usage: parts.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE),
  };
}

/** Several threads as one server. */
export function mergeSnapshots(parts: readonly ServerSnapshot[]): ServerSnapshot {
  return {
    ...mergeTotals(parts),
    clients: parts.flatMap(({ clients }) => clients).sort((a, b) => a.clientId - b.clientId),
    threads: parts.flatMap(({ threads }) => threads),
  };
}
