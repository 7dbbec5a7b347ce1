/**
 * The main thread's end of the line to one media thread: serves what the thread requests.
 *
 * @module
 */
import type { ActivitySink, ClientIds, Hooks, Lease, Log, PlainLog, RecordingLog } from "../../core/mod.ts";
import type { SegmentSink } from "../../http/mod.ts";
import type { HlsState } from "../hls_state.ts";
import type { NameDirectory, NameOwner } from "./name_directory.ts";
import type { FromThread, HolderFacts, ToThread } from "./thread_messages.ts";

/** Client ids that a thread gets at a time. */
const IDS_PER_BLOCK = 500;
/**
 * Blocks that a thread has ahead. More are fetched by a message, which waits in line behind the requests of the same
 * clients: in a crowd of viewers the main thread may be seconds behind, at some 3,000 numbers a second and thread.
 */
const BLOCKS_AHEAD = 20;
/** Client ids that a thread begins with. */
export const FIRST_IDS: number = IDS_PER_BLOCK * BLOCKS_AHEAD;

/** What the main thread has for all media threads. */
export interface GatewayDeps {
  readonly hooks: Hooks;
  readonly log: Log & PlainLog;
  readonly clientIds: ClientIds;
  readonly names: NameDirectory;
  /** What becomes of sessions goes there; absent: nobody follows them. */
  readonly events?: ActivitySink;
  /** What HLS keeps over restarts. */
  readonly hls: Pick<HlsState, "discontinuityUsed">;
  /** Takes finished segments of HLS; absent: nobody wants them. */
  readonly sink?: SegmentSink;
  /** Keeps account of recordings. */
  readonly recordings: RecordingLog;
  /** Hand a message on to all other threads. */
  share(message: ToThread, from: NameOwner): void;
}

/** The way to the thread. */
export interface GatewayLine {
  send(message: ToThread): void;
  /** Who holds a name there; `undefined`: nobody, or it does not answer. */
  describe(key: string): Promise<HolderFacts | undefined>;
}

/** A request of the thread, until its ending is recorded. */
interface OpenRequest {
  readonly aborter: AbortController;
  counters: { readonly sendBytes: number; readonly recvBytes: number };
  lease: Lease | undefined;
}

/** Serves one media thread. */
export class ThreadGateway implements NameOwner {
  readonly #deps: GatewayDeps;
  readonly #line: GatewayLine;
  readonly #requests = new Map<number, OpenRequest>();

  constructor(deps: GatewayDeps, line: GatewayLine) {
    this.#deps = deps;
    this.#line = line;
  }

  /** Take a message that is not about the thread's own start and end. */
  receive(message: Exclude<FromThread, { kind: "listening" | "failed" | "answer" | "drained" }>): void {
    switch (message.kind) {
      case "request":
        void this.#request(message);
        return;
      case "abort":
        this.#requests.get(message.requestId)?.aborter.abort("the client is gone");
        return;
      case "rename":
        return this.#requests.get(message.requestId)?.lease?.rename(message.app, message.stream);
      case "end":
        void this.#end(message);
        return;
      case "counters":
        for (const [requestId, counters] of message.counters) {
          const open = this.#requests.get(requestId);
          if (open !== undefined) open.counters = counters;
        }
        return;
      case "log":
        for (const line of message.lines) {
          if (typeof line === "string") this.#deps.log.writePlain(line);
          else this.#deps.log.write(...line);
        }
        return;
      case "events":
        for (const event of message.events) this.#deps.events?.emit(event);
        return;
      case "fault":
        // Not thrown here, but as much a bug as if it were: the last handler of the process counts it.
        reportError(new Error(`A media thread failed in an unexpected way: ${message.error}`));
        return;
      case "discontinuityUsed":
        return this.#deps.hls.discontinuityUsed(message.number);
      case "hlsSink":
        return this.#deps.sink?.take(message.message);
      case "recording":
        return this.#deps.recordings.changed(message.change);
      case "moreClientIds":
        return this.#line.send({ kind: "clientIds", block: this.#idBlock() });
      case "claim":
        return this.#deps.names.claim(this, message.claim, message.key);
      case "disclaim":
        return this.#deps.names.disclaim(this, message.key, message.time);
      case "replace":
        return this.#deps.names.replace(message.key, message.clientId);
      case "hold":
        return this.#deps.share({ kind: "hold", hold: message.hold }, this);
      case "secretNames":
        return this.#deps.share({ kind: "secretNames", vhost: message.vhost }, this);
      default:
        message satisfies never;
    }
  }

  /** What a thread begins with: numbers that nobody else gives out; they need not follow each other. */
  firstIdBlocks(): number[][] {
    return Array.from({ length: BLOCKS_AHEAD }, () => this.#idBlock());
  }

  #idBlock(): number[] {
    return Array.from({ length: IDS_PER_BLOCK }, () => this.#deps.clientIds.next());
  }

  /** @inheritdoc */
  describe(query: number, key: string): void {
    void this.#line.describe(key).then((holder) => this.#deps.names.described(query, holder));
  }

  /** @inheritdoc */
  claimed(claim: number, holder: HolderFacts | undefined, time: number): void {
    this.#line.send({ kind: "claimed", claim, holder, time });
  }

  /** @inheritdoc */
  replace(key: string, clientId: number): void {
    this.#line.send({ kind: "replace", key, clientId });
  }

  async #request({ requestId, request }: Extract<FromThread, { kind: "request" }>): Promise<void> {
    const open: OpenRequest = {
      aborter: new AbortController(),
      counters: { sendBytes: 0, recvBytes: 0 },
      lease: undefined,
    };
    this.#requests.set(requestId, open);
    const verdict = await this.#deps.hooks.request(request, {
      signal: open.aborter.signal,
      counters: () => open.counters,
      revoke: (revocation) => this.#line.send({ kind: "revoke", requestId, revocation }),
    });
    if (verdict.kind === "allow") {
      open.lease = verdict.lease;
      this.#line.send({
        kind: "verdict",
        requestId,
        verdict: { kind: "allow", decisions: verdict.decisions },
      });
    } else {
      this.#requests.delete(requestId);
      this.#line.send({ kind: "verdict", requestId, verdict });
    }
  }

  async #end({ requestId, ending }: Extract<FromThread, { kind: "end" }>): Promise<void> {
    const lease = this.#requests.get(requestId)?.lease;
    this.#requests.delete(requestId);
    await lease?.end(ending);
    this.#line.send({ kind: "recorded", requestId });
  }
}
