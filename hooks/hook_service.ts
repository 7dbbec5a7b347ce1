/**
 * The operator's service as the rest of the server uses it: requests, endings, and what is undelivered at the end.
 *
 * @module
 */
import type { Clock, Hooks, Log, Publications, Timer } from "../core/mod.ts";
import { OpenPublishes } from "./decisions/open_publishes.ts";
import { RecordingReports } from "./decisions/recording_reports.ts";
import { RequestAdmission } from "./decisions/request_admission.ts";
import { SegmentNotices } from "./decisions/segment_notices.ts";
import { Checkpoints } from "./decisions/checkpoints.ts";
import { ClientIdBlocks } from "./outbox/client_ids.ts";
import { DeliveryService } from "./delivery/delivery_service.ts";
import { CLIENT_ID_BLOCK, DiskStore } from "./outbox/disk_store.ts";
import type { HookCall } from "./client/call_history.ts";
import { HookClient } from "./client/hook_client.ts";
import { Endpoints } from "./client/endpoints.ts";
import type { HookSession } from "./decisions/hook_session.ts";
import { IdSource, newServiceId, type RandomBytes } from "./contract/ids.ts";
import type { HooksOptions } from "./options.ts";
import { Outbox } from "./outbox/outbox.ts";
import { OutboxDesk } from "./outbox/outbox_desk.ts";
import type { OutboxRow } from "./outbox/outbox_row.ts";
import { addressesOf, hasHooks } from "./configured_addresses.ts";
import { recover } from "./outbox/recovery.ts";
import { deadline } from "../system/mod.ts";
import { type HooksSnapshot, takeSnapshot } from "./snapshot.ts";
import { DEFAULT_TIMINGS, type HookTimings } from "./timings.ts";

/** What the room works with. */
export interface HookServiceDeps {
  /** Receives a line for every call. */
  readonly log: Log;
  /** Measures pauses and ages, and gives the wall time of what is sent. */
  readonly clock: Clock;
  /** From 0 to below 1, for jitter; `Math.random` by default. */
  readonly random?: () => number;
  /** `crypto.getRandomValues` by default. */
  readonly randomBytes?: RandomBytes;
  /** The room's own pauses. */
  readonly timings?: HookTimings;
  /** The first number of a connection, where no outbox numbers them over all processes. */
  readonly firstClientId?: number;
}

/** An event that was not delivered when the server stopped. */
export interface Undelivered {
  /** Event name. */
  readonly event: string;
  /** Where it was to go. */
  readonly url: string;
  /** The session it belongs to. */
  readonly sessionId: string;
  /** The connection it belongs to. */
  readonly clientId: number;
  /** Since it became due. */
  readonly ageMs: number;
  /** The last failure, `""` when it was never attempted. */
  readonly cause: string;
}

interface Disk {
  readonly store: DiskStore;
  readonly rows: readonly OutboxRow[];
  readonly firstClientId: number;
}

interface Parts extends Required<HookServiceDeps> {
  readonly options: HooksOptions;
  readonly serviceId: string;
  readonly disk: Disk | undefined;
}

/** The operator's service, as the rest of the server sees it. */
export class HookService {
  /** Numbers for connections. */
  readonly clientIds: { next(): number };
  /** Of this process, in every event. */
  readonly serviceId: string;
  /** Reports recordings. */
  readonly recordings: RecordingReports;
  /** Rows of the outbox, for its operator. */
  readonly rows: OutboxDesk;
  readonly #parts: Parts;
  readonly #outbox: Outbox;
  readonly #endpoints: Endpoints;
  readonly #deliveries: DeliveryService;
  readonly #decisions: RequestAdmission;
  readonly #checkpoints: Checkpoints;
  readonly #client: HookClient;
  readonly #publishes = new OpenPublishes();
  readonly #closing = new AbortController();
  readonly #sweeper: Timer | undefined;
  #closed: Promise<void> | undefined;

