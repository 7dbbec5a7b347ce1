/**
 * All listeners of one media thread: RTMP, and the server for players, which share streams, clients and limits.
 *
 * @module
 */
import { Cluster, type ThreadShare } from "../cluster/mod.ts";
import { PlayerServer, type PlayerServerDeps, type PlayerServerOptions } from "../http/mod.ts";
import { countFault, RtmpServer, type RtmpServerDeps } from "../rtmp/mod.ts";
import {
  type ConnectionCount,
  createMediaContext,
  LocalConnectionCount,
  type MediaContext,
} from "../stream/admission/mod.ts";
import type {
  Ban,
  ForwardAnswer,
  ForwardOrder,
  KickOptions,
  LimitName,
  Limits,
  Log,
  PlainLog,
  PullAnswer,
  PullOrder,
  RecordingAnswer,
  RecordingLog,
  RecordingOrder,
} from "../core/mod.ts";
import type { ClientTotals, PublisherHandle, ServerSnapshot } from "../stream/live/mod.ts";
import { PublishRecorder } from "../stream/record/mod.ts";
import { LoopDelay } from "../system/mod.ts";
import { escapeUnsafe, maskSecrets } from "../system/log/mod.ts";
import { freeBytes } from "./free_bytes.ts";
import { playerListeners, rtmpListeners } from "./media_listeners.ts";
import {
  type MediaAddresses,
  type MediaCertificates,
  type MediaNodeOptions,
  type MediaServer,
  type MediaUpdate,
  STOPS,
} from "./media_server.ts";

/** What a node is made with. */
export interface MediaNodeDeps extends Omit<RtmpServerDeps, "media" | "log"> {
  /** Where events are logged, and requests in formats of other programs. */
  readonly log: Log & PlainLog;
  /** HTTP connections of all threads; absent: there is one thread. */
  readonly httpConnections?: ConnectionCount;
  /** Who is banned from the start; absent: nobody. */
  readonly bans?: readonly Ban[];
  /** What HLS shares with other threads and processes. */
  readonly hls: PlayerServerDeps["hls"];
  /** What TLS identifies itself with; absent: nothing listens for TLS. */
  readonly certificates?: MediaCertificates;
  /** Keeps account of recordings. */
  readonly recordings: RecordingLog;
  /** Which thread of how many it is; absent: the only one. */
  readonly share?: ThreadShare;
}

/** The server of one thread. */
export class MediaNode implements MediaServer {
  readonly #rtmp: RtmpServer;
  readonly #media: MediaContext;
  readonly #deps: MediaNodeDeps;
  readonly #recorder: PublishRecorder;
  readonly #cluster: Cluster;
  readonly #loopDelay: LoopDelay;
  #options: MediaNodeOptions;
  #certificates: MediaCertificates;
  /** Absent while players by HTTP have never been served. */
  #players: PlayerServer | undefined;
  #draining = false;

