/**
 * Several media threads behind the same ports: one server to its caller.
 *
 * @module
 */
import { EGRESS_CELLS, KEY_ATTEMPT_CELLS, SWEEP_MS } from "../../stream/admission/mod.ts";
import { COUNT_CELLS, LIMIT_CELLS, LimitCounters, LoopDelay } from "../../system/mod.ts";
import type {
  ActivitySink,
  Ban,
  ClientIds,
  Clock,
  ForwardAnswer,
  ForwardOrder,
  Hooks,
  KickOptions,
  LimitName,
  Limits,
  Log,
  PlainLog,
  RecordingAnswer,
  RecordingLog,
  RecordingOrder,
  Timer,
} from "../../core/mod.ts";
import type { LogThreshold } from "../../system/log/mod.ts";
import { type ClientTotals, mergeTotals, type ServerSnapshot } from "../../stream/live/mod.ts";
import type { SegmentSink } from "../../http/mod.ts";
import type { HlsState } from "../hls_state.ts";
import type {
  MediaAddresses,
  MediaCertificates,
  MediaNodeOptions,
  MediaServer,
  MediaUpdate,
} from "../media_server.ts";
import { mediaPermissions } from "./media_permissions.ts";
import { NameDirectory, type NameOwner } from "./name_directory.ts";
import { wantedAddresses } from "../media_listeners.ts";
import { type MediaThread, send, startThread, stop } from "./media_thread.ts";
import type { ListenStep, StartThread, ToThread } from "./thread_messages.ts";
import { listeningAt } from "./thread_addresses.ts";
import { connectAll, sharedCells } from "./thread_ports.ts";
import { pullOfThreads } from "./pulls_of_threads.ts";
import { snapshotOfThreads } from "./thread_snapshots.ts";

const SALT_BYTES = 16;

/** What the threads need besides the options. */
export interface ThreadedServerDeps {
  /** Decides about everything that can be denied. */
  readonly hooks: Hooks;
  /** Takes log lines. */
  readonly log: Log & PlainLog;
  /** What becomes of sessions goes there; absent: nobody follows them. */
  readonly events?: ActivitySink;
  /** Numbers connections. */
  readonly clientIds: ClientIds;
  readonly clock: Clock;
  /** At least 2. */
  readonly threads: number;
  /** Lines below it are not worth sending. */
  readonly logThreshold: LogThreshold;
  /** Vhosts whose requests go to the hooks. */
  readonly hookedVhosts: readonly string[];
  /** Who is banned from the start; absent: nobody. */
  readonly bans?: readonly Ban[];
  /** What HLS keeps over restarts. */
  readonly hls: HlsState;
  /** What TLS identifies itself with; absent: nothing listens for TLS. */
  readonly certificates?: MediaCertificates;
  /** Takes finished segments of HLS; absent: nobody wants them. */
  readonly sink?: SegmentSink;
  /** Keeps account of recordings. */
  readonly recordings: RecordingLog;
  /** `length` random bytes. */
  random(length: number): Uint8Array<ArrayBuffer>;
}

/** A media server on several threads. */
export class ThreadedServer implements MediaServer {
  /** Counts what clients run into, over all threads. */
  readonly limits: Limits;
  readonly #threads: readonly MediaThread[];
  readonly #sink: SegmentSink | undefined;
  #addresses: MediaAddresses;
  readonly #connections: Int32Array<SharedArrayBuffer>;
  readonly #sweeper: Timer;
  readonly #loopDelay: LoopDelay;
  #draining = false;

  private constructor(
    threads: readonly MediaThread[],
    addresses: MediaAddresses,
    connections: Int32Array<SharedArrayBuffer>,
    limits: LimitCounters,
    { clock, sink }: ThreadedServerDeps,
  ) {
    this.#threads = threads;
    this.#sink = sink;
    this.#addresses = addresses;
    this.#connections = connections;
    this.limits = limits;
    // What runs on this thread, as the API, has limits too.
    this.#loopDelay = new LoopDelay(clock);
    this.#sweeper = clock.setInterval(() => limits.sweep(), SWEEP_MS);
  }

  /**
   * Start the threads. The first one listens before the others start: where the system chooses a port they share it.
   *
   * @throws {Error} With the name of the system's error when a thread cannot listen; none is left running then.
   */
  static async listen(options: MediaNodeOptions, deps: ThreadedServerDeps): Promise<ThreadedServer> {
    const { rtmp } = options;
    const connections = sharedCells(1);
    const httpConnections = sharedCells(1);
    const countCells = sharedCells(COUNT_CELLS + EGRESS_CELLS);
    const keyAttemptCells = new BigUint64Array(
      new SharedArrayBuffer(KEY_ATTEMPT_CELLS * BigUint64Array.BYTES_PER_ELEMENT),
    );
    const limitCells = sharedCells(LIMIT_CELLS);
    const salt = deps.random(SALT_BYTES);
    const names = new NameDirectory(() => deps.clock.now());
    const ports = connectAll(deps.threads);
    const threads: MediaThread[] = [];
    const share = (message: ToThread, from: NameOwner): void => {
      for (const { gateway, line } of threads) if (gateway !== from) send(line, message);
    };
    let addresses = wantedAddresses(options);
    try {
      for (const own of ports) {
        const started = startThread(
          { ...deps, names, share, thread: threads.length },
          mediaPermissions(rtmp.vhosts),
        );
        threads.push(started);
        const { hookedVhosts, logThreshold, sink, bans = [], hls: { viewerKey, firstDiscontinuity } } = deps;
        const clientIds = started.gateway.firstIdBlocks();
        const start: StartThread = {
          kind: "start",
          options: listeningAt(addresses, options),
          hookedVhosts,
          logLevelCell: logThreshold.cell,
          bans,
          certificates: deps.certificates ?? {},
          followed: deps.events !== undefined,
          viewerKey,
          firstDiscontinuity,
          sinkVhosts: sinkVhosts(options, sink),
          salt,
          clientIds,
          connections,
          httpConnections,
          countCells,
          keyAttemptCells,
          limitCells,
          ports: own,
          thread: threads.length - 1,
        };
        started.line.postMessage(start, own);
        addresses = await started.listening;
      }
    } catch (error) {
      for (const thread of threads) stop(thread);
      for (const port of ports.slice(threads.length).flat()) port.close();
      throw error;
    }
    const limits = new LimitCounters(deps.log, () => deps.clock.processNow(), limitCells);
    return new ThreadedServer(threads, addresses, connections, limits, deps);
  }

