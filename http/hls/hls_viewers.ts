/**
 * All viewers whose requests come to this thread, by the id in their paths, and those that may not come back.
 *
 * @module
 */
import type { EndReason, Revocation } from "../../core/mod.ts";
import { type MediaContext, resolveTarget, type StreamTarget } from "../../stream/admission/mod.ts";
import { GoneIds } from "./gone_ids.ts";
import type { HlsStream } from "./hls_stream.ts";
import type { HlsStreams } from "./hls_streams.ts";
import type { HlsThreadMessage, HlsThreads, RemoteAdmission, StreamName } from "./hls_threads.ts";
import { HlsViewer, type ViewerAdmission, type ViewerSession } from "./hls_viewer.ts";
import type { ViewerRequest } from "./viewer_request.ts";
import { RemoteViewer, reportUses } from "./remote_viewers.ts";

/** Endings after which the same id begins another session. */
const MAY_RETURN: ReadonlySet<EndReason> = new Set(["idle", "client", "network"]);
const GONE: RemoteAdmission = { kind: "ended", reason: "kicked", description: "This session was ended" };

/** A viewer that is served here for another thread. */
interface Proxy {
  readonly viewer: RemoteViewer;
  target: StreamTarget | undefined;
}

/** What is said about viewers. */
type ViewerMessage = Exclude<HlsThreadMessage, { readonly name: StreamName }>;

/** Knows viewers. */
export class HlsViewers {
  readonly #context: MediaContext;
  readonly #streams: HlsStreams;
  readonly #threads: HlsThreads;
  readonly #own = new Map<string, HlsViewer>();
  readonly #remote = new Map<string, Proxy>();
  readonly #gone = new GoneIds();

  /** None yet. */
  constructor(context: MediaContext, streams: HlsStreams, threads: HlsThreads) {
    this.#context = context;
    this.#streams = streams;
    this.#threads = threads;
  }

  /** Whether there is room for another viewer, from this address; if not, that is counted. */
  hasRoomFor(ip: string): boolean {
    const { options: { limits: { maxHlsViewers } }, limits } = this.#context;
    if (this.#own.size + this.#remote.size < maxHlsViewers) return true;
    limits.hit("max_hls_viewers", { ip, detail: `${maxHlsViewers} viewers are here` });
    return false;
  }

  /** The viewer with this id. */
  get(id: string): ViewerSession | undefined {
    return this.#own.get(id) ?? this.#remote.get(id)?.viewer;
  }

  /** Whether the session of this id was ended for good. */
  isGone(id: string): boolean {
    return this.#gone.has(id);
  }

  /**
   * A viewer begins; it is here until its ending is recorded.
   *
   * @param returned Whether its client has the id from before.
   */
  begin(request: ViewerRequest, { returned }: { readonly returned: boolean }): HlsViewer {
    const viewer = new HlsViewer(request, this.#context, this.#streams);
    const { id } = request;
    this.#own.set(id, viewer);
    viewer.onEnd = (ending) => {
      const { admitted } = viewer;
      if (!MAY_RETURN.has(ending.reason)) this.#gone.add(id, { returned, admitted });
      for (const thread of viewer.threads) this.#threads.send(thread, { kind: "viewerEnded", id, ending });
    };
    void this.#context.clients.add(viewer, () => viewer.run()).finally(() => this.#own.delete(id));
    return viewer;
  }

  /** A viewer of another thread: that one decides whether it may go on. */
  follow(request: ViewerRequest, thread: number): ViewerSession {
    const proxy: Proxy = {
      viewer: new RemoteViewer(
        request,
        thread,
        this.#context.clock.now(),
        () => this.#openFor(proxy, request),
      ),
      target: undefined,
    };
    this.#remote.set(request.id, proxy);
    this.#threads.send(thread, { kind: "viewer", request });
    return proxy.viewer;
  }

  /** Another thread has said something about a viewer. */
  receive(thread: number, message: ViewerMessage): void {
    switch (message.kind) {
      case "viewer":
        void this.#decideFor(thread, message.request);
        return;
      case "viewerAdmission":
        this.#remote.get(message.id)?.viewer.decided(message.admission);
        if (message.admission.kind !== "admitted") this.#forget(message.id);
        return;
      case "viewerUse":
        for (const { id, sentBytes, receivedBytes } of message.uses) {
          this.#own.get(id)?.servedElsewhere(receivedBytes, sentBytes);
        }
        return;
      case "viewerEnded":
        this.#remote.get(message.id)?.viewer.ended(message.ending);
        return this.#forget(message.id);
      default:
        message satisfies never;
    }
  }

  /** Report and forget viewers of other threads; called about once a second. */
  sweep(): void {
    const nowMs = this.#context.clock.now();
    reportUses(Array.from(this.#remote.values(), ({ viewer }) => viewer), this.#threads, nowMs);
    for (const [id, { viewer }] of this.#remote) if (viewer.isForgotten(nowMs)) this.#forget(id);
  }

  /** A request of a viewer of this thread has come to another one. */
  async #decideFor(thread: number, request: ViewerRequest): Promise<void> {
    const { id } = request;
    const viewer = this.#own.get(id) ??
      (this.isGone(id) ? undefined : this.begin(request, { returned: true }));
    viewer?.threads.add(thread);
    const admission = viewer === undefined ? GONE : toRemote(await viewer.admission, viewer.ending);
    this.#threads.send(thread, { kind: "viewerAdmission", id, admission });
  }

  /** `undefined` where a reload has taken the vhost away, of which the viewer's own thread may not know yet. */
  #openFor(proxy: Proxy, { facts, streamName }: ViewerRequest): HlsStream | undefined {
    const target = resolveTarget(this.#context.options, facts, streamName);
    if ("refused" in target) return undefined;
    proxy.target = target;
    return this.#streams.acquire(target);
  }

  #forget(id: string): void {
    const target = this.#remote.get(id)?.target;
    this.#remote.delete(id);
    if (target !== undefined) this.#streams.release(target);
  }
}

/** An admission for another thread; the session may be over by now. */
function toRemote(admission: ViewerAdmission, ending: Revocation | undefined): RemoteAdmission {
  if (admission.kind === "deny") return admission;
  if (ending !== undefined) return { kind: "ended", ...ending };
  return admission.kind === "admitted" ? { kind: "admitted" } : GONE;
}
