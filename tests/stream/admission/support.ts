/**
 * Admission without a protocol and without a socket: what its sessions share, on a clock that a test moves, and clients
 * that a test plays by hand.
 *
 * @module
 */
import type {
  ActivityEvent,
  ByteCounters,
  EndReason,
  LimitName,
  LogFields,
  LogLevel,
  Protocol,
} from "../../../core/mod.ts";
import { AccessControl } from "../../../stream/admission/access_control.ts";
import type { AdmissionContext } from "../../../stream/admission/admission_context.ts";
import { ClientRegistry, type RegisteredClient } from "../../../stream/admission/client_registry.ts";
import { clientSnapshot, type StreamUse } from "../../../stream/admission/clients/client_snapshot.ts";
import { TrafficMeter } from "../../../stream/admission/clients/traffic_meter.ts";
import { KickHolds } from "../../../stream/admission/names/kick_holds.ts";
import { SecretNames } from "../../../stream/admission/names/secret_names.ts";
import { PublishWatchers } from "../../../stream/admission/publish/publish_watcher.ts";
import { StreamRelays } from "../../../stream/admission/relay/stream_relays.ts";
import { LocalStreams } from "../../../stream/admission/names/stream_directory.ts";
import type { PublishingClient } from "../../../stream/admission/session_client.ts";
import { SessionReports } from "../../../stream/admission/session_reports.ts";
import type { ConnectFacts, StreamTarget } from "../../../stream/admission/stream_target.ts";
import { NOTHING_READ } from "../../../stream/live/read_mark.ts";
import type { ClientSnapshot, Usage } from "../../../stream/live/snapshot.ts";
import { Sources } from "../../../stream/live/sources.ts";
import { FlushScheduler } from "../../../stream/schedule/flush_scheduler.ts";
import { counters } from "../../support/net/counters.ts";
import { HookScript } from "../../support/hooks/hook_script.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { type HarnessOptions, testRtmpOptions } from "../../support/rtmp/rtmp_harness.ts";
import { accessEnvironment, keyAttemptMemory } from "./access/support.ts";

/** What a client without a protocol of its own says of itself. */
export const FACTS: ConnectFacts = { tcUrl: "rtmp://localhost/live", pageUrl: "", swfUrl: "" };

/** A line of a client. */
export interface AdmissionLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** Admission of a server, with hooks that a test scripts. */
export class AdmissionHarness {
  readonly clock = new ManualClock();
  readonly hooks = new HookScript();
  readonly lines: AdmissionLine[] = [];
  /** What was reported to those who follow the server. */
  readonly events: ActivityEvent[] = [];
  readonly context: AdmissionContext;
  readonly clients: ClientRegistry;
  #lastId = 0;

  constructor(changes: HarnessOptions = {}) {
    const { clock, hooks } = this;
    const options = testRtmpOptions(changes);
    const { counts, limits } = counters();
    const secretNames = new SecretNames();
    const streams = new LocalStreams();
    const deps = {
      environment: accessEnvironment(),
      clock,
      keyAttempts: keyAttemptMemory(),
      limits,
      secretNames,
    };
    this.context = {
      options,
      clock,
      hooks,
      access: new AccessControl(options, deps),
      sources: new Sources((key) => `id of ${key}`, {}, streams),
      names: undefined,
      streams,
      flusher: new FlushScheduler(clock),
      holds: new KickHolds(() => clock.now()),
      publishes: new PublishWatchers(),
      relays: new StreamRelays(),
      secretNames,
      reports: new SessionReports(clock, { emit: (event) => this.events.push(event) }),
      counts,
      limits,
    };
    const clientIds = { next: () => ++this.#lastId };
    this.clients = new ClientRegistry({ clock, clientIds, log: { write: () => {} } });
  }

  /** Let seconds pass, with the sweep of each. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      await this.clock.advance(1000);
      this.clients.sweep();
    }
  }
}

/** A client that a test plays by hand: its bytes are what the test counts. */
export abstract class HandClient implements PublishingClient, RegisteredClient {
  abstract readonly protocol: Protocol;
  readonly clientId: number;
  readonly ip = "192.0.2.7";
  readonly reads = NOTHING_READ;
  mediaInParts = 0;
  /** Settles when it is gone. */
  readonly gone: Promise<void>;
  kickHoldMs: number | undefined;
  lastReceivedMs: number;
  sendBytes = 0;
  recvBytes = 0;
  protected readonly harness: AdmissionHarness;
  readonly #meter: TrafficMeter;
  readonly #settleGone: () => void;
  #ended = false;

  constructor(harness: AdmissionHarness) {
    this.harness = harness;
    this.clientId = harness.clients.nextId();
    this.lastReceivedMs = harness.clock.now();
    this.#meter = new TrafficMeter(this.lastReceivedMs);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.gone = promise;
    this.#settleGone = resolve;
    void harness.clients.add(this, () => promise);
  }

  /** It has been ended. */
  get isOver(): boolean {
    return this.#ended;
  }

  log(level: LogLevel, message: string, fields: LogFields = {}): void {
    this.harness.lines.push({ level, message, fields });
  }

  counters(): ByteCounters {
    return { sendBytes: this.sendBytes, recvBytes: this.recvBytes };
  }

  usage(): Usage {
    return { ...this.counters(), jumps: 0, droppedMs: 0 };
  }

  isOfVhost(isGone: (vhost: string) => boolean): boolean {
    const home = this.home();
    return home !== undefined && isGone(home.vhost.name);
  }

  snapshot(nowMs: number): ClientSnapshot | undefined {
    const { clientId, ip, protocol } = this;
    const home = this.home();
    if (home === undefined) return undefined;
    const meter = this.#meter;
    const connected = { clientId, ip, protocol, home, facts: FACTS, meter };
    return clientSnapshot(connected, this.use(nowMs), this.usage(), nowMs);
  }

  end(reason: EndReason, description: string): void {
    if (this.#ended) return;
    this.#ended = true;
    void this.endSession(reason, description).then(this.#settleGone);
  }

  endForLimit(limit: LimitName, reason: EndReason, description: string): void {
    this.harness.context.limits.count(limit, 1);
    this.end(reason, description);
  }

  kick({ holdMs }: { readonly holdMs?: number | undefined }): void {
    this.kickHoldMs = holdMs;
    this.end("kicked", "The operator ended this client");
  }

  abstract sweep(nowMs: number): void;
  protected abstract home(): StreamTarget | undefined;
  protected abstract use(nowMs: number): StreamUse | undefined;
  protected abstract endSession(reason: EndReason, description: string): Promise<void>;
}
