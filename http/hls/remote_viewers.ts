/**
 * Viewers of other threads whose requests have come to this one: served here, counted there.
 *
 * @module
 */
import type { Revocation } from "../../core/mod.ts";
import type { HlsStream } from "./hls_stream.ts";
import type { HlsThreads, RemoteAdmission, ViewerUse } from "./hls_threads.ts";
import type { ViewedRequest, ViewerAdmission, ViewerSession } from "./hls_viewer.ts";
import { TransientSet } from "./transient_set.ts";
import type { ViewerRequest } from "./viewer_request.ts";

/** One that has requested nothing here for so long is forgotten here, milliseconds. */
const FORGET_MS = 60_000;

/** As its own thread will say. */
const VHOST_GONE: Revocation = { reason: "reload", description: "This vhost is no longer served" };

/** A viewer of another thread. */
export class RemoteViewer implements ViewerSession {
  readonly boundIp: string | undefined;
  /** The thread that it began on. */
  readonly thread: number;
  readonly #id: string;
  readonly #openStream: () => HlsStream | undefined;
  readonly #admission = Promise.withResolvers<ViewerAdmission>();
  readonly #requests = new TransientSet<ViewedRequest>();
  #stream: HlsStream | undefined;
  #ending: Revocation | undefined;
  #admitted = false;
  #sentBytes = 0;
  #receivedBytes = 0;
  #hasRequested = false;
  #usedMs: number;

  /** @param openStream Called when it is admitted; `undefined`: its vhost is no longer served here. */
  constructor(
    { id, ip, bindIp }: ViewerRequest,
    thread: number,
    nowMs: number,
    openStream: () => HlsStream | undefined,
  ) {
    this.#id = id;
    this.boundIp = bindIp ? ip : undefined;
    this.thread = thread;
    this.#usedMs = nowMs;
    this.#openStream = openStream;
  }

  /** @inheritdoc */
  get admission(): Promise<ViewerAdmission> {
    return this.#admission.promise;
  }

  /** @inheritdoc */
  get ending(): Revocation | undefined {
    return this.#ending;
  }

  /** Its thread has decided. */
  decided(admission: RemoteAdmission): void {
    if (admission.kind === "admitted") this.#admit();
    else if (admission.kind === "deny") this.#admission.resolve(admission);
    else this.ended(admission);
  }

  #admit(): void {
    // One that was forgotten and has come back is decided twice.
    if (this.#ending !== undefined || this.#admitted) return;
    this.#admitted = true;
    const stream = this.#stream = this.#openStream();
    if (stream === undefined) this.ended(VHOST_GONE);
    else this.#admission.resolve({ kind: "admitted", stream });
  }

  /** Its session is over. */
  ended(ending: Revocation): void {
    this.#ending ??= ending;
    this.#admission.resolve({ kind: "ended" });
    for (const request of this.#requests.list) request.cut();
  }

  /** @inheritdoc */
  get stream(): HlsStream | undefined {
    return this.#ending === undefined ? this.#stream : undefined;
  }

  /** @inheritdoc */
  requested(request: ViewedRequest, receivedBytes: number): void {
    this.#requests.add(request);
    this.#receivedBytes += receivedBytes;
    this.#hasRequested = true;
  }

  /** @inheritdoc */
  answered(request: ViewedRequest, sentBytes: number): void {
    this.#requests.delete(request);
    this.#sentBytes += sentBytes;
    this.#hasRequested = true;
  }

  /** What it did since the last call; `undefined` where that is nothing. */
  takeUse(nowMs: number): ViewerUse | undefined {
    if (!this.#hasRequested && this.#requests.size === 0) return undefined;
    const use = { id: this.#id, sentBytes: this.#sentBytes, receivedBytes: this.#receivedBytes };
    this.#usedMs = nowMs;
    this.#hasRequested = false;
    this.#sentBytes = 0;
    this.#receivedBytes = 0;
    return use;
  }

  /** Whether it has requested nothing here for long. */
  isForgotten(nowMs: number): boolean {
    return this.#requests.size === 0 && nowMs - this.#usedMs > FORGET_MS;
  }
}

/** Tell each thread what its viewers did here. */
export function reportUses(viewers: Iterable<RemoteViewer>, threads: HlsThreads, nowMs: number): void {
  const uses = new Map<number, ViewerUse[]>();
  for (const viewer of viewers) {
    const use = viewer.takeUse(nowMs);
    if (use === undefined) continue;
    const list = uses.get(viewer.thread) ?? [];
    list.push(use);
    uses.set(viewer.thread, list);
  }
  for (const [thread, list] of uses) threads.send(thread, { kind: "viewerUse", uses: list });
}