  /** Where all threads listen. */
  get addresses(): MediaAddresses {
    return this.#addresses;
  }

  /** All threads accept clients: none has failed. */
  get listening(): boolean {
    return !this.#draining && this.#threads.every(({ rpc }) => !rpc.ended);
  }

  /** Connections now, over all threads. */
  get connectionCount(): number {
    return Atomics.load(this.#connections, 0);
  }

  /** How often clients ran into each limit since the start, over all threads. */
  limitCounts(): Readonly<Record<LimitName, number>> {
    return this.limits.counts();
  }

  /** What there is at this moment; a thread that has failed is left out. */
  async snapshot(): Promise<ServerSnapshot> {
    const parts = await Promise.all(this.#threads.map(({ rpc }) => rpc.snapshot()));
    return snapshotOfThreads(parts, this.#loopDelay.counts());
  }

  /** What a snapshot says of all clients together, without those of a thread that has failed. */
  async totals(): Promise<ClientTotals> {
    const parts = await Promise.all(this.#threads.map(({ rpc }) => rpc.totals()));
    return mergeTotals(parts.filter((part) => part !== undefined));
  }

  /** End a connection, reason `kicked`; `false` when there is none of this number. */
  async kick(clientId: number, options: KickOptions = {}): Promise<boolean> {
    const known = await Promise.all(this.#threads.map(({ rpc }) => rpc.kick(clientId, options)));
    return known.some((isKnown) => isKnown);
  }

  /** Record a stream, or record it no longer: its publisher is on one of the threads. */
  async record(order: RecordingOrder): Promise<RecordingAnswer> {
    const answers = await Promise.all(this.#threads.map(({ rpc }) => rpc.record(order)));
    return answers.find(({ kind }) => kind !== "none") ?? { kind: "none" };
  }

  /** Forwards of a stream, whose publisher is on one of the threads. */
  async forward(order: ForwardOrder): Promise<ForwardAnswer> {
    const answers = await Promise.all(this.#threads.map(({ rpc }) => rpc.forward(order)));
    return answers.find(({ kind }) => kind !== "none") ?? { kind: "none" };
  }

  /** Pulls of all threads. */
  pull(...[order]: Parameters<MediaServer["pull"]>): ReturnType<MediaServer["pull"]> {
    return pullOfThreads(this.#threads.map(({ rpc }) => rpc), order);
  }

  /** Listen there too: the first thread says which ports the system has chosen. */
  openListeners(addresses: MediaAddresses): Promise<void> {
    return this.#listen("open", addresses);
  }

  /** Listen nowhere else. Resolves when the other addresses are free; connections stay. */
  keepListeners(addresses: MediaAddresses): Promise<void> {
    return this.#listen("keep", addresses);
  }

  /** Other options are in force from here on, on all threads. */
  replaceOptions({ options, hookedVhosts, events }: MediaUpdate): void {
    const update = {
      hookedVhosts,
      followed: events !== undefined,
      sinkVhosts: sinkVhosts(options, this.#sink),
    };
    for (const { line } of this.#threads) send(line, { kind: "options", options, ...update });
  }

  /** Clients by TLS that connect from now on get these certificates. */
  setCertificates(certificates: MediaCertificates): void {
    for (const { line } of this.#threads) send(line, { kind: "certificates", certificates });
  }

  /** From now on these are banned, and nobody else; clients that are there stay. */
  setBans(bans: readonly Ban[]): void {
    for (const { line } of this.#threads) send(line, { kind: "bans", bans });
  }

  /** Accept nobody more, and ask clients to connect again that take that. Those that are here stay. */
  async stopAccepting(): Promise<void> {
    this.#draining = true;
    await Promise.all(this.#threads.map(({ rpc }) => rpc.stopAccepting()));
    for (const { line } of this.#threads) send(line, { kind: "startDraining" });
  }

  /** Stop accepting and end all sessions, reason `shutdown`. Resolves when all their endings are recorded. */
  async drain(): Promise<void> {
    this.#draining = true;
    this.#sweeper.clear();
    this.#loopDelay.close();
    for (const { line } of this.#threads) send(line, { kind: "drain" });
    await Promise.all(this.#threads.map(({ drained }) => drained));
    for (const thread of this.#threads) stop(thread);
  }

  async #listen(step: ListenStep, wanted: MediaAddresses): Promise<void> {
    const [first, ...others] = this.#threads;
    this.#addresses = await first?.rpc.listen(step, wanted) ?? this.#addresses;
    await Promise.all(others.map(({ rpc }) => rpc.listen(step, this.#addresses)));
  }
}

/** Whose finished segments of HLS the main thread wants. */
function sinkVhosts(
  { rtmp: { vhosts } }: MediaNodeOptions,
  sink: SegmentSink | undefined,
): readonly string[] {
  return [...vhosts.keys()].filter((vhost) => sink?.wants(vhost));
}
