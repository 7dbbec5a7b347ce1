/**
 * What all clients of a server share, whatever their protocol.
 *
 * @module
 */
import { AccessControl } from "./access_control.ts";
import type { AdmissionContext } from "./admission_context.ts";
import { ClientRegistry } from "./client_registry.ts";
import { KickHolds } from "./names/kick_holds.ts";
import { LocalStreams, type NameRegistry, type StreamDirectory } from "./names/stream_directory.ts";
import type { AdmissionOptions, KeyAttemptLimits } from "./options.ts";
import { PublishWatchers } from "./publish/publish_watcher.ts";
import { SecretNames } from "./names/secret_names.ts";
import { StreamRelays } from "./relay/stream_relays.ts";
import { SessionReports } from "./session_reports.ts";
import { FlushScheduler, JoinDelay, MacrotaskQueue } from "../schedule/mod.ts";
import {
  type ActivitySink,
  base36,
  type ClientIds,
  type Clock,
  type Hooks,
  type Log,
} from "../../core/mod.ts";
import { SegmentPool, Sources, type SourceTools } from "../live/mod.ts";
import { COUNT_CELLS, KeyedHash, LimitCounters, SharedCounters } from "../../system/mod.ts";
import { EGRESS_CELLS, EgressLimit } from "./play/egress_limit.ts";

const SALT_BYTES = 16;

/** Chance and HMAC. */
export interface MediaEnvironment {
  /** `length` random bytes. */
  random(length: number): Uint8Array<ArrayBuffer>;
  /** HMAC-SHA256 of `data`. */
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array;
}

/** What a context is made with. */
export interface MediaContextDeps {
  /** Decides about everything that can be refused. */
  readonly hooks: Hooks;
  /** Where events are logged. */
  readonly log: Log;
  /** Numbers clients. */
  readonly clientIds: ClientIds;
  /** Of all deadlines and timers. */
  readonly clock: Clock;
  /** Chance and HMAC. */
  readonly environment: MediaEnvironment;
  /** What becomes of sessions goes there; absent: nobody follows them. */
  readonly events?: ActivitySink;
  /**
   * What a thread among several shares with the others; absent: it is the only one.
   *
   * @internal
   */
  readonly thread?: SharedMedia;
}

/** What a media thread shares with the others. */
export interface SharedMedia {
  /** Who holds a name. */
  readonly names: NameRegistry;
  /** Where a stream comes from. */
  readonly streams: StreamDirectory;
  /** Names that are kept from an address after a kick. */
  readonly holds: KickHolds;
  /** In which vhosts names are keys. */
  readonly secretNames: SecretNames;
  /** Makes the memory of stream logs, such as other threads can read. */
  readonly pool: SegmentPool;
  /** Secret of the process, so that all threads give a stream the same id. */
  readonly salt: Uint8Array;
  /** What the limits count, over all threads: `COUNT_CELLS` of them, then `EGRESS_CELLS`. */
  readonly countCells: Int32Array<ArrayBufferLike>;
  /** Wrong keys by address, over all threads: `KEY_ATTEMPT_CELLS` of them. */
  readonly keyAttemptCells: BigUint64Array<ArrayBufferLike>;
  /** Hits of the limits over all threads: `LIMIT_CELLS` of them. */
  readonly limitCells: Int32Array<ArrayBufferLike>;
}

/** What a context is made with, and can be given another one of. */
export type MediaOptions = AdmissionOptions & { readonly limits: { readonly guessing: KeyAttemptLimits } };

/** What all clients of a server share. */
export interface MediaContext extends AdmissionContext {
  /** Where events are logged. */
  readonly log: Log;
  /** All clients. */
  readonly clients: ClientRegistry;
  /** What waits for the next turn of the event loop. */
  readonly turns: MacrotaskQueue;
  /** Players that have their first picture and wait for the rest. */
  readonly joinDelay: JoinDelay;
  /** Other options are in force from here on. Clients of vhosts that are gone or disabled end, reason `reload`. */
  replaceOptions(options: MediaOptions): void;
}

/** The context of a server with these options. */
export function createMediaContext(options: MediaOptions, deps: MediaContextDeps): MediaContext {
  const { clock, environment, hooks, log, thread } = deps;
  const streams = thread?.streams ?? new LocalStreams();
  const salt = thread?.salt ?? environment.random(SALT_BYTES);
  const encoder = new TextEncoder();
  const hash = (name: string): Uint8Array => environment.hmacSha256(salt, encoder.encode(name));
  const countHash = new KeyedHash(hash("counts"));
  const streamId = (key: string): string => streamIdOf(hash(key));
  const limits = new LimitCounters(log, () => clock.processNow(), thread?.limitCells);
  const turns = new MacrotaskQueue();
  const joinDelay = new JoinDelay(clock);
  const meter = new EgressLimit(new SharedCounters(countHash, egressCells(thread?.countCells)));
  const secretNames = thread?.secretNames ?? new SecretNames();
  const tools: SourceTools = {
    pool: thread?.pool ?? new SegmentPool(),
    nextTurn: (task) => turns.add(task),
    joinDelay,
  };
  let current = options;
  // What is sent is measured where something limits it alone.
  let egress = limitsEgress(options) ? meter : undefined;
  const clients = new ClientRegistry({
    ...deps,
    get egress() {
      return egress;
    },
  });
  const access = new AccessControl(options, {
    environment: {
      unixMs: () => clock.wallNow(),
      random: (length) => environment.random(length),
      hmacSha256: (key, data) => environment.hmacSha256(key, data),
    },
    clock,
    keyAttempts: { hash, ...(thread === undefined ? {} : { cells: thread.keyAttemptCells }) },
    limits,
    secretNames,
  });
  return {
    get options() {
      return current;
    },
    replaceOptions: (next) => {
      if (egress === undefined) clients.countSentFromHere();
      current = next;
      egress = limitsEgress(next) ? meter : undefined;
      access.setKeyAttemptLimits(next.limits.guessing);
      clients.endVhosts((vhost) => next.vhosts.get(vhost)?.enabled !== true);
    },
    clock,
    hooks,
    log,
    clients,
    get egress() {
      return egress;
    },
    turns,
    joinDelay,
    sources: new Sources(streamId, tools, streams),
    streams,
    names: thread?.names,
    flusher: new FlushScheduler(clock),
    limits,
    holds: thread?.holds ?? new KickHolds(() => clock.now()),
    counts: new SharedCounters(countHash, thread?.countCells.subarray(0, COUNT_CELLS)),
    access,
    publishes: new PublishWatchers(),
    relays: new StreamRelays(),
    secretNames,
    reports: new SessionReports(clock, deps.events),
  };
}

function limitsEgress({ limits, vhosts }: AdmissionOptions): boolean {
  return limits.maxEgressKbps > 0 || [...vhosts.values()].some((vhost) => vhost.limits.maxEgressKbps > 0);
}

/** Behind the counts, where threads share them. */
function egressCells(countCells: Int32Array<ArrayBufferLike> | undefined): Int32Array<ArrayBufferLike> {
  return countCells?.subarray(COUNT_CELLS) ?? new Int32Array(EGRESS_CELLS);
}

/** `vid-` and 7 characters. */
function streamIdOf(digest: Uint8Array): string {
  return `vid-${base36(digest.subarray(0, 7))}`;
}
