/**
 * Options, requests and a log for tests of the hooks.
 *
 * @module
 */
import type { LoggedLine } from "../logged_line.ts";
import type {
  Clock,
  Ending,
  HookEventName,
  HookRequest,
  HookRequestContext,
  Hooks,
  Lease,
  Log,
  LogLevel,
  Revocation,
  Verdict,
} from "../../../core/mod.ts";
import { HookService } from "../../../hooks/hook_service.ts";
import type { HooksOptions, OutboxOptions, VhostHookOptions } from "../../../hooks/options.ts";
import { SystemClock } from "../../../system/mod.ts";
import type { HookTimings } from "../../../hooks/timings.ts";

/** Addresses by event. */
export type UrlTable = Readonly<Partial<Record<HookEventName, string | readonly string[]>>>;

/** All six events at one address. */
export function allEvents(url: string): UrlTable {
  return {
    on_connect: url,
    on_close: url,
    on_publish: url,
    on_unpublish: url,
    on_play: url,
    on_stop: url,
  };
}

/** Options of one vhost with these addresses and the defaults of the contract, but for `changes`. */
export function vhostHooks(urls: UrlTable, changes: Partial<VhostHookOptions> = {}): VhostHookOptions {
  const table = new Map<HookEventName, readonly string[]>();
  for (const [event, value] of Object.entries(urls)) {
    // The keys of a UrlTable are event names.
    table.set(event as HookEventName, typeof value === "string" ? [value] : value);
  }
  return {
    enabled: true,
    urls: table,
    payload: "full",
    timeoutMs: 5000,
    askTimeoutMs: 10_000,
    onError: { default: "deny" },
    lastTtlMs: 600_000,
    cacheTtlMs: 0,
    updateIntervalMs: 0,
    breakerFailures: 5,
    breakerOpenMs: 10_000,
    maxConcurrency: 64,
    noticeMaxBytes: 64,
    secrets: [],
    headers: {},
    caCert: undefined,
    clientCert: undefined,
    clientKey: undefined,
    proxy: undefined,
    mode: "enforce",
    ...changes,
  };
}

/** Options of the room with one vhost, `__defaultVhost__`, and an outbox in memory. */
export function hooksOptions(vhost: VhostHookOptions, outbox: Partial<OutboxOptions> = {}): HooksOptions {
  return {
    vhosts: new Map([["__defaultVhost__", vhost]]),
    outbox: {
      path: "",
      required: false,
      maxRows: 1_000_000,
      maxBytes: 2 ** 30,
      maxAgeMs: 86_400_000,
      ...outbox,
    },
    serverId: "vid-858kb84",
    version: "1.2.3",
  };
}

/** Retries that a test can wait for. */
export const FAST_TIMINGS: HookTimings = {
  backoff: { firstMs: 20, maxMs: 200 },
  checkpointMs: 50,
  sweepMs: 50,
  outboxCheckMs: 50,
  outboxHangMs: 10_000,
};

/** Keeps what is logged. */
export class MemoryLog implements Log {
  /** Oldest first. */
  readonly lines: LoggedLine[] = [];

  readonly #waiters = new Set<() => void>();

  /** Resolves once `count` lines have this text in their message and fields, which are written as `key=value`. */
  async waitFor(text: string, count = 1): Promise<LoggedLine[]> {
    for (;;) {
      const found = this.lines.filter((line) => textOf(line).includes(text));
      if (found.length >= count) return found;
      await new Promise<void>((resolve) => this.#waiters.add(resolve));
    }
  }

  /** Keep a line. */
  write(
    level: LogLevel,
    clientId: number | undefined,
    message: string,
    fields: LoggedLine["fields"] = {},
  ): void {
    this.lines.push({ level, clientId, message, fields });
    for (const wake of this.#waiters) wake();
    this.#waiters.clear();
  }

  /** Everything as one text, for searches. */
  text(): string {
    return this.lines.map((line) => JSON.stringify(line)).join("\n");
  }
}

function textOf({ message, fields }: LoggedLine): string {
  const values = Object.entries(fields).filter(([, value]) => value !== undefined);
  return [message, ...values.map(([key, value]) => `${key}=${value}`)].join(" ");
}

/** What to change in a request. */
export interface RequestChanges {
  readonly clientId?: number;
  readonly stream?: string;
  readonly param?: string;
  readonly ip?: string;
  readonly vhost?: string;
}

/** A question about the client of HOOKS' example. */
export function hookRequest(event: HookRequest["event"], changes: RequestChanges = {}): HookRequest {
  const { clientId = 4, stream = "livestream", param = "?token=x", ip = "192.168.1.10" } = changes;
  const client = {
    clientId,
    ip,
    vhost: changes.vhost ?? "__defaultVhost__",
    app: "live",
    tcUrl: "rtmp://video.test.com/live",
    pageUrl: "",
    protocol: "rtmp",
  } as const;
  if (event === "on_connect") return { event, client };
  const facts = { stream, param, streamUrl: `/live/${stream}`, streamId: "vid-0k1j2h3" };
  return { event, client, stream: facts };
}

/** A context whose client stays unless `leave` is called. */
export class TestContext implements HookRequestContext {
  readonly #abort = new AbortController();
  readonly #revoked = Promise.withResolvers<Revocation>();
  /** The bytes that the session sees. */
  bytes = { sendBytes: 3421, recvBytes: 9_182_734 };
  /** How often the session was revoked. */
  revocations = 0;

  /** The client's presence. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Resolves when the session is revoked. */
  get revoked(): Promise<Revocation> {
    return this.#revoked.promise;
  }

  /** The client leaves. */
  leave(): void {
    this.#abort.abort();
  }

  /** As the session sees them. */
  counters(): { sendBytes: number; recvBytes: number } {
    return this.bytes;
  }

  /** Takes the revocation. */
  revoke(revocation: Revocation): void {
    this.revocations++;
    this.#revoked.resolve(revocation);
  }
}

/** A service under test, closed at the end of its block. */
export class ServiceUnderTest implements AsyncDisposable {
  readonly service: HookService;
  readonly log: MemoryLog;

  private constructor(service: HookService, log: MemoryLog) {
    this.service = service;
    this.log = log;
  }

  /** Open one with fast retries. */
  static async open(
    options: HooksOptions,
    timings: HookTimings = FAST_TIMINGS,
    clock: Clock = new SystemClock(),
  ): Promise<ServiceUnderTest> {
    const log = new MemoryLog();
    return new ServiceUnderTest(await HookService.open(options, { log, timings, clock }), log);
  }

  /** What sessions request from. */
  get hooks(): Hooks {
    return this.service.decisions;
  }

  /** Request a decision for a client that stays. */
  request(event: HookRequest["event"], changes: RequestChanges = {}): Promise<Verdict> {
    return this.hooks.request(hookRequest(event, changes), new TestContext());
  }

  /** The same, where it has to be allowed. */
  async admitted(event: HookRequest["event"], changes: RequestChanges = {}): Promise<Lease> {
    const verdict = await this.request(event, changes);
    if (verdict.kind !== "allow") {
      throw new Error(`Expected ${event} to be allowed, got ${JSON.stringify(verdict)}`);
    }
    return verdict.lease;
  }

  /** Deliver what can be delivered. */
  settle(): Promise<unknown> {
    return this.service.drain(5000);
  }

  /** Closes the service. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.service.close();
  }
}

/** An ordinary end. */
export const CLIENT_LEFT: Ending = { reason: "client", sendBytes: 3421, recvBytes: 9_182_734 };
