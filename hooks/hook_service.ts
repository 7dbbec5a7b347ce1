/**
 * The operator's service as the rest of the server uses it: requests, endings, and what is undelivered at the end.
 *
 * @module
 */
import type { Clock, Hooks, Log, Publications, Timer } from "../core/mod.ts";
import { OpenPublishes } from "./decisions/open_publishes.ts";
import { OpenUpdates } from "./decisions/open_updates.ts";
import { RecordingReports } from "./decisions/recording_reports.ts";
import { RequestAdmission } from "./decisions/request_admission.ts";
import { SegmentNotices } from "./decisions/segment_notices.ts";
import { Checkpoints } from "./decisions/checkpoints.ts";
import { ClientIdBlocks } from "./outbox/client_ids.ts";
import { DeliveryService } from "./delivery/delivery_service.ts";
import { CLIENT_ID_BLOCK } from "./outbox/disk_store.ts";
import { type HookDisk, openHookDisk } from "./outbox/hook_disk.ts";
import type { HookCall } from "./client/call_history.ts";
import { HookClient } from "./client/hook_client.ts";
import { Endpoints } from "./client/endpoints.ts";
import type { HookSession } from "./decisions/hook_session.ts";
import { IdSource, newServiceId, type RandomBytes } from "./contract/ids.ts";
import type { HooksOptions, OutboxOptions } from "./options.ts";
import { Outbox } from "./outbox/outbox.ts";
import { OutboxDesk } from "./outbox/outbox_desk.ts";
import type { OutboxBounds, OutboxRow } from "./outbox/outbox_row.ts";
import { recover } from "./outbox/recovery.ts";
import { deadline } from "../system/mod.ts";
import { type HooksSnapshot, takeSnapshot } from "./snapshot.ts";
import type { Undelivered } from "./undelivered.ts";
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

interface Parts extends Required<HookServiceDeps> {
  readonly serviceId: string;
}

/** The operator's service, as the rest of the server sees it. */
export class HookService {
  /** Numbers for connections. */
  readonly clientIds: ClientIdBlocks;
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
  readonly #updates: OpenUpdates;
  readonly #publishes = new OpenPublishes();
  readonly #closing = new AbortController();
  /** Of the outbox, looked at each time: a reload brings others. */
  readonly #bounds: OutboxBounds & { readonly maxAgeMs: number };
  #options: HooksOptions;
  #disk: HookDisk | undefined;
  #sweeper: Timer | undefined;
  #closed: Promise<void> | undefined;

  private constructor(options: HooksOptions, parts: Parts) {
    const { log, clock, random, timings, serviceId } = parts;
    this.#parts = parts;
    this.#options = options;
    this.serviceId = serviceId;
    const ids = new IdSource(parts.randomBytes);
    const bounds = this.#bounds = liveOutbox(() => this.#options.outbox);
    const outbox = new Outbox(bounds);
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
      get maxAgeMs() {
        return bounds.maxAgeMs;
      },
    });
    const sessions = new Set<HookSession>();
    this.#client = hookClient;
    this.#outbox = outbox;
    this.rows = new OutboxDesk(clock);
    this.#endpoints = endpoints;
    this.#deliveries = deliveries;
    this.#updates = new OpenUpdates({ hookClient, log, clock, random, endpoints });
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
      updates: this.#updates,
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
    this.clientIds = new ClientIdBlocks(parts.firstClientId, CLIENT_ID_BLOCK);
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
    const service = new HookService(options, {
      ...{ log, clock, random, randomBytes, timings, serviceId, firstClientId },
    });
    try {
      service.#use(await service.#openDisk(options));
      return service;
    } catch (error) {
      await service.close();
      throw error;
    }
  }

  /**
   * Other options are in force from here on: requests that begin later go by them, and what is owed goes to the addresses
   * that it was owed to. The outbox's file stays, or is opened for the first hooks that there are.
   *
   * @throws {Error} As {@link HookService.open}: nothing has changed then.
   */
  async reload(options: HooksOptions): Promise<void> {
    const opened = this.#disk === undefined ? await this.#openDisk(options) : undefined;
    try {
      this.#endpoints.replace(options, this.#outbox.live());
    } catch (error) {
      await opened?.store.close();
      throw error;
    }
    this.#options = options;
    this.#use(opened);
    this.#updates.reschedule();
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
    const disk = this.#disk;
    return takeSnapshot(this.serviceId, this.#endpoints, this.#deliveries, {
      path: disk === undefined ? "" : this.#options.outbox.path,
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

  #openDisk(options: HooksOptions): Promise<HookDisk | undefined> {
    return openHookDisk(options, { ...this.#parts, bounds: this.#bounds });
  }

  /** Use a file from here on, if there is one, and look after what is undelivered. */
  #use(disk: HookDisk | undefined): void {
    const { clock, timings } = this.#parts;
    if (disk !== undefined) {
      const { store, rows, firstClientId } = this.#disk = disk;
      this.#outbox.attach(store);
      this.rows.attach(store);
      this.clientIds.reserveFrom(firstClientId, (from) => store.reserveClientIds(from));
      this.#checkpoints.start();
      const adopted = (taken: readonly OutboxRow[], replayed: number) => this.#resume(taken, replayed);
      store.attach({ live: () => this.#outbox.live(), adopted });
      this.#resume(rows);
    }
    if (this.#endpoints.configured || disk !== undefined) {
      this.#sweeper ??= clock.setInterval(() => this.#deliveries.sweep(), timings.sweepMs);
    }
  }

  async #close(): Promise<void> {
    this.#sweeper?.clear();
    this.#checkpoints.stop();
    this.#closing.abort();
    await this.#deliveries.close();
    this.#endpoints.close();
    await this.#disk?.store.close();
  }

  async #flush(): Promise<void> {
    await this.#decisions.settled();
    await this.#outbox.recorded();
    await this.#deliveries.flush();
  }

  #resume(rows: readonly OutboxRow[], replayed = 0): void {
    if (rows.length === 0) return;
    const { log, clock } = this.#parts;
    const { undelivered, cutOff, moved, gone } = recover(rows, this.#deliveries, clock.wallNow());
    const fields = { undelivered, cut_off_sessions: cutOff, ...(moved === 0 ? {} : { readdressed: moved }) };
    if (rows.length === replayed) {
      log.write("trace", undefined, "Hook outbox delivers what was put back", fields);
    } else log.write("warn", undefined, "Hook outbox delivers what an earlier process left", fields);
    if (gone === 0) return;
    log.write("error", undefined, "Hook outbox moved events without an address to the dead letters", {
      count: gone,
      cause: "no longer configured",
      way_out: "srs hooks replay --to URL, or srs hooks drop",
    });
  }
}

/** The bounds of the outbox as they are whenever they are looked at. */
function liveOutbox(now: () => OutboxOptions): OutboxBounds & { readonly maxAgeMs: number } {
  return {
    get maxRows() {
      return now().maxRows;
    },
    get maxBytes() {
      return now().maxBytes;
    },
    get maxAgeMs() {
      return now().maxAgeMs;
    },
  };
}