  private constructor(options: MediaNodeOptions, deps: MediaNodeDeps) {
    const media = createMediaContext(options.rtmp, deps);
    media.access.setBans(deps.bans ?? []);
    const { clock, environment, log, recordings: account } = deps;
    const random = (length: number) => environment.random(length);
    this.#media = media;
    this.#options = options;
    this.#certificates = deps.certificates ?? {};
    this.#deps = deps;
    this.#recorder = new PublishRecorder({ clock, log, account, random, freeBytes });
    media.publishes.add(this.#recorder);
    this.#cluster = new Cluster({
      ...{ media, environment },
      ...(deps.share === undefined ? {} : { share: deps.share }),
    });
    const { rtmps } = this.#certificates;
    this.#rtmp = RtmpServer.listen(options.rtmp, {
      ...deps,
      media,
      ...(rtmps === undefined ? {} : { certificate: rtmps }),
    });
    this.#loopDelay = new LoopDelay(clock);
  }

  /**
   * Listen on all addresses.
   *
   * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listen`; nothing is left open then.
   */
  static async listen(options: MediaNodeOptions, deps: MediaNodeDeps): Promise<MediaNode> {
    const { http } = options;
    const node = new MediaNode(options, deps);
    try {
      if (http.enabled) node.#players = node.#servePlayers(http);
      return node;
    } catch (error) {
      await node.#rtmp.drain();
      node.#loopDelay.close();
      throw error;
    }
  }

  /** @inheritdoc */
  get addresses(): MediaAddresses {
    const { addresses: rtmp, proxyAddresses: rtmpProxied, tlsAddresses: rtmps } = this.#rtmp;
    return {
      ...{ rtmp, rtmpProxied, rtmps },
      httpProxied: this.#players?.proxyAddresses ?? [],
      http: this.#players?.addresses ?? [],
      https: this.#players?.tlsAddresses ?? [],
    };
  }

  /** @inheritdoc */
  get listening(): boolean {
    return !this.#draining;
  }

  /** @inheritdoc */
  get connectionCount(): number {
    return this.#rtmp.connectionCount;
  }

  /** @inheritdoc */
  get limits(): Limits {
    return this.#rtmp.limits;
  }

  /** @inheritdoc */
  limitCounts(): Readonly<Record<LimitName, number>> {
    return this.#rtmp.limitCounts();
  }

  /** Who has the name of this key here, if anybody. */
  publisherOf(key: string): PublisherHandle | undefined {
    return this.#rtmp.publisherOf(key);
  }

  /** @inheritdoc */
  async snapshot(): Promise<ServerSnapshot> {
    const snapshot = await this.#rtmp.snapshot();
    const loopDelay = this.#loopDelay.counts();
    const { relays } = this.#cluster;
    return { ...snapshot, threads: snapshot.threads.map((thread) => ({ ...thread, loopDelay, relays })) };
  }

  /** @inheritdoc */
  totals(): Promise<ClientTotals> {
    return this.#rtmp.totals();
  }

  /** @inheritdoc */
  kick(clientId: number, options: KickOptions = {}): Promise<boolean> {
    return this.#rtmp.kick(clientId, options);
  }

  /** @inheritdoc */
  record(order: RecordingOrder): Promise<RecordingAnswer> {
    return this.#recorder.record(order);
  }

  /** @inheritdoc */
  forward(order: ForwardOrder): Promise<ForwardAnswer> {
    return this.#cluster.forwards.obey(order);
  }

  /** @inheritdoc */
  pull(order: PullOrder): Promise<PullAnswer> {
    return this.#cluster.pulls.obey(order);
  }

  /** @inheritdoc */
  setCertificates(certificates: MediaCertificates): void {
    const { rtmps, https } = certificates;
    this.#certificates = { ...this.#certificates, ...certificates };
    if (rtmps !== undefined) this.#rtmp.setCertificate(rtmps);
    if (https !== undefined) this.#players?.setCertificate(https);
  }

  /** @inheritdoc */
  setBans(bans: readonly Ban[]): void {
    this.#media.access.setBans(bans);
  }

  /** @inheritdoc */
  openListeners(addresses: MediaAddresses): Promise<void> {
    const players = playerListeners(addresses);
    // Async: what it throws rejects.
    return Promise.resolve().then(() => {
      // A reload that has begun before would let clients in again.
      if (this.#draining) throw new Error(STOPS);
      this.#rtmp.open(rtmpListeners(addresses));
      if (this.#players === undefined && Object.values(players).every(({ length }) => length === 0)) return;
      this.#players ??= this.#servePlayers({ ...this.#options.http, listen: [], proxyListen: [] });
      this.#players.open(players);
    });
  }

  /** @inheritdoc */
  async keepListeners(addresses: MediaAddresses): Promise<void> {
    await Promise.all([
      this.#rtmp.keep(rtmpListeners(addresses)),
      this.#players?.keep(playerListeners(addresses)),
    ]);
  }

  /** @inheritdoc */
  replaceOptions({ options, events }: MediaUpdate): void {
    const { rtmp, http } = this.#options = options;
    this.#media.reports.setSink(events);
    this.#rtmp.replaceOptions(rtmp);
    this.#players?.replaceOptions(http, rtmp.limits.maxConnectionsPerIp);
    this.#cluster.reroute();
  }

  /** @inheritdoc */
  async stopAccepting(): Promise<void> {
    await this.stopListening();
    this.startDraining();
  }

  /** The first half of {@link MediaNode.stopAccepting}. */
  async stopListening(): Promise<void> {
    this.#draining = true;
    this.#cluster.leave();
    await Promise.all([this.#rtmp.stopAccepting(), this.#players?.stopAccepting()]);
  }

  /** The second: no thread listens any more, where a client could come back to this process. */
  startDraining(): void {
    this.#media.clients.startDraining();
  }

  /** @inheritdoc */
  async drain(): Promise<void> {
    this.#draining = true;
    this.#players?.stop();
    const relaysEnded = this.#cluster.stop();
    await this.#rtmp.drain();
    await this.#players?.close();
    await relaysEnded;
    this.#loopDelay.close();
  }

  #servePlayers(options: PlayerServerOptions): PlayerServer {
    const { environment, hls, httpConnections, log, reusePort, thread } = this.#deps;
    const media = this.#media;
    const { https } = this.#certificates;
    return PlayerServer.listen(options, {
      ...{ media, environment, hls },
      maxConnectionsPerIp: this.#options.rtmp.limits.maxConnectionsPerIp,
      connections: httpConnections ?? new LocalConnectionCount(),
      ...(https === undefined ? {} : { certificate: https }),
      reusePort: reusePort ?? thread !== undefined,
      accessLog: {
        writePlain: (line) => log.writePlain(line),
        clean: (text) => escapeUnsafe(maskSecrets(text)),
      },
      acceptFailed: (fault, error) => countFault(media.limits, fault, error),
    });
  }
}
