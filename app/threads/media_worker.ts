/**
 * A media thread: a whole server on ports that it shares with the others. Requests, names, numbers and log lines
 * go to the main thread, streams straight to the threads that play them.
 *
 * @module
 */
import { KickHolds, SecretNames } from "../../stream/admission/mod.ts";
import { systemEnvironment } from "../../rtmp/mod.ts";
import { allocateShared, SegmentPool } from "../../stream/live/mod.ts";
import { errorMessage, errorStack, type Timer } from "../../core/mod.ts";
import { SystemClock } from "../../system/mod.ts";
import { LogThreshold } from "../../system/log/mod.ts";
import { MediaNode } from "../media_node.ts";
import { CertificateChanges } from "./certificate_changes.ts";
import { IdPool } from "./id_pool.ts";
import type { HlsThreadMessage } from "../../http/mod.ts";
import { HlsLines } from "./hls_lines.ts";
import { RemoteEvents } from "./remote_events.ts";
import { RemoteHooks } from "./remote_hooks.ts";
import { RemoteLog } from "./remote_log.ts";
import { RemoteNames } from "./remote_names.ts";
import { SharedStreams, type ThreadPeer } from "./shared_streams.ts";
import type {
  BetweenThreads,
  FromThread,
  HolderFacts,
  QueryReply,
  StartThread,
  StreamMessages,
  ThreadFailure,
  ThreadUpdate,
  ToThread,
} from "./thread_messages.ts";

/** How often the byte counts of each session are sent to the main thread, milliseconds. */
const REPORT_MS = 2000;

class MediaThread {
  readonly #main: MessagePort;
  #hooks: RemoteHooks | undefined;
  #names: RemoteNames | undefined;
  #clientIds: IdPool | undefined;
  #holds: KickHolds | undefined;
  #secretNames: SecretNames | undefined;
  #server: MediaNode | undefined;
  #certificates: CertificateChanges | undefined;
  readonly #events = new RemoteEvents((message) => this.#send(message));
  /** Whose finished segments of HLS the main thread wants. */
  #sinkVhosts: ReadonlySet<string> = new Set();
  #reporter: Timer | undefined;