  private constructor(parts: Parts) {
    const { options, log, clock, random, timings, disk, serviceId } = parts;
    this.#parts = parts;
    this.serviceId = serviceId;
    const ids = new IdSource(parts.randomBytes);
    const outbox = new Outbox(options.outbox, disk?.store);
    const hookClient = new HookClient({ log, clock, ids, closing: this.#closing.signal });
    const endpoints = new Endpoints(options, clock, log);
    const deliveries = new DeliveryService({
      log,
      clock,
      random,
      backoff: timings.backoff,
      outbox,
      hookClient,
      endpoints,
      maxAgeMs: options.outbox.maxAgeMs,
    });
    const sessions = new Set<HookSession>();
    this.#client = hookClient;
    this.#outbox = outbox;
    this.rows = new OutboxDesk(disk?.store, clock);
    this.#endpoints = endpoints;
    this.#deliveries = deliveries;
    this.#decisions = new RequestAdmission({
      log,
      clock,
      ids,
      endpoints,
      hookClient,
      session: {
        ...{ clock, outbox, deliveries, sessions, serverId: options.serverId, serviceId },
        notices: new SegmentNotices(hookClient, log),
        publishes: this.#publishes,
      },
      updates: { hookClient, log, clock, random },
    });
    const publishes = this.#publishes;
    this.recordings = new RecordingReports({
      clock,
      outbox,
      deliveries,
      endpoints,
      publishes,
      cwd: Deno.cwd,
    });
    this.#checkpoints = new Checkpoints(sessions, timings.checkpointMs, clock);
    const reserve = disk === undefined ? undefined : (from: number) => disk.store.reserveClientIds(from);
    this.clientIds = new ClientIdBlocks(disk?.firstClientId ?? parts.firstClientId, CLIENT_ID_BLOCK, reserve);
    if (disk !== undefined) {
      this.#checkpoints.start();
      disk.store.attach({ live: () => outbox.live(), adopted: (rows) => this.#resume(rows) });
      this.#resume(disk.rows);
    }
    if (endpoints.configured || disk !== undefined) {
      this.#sweeper = clock.setInterval(() => deliveries.sweep(), timings.sweepMs);
    }
  }

  /**
   * Start the room: open the outbox, if there are hooks or an outbox from before, and deliver what it holds.
   *
   * @throws {OutboxError} When the outbox cannot be used and is required.
   * @throws {Error} When a secret or a certificate cannot be used.
   */
  static async open(options: HooksOptions, deps: HookServiceDeps): Promise<HookService> {
    const randomBytes: RandomBytes = deps.randomBytes ?? ((bytes) => crypto.getRandomValues(bytes));
    const serviceId = newServiceId(randomBytes);
    const { log, clock, random = Math.random, timings = DEFAULT_TIMINGS, firstClientId = 1 } = deps;
    const path = absolutePath(options.outbox.path);
    const wanted = path !== "" && (hasHooks(options) || await isFile(path));
    const disk = wanted
      ? await DiskStore.open({
        path,
        required: options.outbox.required,
        serviceId,
        addresses: addressesOf(options),
        bounds: options.outbox,
        checkMs: timings.outboxCheckMs,
        hangMs: timings.outboxHangMs,
        log,
        clock,
      })
      : undefined;
    try {
      return new HookService({
        ...{ options, log, clock, random, randomBytes, timings, serviceId, disk, firstClientId },
      });
    } catch (error) {
      await disk?.store.close();
      throw error;
    }
  }

  /** Decides about sessions. */
  get decisions(): Hooks {
    return this.#decisions;
  }

  /** Publishes that are reported while they run. */
  get publications(): Publications {
    return this.#publishes;
  }

  /** The last calls, the newest first. */
  calls(): readonly HookCall[] {
    return this.#client.calls;
  }

  /** What the API and the metrics show. */
  snapshot(): HooksSnapshot {
    const { running, due, dueBytes, dead } = this.#outbox.counts;
    const { disk } = this.#parts;
    return takeSnapshot(this.serviceId, this.#endpoints, this.#deliveries, {
      path: disk === undefined ? "" : this.#parts.options.outbox.path,
      alarm: this.#outbox.alarm,
      open: running,
      undelivered: due,
      undeliveredBytes: dueBytes,
      dead: disk?.store.dead ?? dead,
    });
  }

  /**
   * Attempt all undelivered events now, also during their pauses, until each was answered or `deadlineMs` has passed.
   * Call it when all sessions have ended.
   *
   * @returns What is left, oldest first; with an outbox on disk the next start delivers it.
   */
  async drain(deadlineMs: number): Promise<{ readonly undelivered: readonly Undelivered[] }> {
    const { clock } = this.#parts;
    await deadline(clock, this.#flush(), { maxMs: deadlineMs });
    const now = clock.now();
    const undelivered = Array.from(this.#outbox.due(), (row) => ({
      event: row.event,
      url: row.url,
      sessionId: row.facts.sessionId,
      clientId: row.facts.clientId,
      ageMs: Math.round(now - row.dueAt),
      cause: row.cause,
    }));
    return { undelivered };
  }

  /** Stop all calls and timers. What is undelivered stays in the outbox. A second call does nothing more. */
  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#sweeper?.clear();
    this.#checkpoints.stop();
    this.#closing.abort();
    await this.#deliveries.close();
    this.#endpoints.close();
    await this.#parts.disk?.store.close();
  }

  async #flush(): Promise<void> {
    await this.#decisions.settled();
    await this.#outbox.recorded();
    await this.#deliveries.flush();
  }

  #resume(rows: readonly OutboxRow[]): void {
    if (rows.length === 0) return;
    const { log, clock } = this.#parts;
    const { undelivered, cutOff, moved, gone } = recover(rows, this.#deliveries, clock.wallNow());
    log.write("warn", undefined, "Hook outbox delivers what an earlier process left", {
      undelivered,
      cut_off_sessions: cutOff,
      ...(moved === 0 ? {} : { readdressed: moved }),
    });
    if (gone === 0) return;
    log.write("error", undefined, "Hook outbox moved events without an address to the dead letters", {
      count: gone,
      cause: "no longer configured",
      way_out: "srs hooks replay --to URL, or srs hooks drop",
    });
  }
}

/** The worker's current directory may differ from this thread's. */
function absolutePath(path: string): string {
  if (path === "" || path.startsWith("/")) return path;
  return `${Deno.cwd()}/${path.replace(/^\.\//, "")}`;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    // A file that cannot be examined may be an outbox: opening it reports what is wrong.
    return !(error instanceof Deno.errors.NotFound);
  }
}
