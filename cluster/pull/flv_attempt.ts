/**
 * One connection of a pull by HTTP, as FLV.
 *
 * @module
 */
import type { ByteCounters, Clock } from "../../core/mod.ts";
import { DEFAULT_WIRE_LIMITS } from "../../rtmp/wire/mod.ts";
import type { ReadMark } from "../../stream/live/mod.ts";
import { deadline, fetchErrorDetail } from "../../system/mod.ts";
import { FlvReader } from "./flv_reader.ts";
import { PullAttempt } from "./pull_attempt.ts";
import type { PullLink } from "./pull_client.ts";
import type { FlvPlace } from "./pull_route.ts";

/** How long the answer's head may take, milliseconds. */
const HEAD_MS = 5000;
/** A source that sends nothing for this long is gone: HTTP has no ping. Milliseconds. */
const LOST_AFTER_MS = 30_000;
/** Statuses that send their client elsewhere. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** One connection. */
export class FlvAttempt extends PullAttempt<FlvPlace> {
  readonly #abort = new AbortController();

  /** @inheritdoc */
  protected override close(): void {
    this.#abort.abort();
  }

  /** @inheritdoc */
  protected override explain(error: unknown): string {
    return fetchErrorDetail(error);
  }

  /** @inheritdoc */
  protected override async connect(): Promise<void> {
    const { authorization, trust, url } = this.place;
    const { identity, media: { clock } } = this.deps;
    const { signal } = this.#abort;
    const head = clock.setTimeout(() => {
      this.#abort.abort(new Deno.errors.TimedOut(`No answer came within ${HEAD_MS} ms`));
    }, HEAD_MS);
    using clients = new DisposableStack();
    try {
      const request = {
        headers: {
          "user-agent": `srs/${identity.version}`,
          ...(authorization === "" ? {} : { authorization }),
        },
        redirect: "manual",
        signal,
      } as const;
      const { hostname } = new URL(url);
      const host = hostname.replace(/^\[|\]$/g, "");
      const { response, address } = trust === "guarded"
        ? await this.#fetchFrom(await this.#permitted(host), request, clients)
        : { response: await fetch(url, request), address: host };
      head.clear();
      await this.#take(response, address, clock);
    } finally {
      head.clear();
      this.#abort.abort();
    }
  }

  /** A look-up cannot be given up: what it finds too late is of no use. */
  async #permitted(host: string): Promise<readonly string[]> {
    const { guard, media: { clock } } = this.deps;
    const { signal } = this.#abort;
    const found = await deadline(clock, guard.permitted(host), { maxMs: Infinity, signal });
    if (typeof found !== "string") return found;
    signal.throwIfAborted();
    throw new Deno.errors.TimedOut(`No address of ${host} was found in time`);
  }

  /** The first address that is there: the connection goes to it, whatever the name in the URL leads to by now. */
  async #fetchFrom(
    addresses: readonly string[],
    request: RequestInit,
    clients: DisposableStack,
  ): Promise<{ readonly response: Response; readonly address: string }> {
    const { url } = this.place;
    const { port, protocol } = new URL(url);
    let failure: unknown;
    for (const address of addresses) {
      const to = { hostname: address, port: Number(port) || (protocol === "https:" ? 443 : 80) };
      const client = Deno.createHttpClient({ proxy: { transport: "tcp", ...to } });
      clients.defer(() => client.close());
      try {
        return { response: await fetch(url, { ...request, client }), address };
      } catch (error) {
        failure ??= error;
        if (this.#abort.signal.aborted) break;
      }
    }
    throw failure;
  }

  async #take({ status, headers, body }: Response, address: string, clock: Clock): Promise<void> {
    const location = headers.get("location");
    if (REDIRECTS.has(status) && location !== null) return this.refuse("It sends elsewhere", location);
    if (status >= 500 || status === 429) throw new Error(`The answer is HTTP ${status}`);
    if (status !== 200 || body === null) return this.refuse(`The answer is HTTP ${status}`);
    const link = this.parts.client.link = new FlvLink(address, clock, (error) => this.#abort.abort(error));
    this.started();
    const reader = new FlvReader(DEFAULT_WIRE_LIMITS.maxMediaMessageBytes);
    for await (const bytes of body) {
      if (this.over) return;
      link.received(bytes.length);
      for (const message of reader.receive(bytes)) {
        if (!this.publish.live && !await this.beginPublish()) return;
        this.publish.receive(message);
      }
      link.waiting = true;
      await this.publish.afterRead({ length: bytes.length, emptied: true });
    }
  }
}

/** What the registry sees of the connection. */
class FlvLink implements PullLink {
  readonly address: string;
  readonly mediaInParts = 0;
  waiting = true;
  readonly #clock: Pick<Clock, "now">;
  readonly #fail: (error: Error) => void;
  #bytes = 0;
  #reads = 0;
  #lastMs: number;

  constructor(address: string, clock: Pick<Clock, "now">, fail: (error: Error) => void) {
    this.address = address;
    this.#clock = clock;
    this.#fail = fail;
    this.#lastMs = clock.now();
  }

  get lastReceivedMs(): number {
    return this.#lastMs;
  }

  get bytes(): ByteCounters {
    return { sendBytes: 0, recvBytes: this.#bytes };
  }

  get reads(): ReadMark {
    return { reads: this.#reads, drains: this.#reads, drained: true, waiting: this.waiting };
  }

  received(length: number): void {
    this.waiting = false;
    this.#bytes += length;
    this.#reads++;
    this.#lastMs = this.#clock.now();
  }

  sweep(nowMs: number): void {
    if (nowMs - this.#lastMs < LOST_AFTER_MS) return;
    this.#fail(new Deno.errors.TimedOut(`Nothing came for ${LOST_AFTER_MS} ms`));
  }
}
