/**
 * What all connections of a server share.
 *
 * @module
 */
import {
  AccessControl,
  type AdmissionContext,
  ClientRegistry,
  KickHolds,
  LocalNames,
  LocalStreams,
  type NameRegistry,
  SecretNames,
  type StreamDirectory,
} from "../../stream/admission/mod.ts";
import { FlushScheduler, JoinDelay, MacrotaskQueue } from "../../stream/schedule/mod.ts";
import { base36, type ClientIds, type Clock, type Hooks, type Log } from "../../core/mod.ts";
import type { ConnectionCount } from "./connection_limiter.ts";
import { SegmentPool, Sources, type SourceTools } from "../../stream/live/mod.ts";
import { LimitCounters, SharedCounters } from "../../system/mod.ts";
import type { RtmpOptions } from "../options.ts";
import { serverData } from "./server_data.ts";
import type { WireEnvironment } from "../wire/mod.ts";

const SALT_BYTES = 16;

/** What the server is made with. */
export interface RtmpServerDeps {
  /** Decides about everything that can be refused. */
  readonly hooks: Hooks;
  /** Where events are logged. */
  readonly log: Log;
  /** Numbers connections. */
  readonly clientIds: ClientIds;
  /** Of all deadlines and timers. */
  readonly clock: Clock;
  /** The same clock, randomness and crypto for the pure rooms. */
  readonly environment: WireEnvironment;
  /**
   * What a thread among several shares with the others; absent: it is the only one.
   *
   * @internal
   */
  readonly thread?: ThreadDeps;
}

/** What a media thread shares with the others. */
export interface ThreadDeps {
  readonly names: NameRegistry;
  readonly streams: StreamDirectory;
  /** Names that are kept from an address after a kick. */
  readonly holds: KickHolds;
  /** In which vhosts names are keys. */
  readonly secretNames: SecretNames;
  /** Makes the memory of stream logs, such as other threads can read. */
  readonly pool: SegmentPool;
  /** Secret of the process, so that all threads give a stream the same id. */
  readonly salt: Uint8Array;
  /** Connections of all threads. */
  readonly connections: ConnectionCount;
  /** What the limits count, over all threads: `COUNT_CELLS` of them. */
  readonly countCells: Int32Array<ArrayBufferLike>;
  /** Wrong keys by address, over all threads: `KEY_ATTEMPT_CELLS` of them. */
  readonly keyAttemptCells: BigUint64Array<ArrayBufferLike>;
  /** Hits of the limits over all threads: `LIMIT_CELLS` of them. */
  readonly limitCells: Int32Array<ArrayBufferLike>;
}

/** What all connections of a server share. */
export interface ServerContext extends AdmissionContext {
  readonly options: RtmpOptions;
  readonly log: Log;
  readonly environment: WireEnvironment;
  readonly clients: ClientRegistry;
  /** What the server reports of itself. */
  readonly serverData: Readonly<Record<string, string | number>>;
  /** What waits for the next turn of the event loop. */
  readonly turns: MacrotaskQueue;
  /** Players that have their first picture and wait for the rest. */
  readonly joinDelay: JoinDelay;
}

/** The shared parts of a server with these options. */
export function createContext(options: RtmpOptions, deps: RtmpServerDeps): ServerContext {
  const { clock, environment, hooks, log, thread } = deps;
  const streams = thread?.streams ?? new LocalStreams();
  const salt = thread?.salt ?? environment.random(SALT_BYTES);
  const encoder = new TextEncoder();
  const hash = (name: string): Uint8Array => environment.hmacSha256(salt, encoder.encode(name));
  const streamId = (key: string): string => streamIdOf(hash(key));
  const limits = new LimitCounters(log, () => clock.processNow(), thread?.limitCells);
  const turns = new MacrotaskQueue();
  const joinDelay = new JoinDelay(clock);
  const secretNames = thread?.secretNames ?? new SecretNames();
  const tools: SourceTools = {
    pool: thread?.pool ?? new SegmentPool(),
    nextTurn: (task) => turns.add(task),
    joinDelay,
  };
  return {
    options,
    clock,
    environment,
    hooks,
    log,
    clients: new ClientRegistry(deps),
    turns,
    joinDelay,
    serverData: serverData(options),
    sources: new Sources(streamId, tools, streams),
    streams,
    names: thread?.names ?? new LocalNames(),
    flusher: new FlushScheduler(clock),
    limits,
    holds: thread?.holds ?? new KickHolds(() => clock.now()),
    counts: new SharedCounters(hash, thread?.countCells),
    access: new AccessControl(options, {
      environment: {
        unixMs: () => clock.wallNow(),
        random: (length) => environment.random(length),
        hmacSha256: (key, data) => environment.hmacSha256(key, data),
      },
      clock,
      keyAttempts: { hash, ...(thread === undefined ? {} : { cells: thread.keyAttemptCells }) },
      limits,
      secretNames,
    }),
    secretNames,
  };
}

/** `vid-` and 7 characters. */
function streamIdOf(digest: Uint8Array): string {
  return `vid-${base36(digest.subarray(0, 7))}`;
}