  /** @param main The line to the main thread. */
  constructor(main: MessagePort) {
    this.#main = main;
    // What went wrong in one connection must not end the thread of all the others.
    addEventListener("error", (event) => this.#fault(event, event.error));
    addEventListener("unhandledrejection", (event) => this.#fault(event, event.reason));
    main.onmessage = ({ data }: MessageEvent<ToThread>) => this.#receive(data);
  }

  #receive(message: ToThread): void {
    switch (message.kind) {
      case "start":
        void this.#start(message);
        return;
      case "verdict":
      case "revoke":
      case "recorded":
        return this.#hooks?.receive(message);
      case "clientIds":
        return this.#clientIds?.add(message.block);
      case "claimed":
        return this.#names?.claimed(message.claim, message.holder, message.time);
      case "describe":
        return this.#answer({
          kind: "described",
          query: message.query,
          holder: this.#describe(message.key),
        });
      case "replace":
        return this.#replace(message.key, message.clientId);
      case "snapshot":
        void this.#server?.snapshot().then((snapshot) =>
          this.#answer({ kind: "snapshot", query: message.query, snapshot })
        );
        return;
      case "totals":
        void this.#server?.totals().then((totals) =>
          this.#answer({ kind: "totals", query: message.query, totals })
        );
        return;
      case "kick":
        void this.#server?.kick(message.clientId, message.options).then((known) =>
          this.#answer({ kind: "kicked", query: message.query, known })
        );
        return;
      case "record":
        void this.#server?.record(message.order).then((answer) =>
          this.#answer({ kind: "recordingAnswer", query: message.query, answer })
        );
        return;
      case "forward":
        void this.#server?.forward(message.order).then((answer) =>
          this.#answer({ kind: "forwardAnswer", query: message.query, answer })
        );
        return;
      case "pull":
        void this.#server?.pull(message.order).then((answer) =>
          this.#answer({ kind: "pullAnswer", query: message.query, answer })
        );
        return;
      case "listen":
        void this.#listen(message);
        return;
      case "options":
        return this.#replaceOptions(message);
      case "certificates":
        return this.#certificates?.take(message.certificates);
      case "bans":
        return this.#server?.setBans(message.bans);
      case "hold":
        return this.#holds?.take(message.hold);
      case "secretNames":
        return this.#secretNames?.take(message.vhost);
      case "stopAccepting":
        void this.#server?.stopListening().then(() =>
          this.#answer({ kind: "stoppedAccepting", query: message.query })
        );
        return;
      case "startDraining":
        return this.#server?.startDraining();
      case "drain":
        void this.#drain();
        return;
      default:
        message satisfies never;
    }
  }

  async #start(start: StartThread): Promise<void> {
    const send = (message: FromThread): void => this.#send(message);
    const log = new RemoteLog(send, LogThreshold.sharing(start.logLevelCell));
    const clock = new SystemClock();
    const environment = systemEnvironment(clock);
    this.#sinkVhosts = new Set(start.sinkVhosts);
    this.#hooks = new RemoteHooks(send, start.hookedVhosts);
    this.#names = new RemoteNames(send, clock);
    this.#holds = new KickHolds(environment.now, (hold) => send({ kind: "hold", hold }));
    this.#secretNames = new SecretNames((vhost) => send({ kind: "secretNames", vhost }));
    this.#clientIds = new IdPool(start.clientIds, () => send({ kind: "moreClientIds" }));
    const streams = new SharedStreams();
    const hlsLines = new HlsLines(start.thread, start.ports);
    start.ports.forEach((port, place) => {
      streams.join(asThreadPeer(port), listenTo(port, (message) => hlsLines.deliver(place, message)));
    });
    try {
      this.#server = await MediaNode.listen(start.options, {
        hooks: this.#hooks,
        log,
        ...(start.followed ? { events: this.#events } : {}),
        clientIds: this.#clientIds,
        clock,
        environment,
        connections: sharedCount(start.connections),
        httpConnections: sharedCount(start.httpConnections),
        bans: start.bans,
        certificates: start.certificates,
        hls: {
          viewerKey: start.viewerKey,
          firstDiscontinuity: start.firstDiscontinuity,
          discontinuityUsed: (number) => send({ kind: "discontinuityUsed", number }),
          threads: hlsLines,
          sink: {
            wants: (vhost) => this.#sinkVhosts.has(vhost),
            take: (message) => send({ kind: "hlsSink", message }),
          },
          allocate: (bytes) => new Uint8Array(new SharedArrayBuffer(bytes)),
        },
        share: { thread: start.thread, threads: start.ports.length + 1 },
        recordings: { changed: (change) => send({ kind: "recording", change }) },
        thread: {
          names: this.#names,
          streams,
          holds: this.#holds,
          secretNames: this.#secretNames,
          pool: new SegmentPool(allocateShared),
          salt: start.salt,
          countCells: start.countCells,
          keyAttemptCells: start.keyAttemptCells,
          limitCells: start.limitCells,
        },
      });
    } catch (error) {
      return send({ kind: "failed", failure: failureOf(error) });
    }
    this.#certificates = new CertificateChanges(this.#server, log, clock);
    const hooks = this.#hooks;
    this.#reporter = clock.setInterval(() => hooks.report(), REPORT_MS);
    send({ kind: "listening", addresses: this.#server.addresses });
  }

  async #listen({ query, step, addresses }: Extract<ToThread, { kind: "listen" }>): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    let failure: ThreadFailure | undefined;
    try {
      if (step === "open") await server.openListeners(addresses);
      else await server.keepListeners(addresses);
    } catch (error) {
      failure = failureOf(error);
    }
    this.#answer({ kind: "listening", query, addresses: server.addresses, failure });
  }

  #replaceOptions({ options, hookedVhosts, followed, sinkVhosts }: ThreadUpdate): void {
    this.#hooks?.setHookedVhosts(hookedVhosts);
    this.#sinkVhosts = new Set(sinkVhosts);
    this.#server?.replaceOptions({ options, hookedVhosts, ...(followed ? { events: this.#events } : {}) });
  }

  #describe(key: string): HolderFacts | undefined {
    const holder = this.#server?.publisherOf(key);
    if (holder === undefined) return undefined;
    const { ip, live, leaving, id, reads } = holder;
    return { ip, live, leaving, id, reads };
  }

  /** Another client may have the name by now: nobody has judged that one. */
  #replace(key: string, clientId: number): void {
    const publisher = this.#server?.publisherOf(key);
    if (publisher?.id === clientId) publisher.replace();
  }

  async #drain(): Promise<void> {
    this.#certificates?.close();
    await this.#server?.drain();
    this.#reporter?.clear();
    this.#send({ kind: "drained" });
  }

  #fault(event: Event, error: unknown): void {
    event.preventDefault();
    this.#send({
      kind: "fault",
      error: errorStack(error),
    });
  }

  #answer(answer: QueryReply): void {
    this.#send({ kind: "answer", answer });
  }

  #send(message: FromThread): void {
    this.#main.postMessage(message);
  }
}

function failureOf(error: unknown): ThreadFailure {
  return { message: errorMessage(error), name: error instanceof Error ? error.name : "Error" };
}

function asThreadPeer(port: MessagePort): ThreadPeer {
  return { send: (message) => port.postMessage(message) };
}

/** Receives the messages of another thread, for {@link SharedStreams.join}; those about HLS go to `hls`. */
function listenTo(
  port: MessagePort,
  hls: (message: HlsThreadMessage) => void,
): (take: (message: StreamMessages) => void) => void {
  return (take) =>
    port.onmessage = ({ data }: MessageEvent<BetweenThreads>) =>
      data.kind === "hls" ? hls(data.message) : take(data);
}

function sharedCount(count: Int32Array<SharedArrayBuffer>): { add(): number; remove(): void } {
  return {
    add: () => Atomics.add(count, 0, 1) + 1,
    remove: () => void Atomics.sub(count, 0, 1),
  };
}

// The one message of the worker itself carries the line to the main thread.
addEventListener("message", (event) => {
  const main = event instanceof MessageEvent ? event.ports[0] : undefined;
  if (main !== undefined) new MediaThread(main);
});
