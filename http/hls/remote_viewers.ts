/**
 * Viewers of other threads whose requests have come to this one: served here, counted there.
 *
 * @module
 */
import type { Revocation } from "../../core/mod.ts";
import type { HlsStream } from "./hls_stream.ts";
import type { HlsThreads, RemoteAdmission, ViewerUse } from "./hls_threads.ts";
import type { ViewerAdmission, ViewerSession } from "./hls_viewer.ts";
import type { ViewerRequest } from "./viewer_request.ts";

/** One that has requested nothing here for so long is forgotten here, milliseconds. */
const FORGET_MS = 60_000;

/** A viewer of another thread. */
export class RemoteViewer implements ViewerSession {
  readonly boundIp: string | undefined;
  /** The thread that it began on. */
  readonly thread: number;
  readonly #id: string;
  readonly #openStream: () => HlsStream;
  readonly #admission = Promise.withResolvers<ViewerAdmission>();
  readonly #held = new Set<() => void>();
  #ending: Revocation | undefined;
  #admitted = false;
  #sentBytes = 0;
  #receivedBytes = 0;
  #hasRequested = false;
  #usedMs: number;

  /** @param openStream Called when it is admitted. */
  constructor({ id, ip, bindIp }: ViewerRequest, thread: number, nowMs: number, openStream: () => HlsStream) {
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
    if (admission.kind === "admitted") {
      // One that was forgotten and has come back is decided twice.
      if (this.#ending === undefined && !this.#admitted) {
        this.#admitted = true;
        this.#admission.resolve({ kind: "admitted", stream: this.#openStream() });
      }
    } else if (admission.kind === "denied") this.#admission.resolve(admission);
    else this.ended(admission);
  }

  /** Its session is over. */
  ended(ending: Revocation): void {
    this.#ending ??= ending;
    this.#admission.resolve({ kind: "ended" });
    for (const cut of this.#held) cut();
  }

  /** @inheritdoc */
  serve(receivedBytes: number, cut: () => void): (sentBytes: number) => void {
    this.#receivedBytes += receivedBytes;
    this.#hasRequested = true;
    this.#held.add(cut);
    return (sentBytes) => {
      this.#sentBytes += sentBytes;
      this.#hasRequested = true;
      this.#held.delete(cut);
    };
  }

  /** What it did since the last call; `undefined` where that is nothing. */
  takeUse(nowMs: number): ViewerUse | undefined {
    if (!this.#hasRequested && this.#held.size === 0) return undefined;
    const use = { id: this.#id, sentBytes: this.#sentBytes, receivedBytes: this.#receivedBytes };
    this.#usedMs = nowMs;
    this.#hasRequested = false;
    this.#sentBytes = 0;
    this.#receivedBytes = 0;
    return use;
  }

  /** Whether it has requested nothing here for long. */
  isForgotten(nowMs: number): boolean {
    return this.#held.size === 0 && nowMs - this.#usedMs > FORGET_MS;
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
