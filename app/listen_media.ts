/**
 * The listeners for media, on one thread or several.
 *
 * @module
 */
import type { Config } from "../config/mod.ts";
import type { HlsDisk } from "../http/mod.ts";
import { systemEnvironment } from "../rtmp/mod.ts";
import { type CertificateStore, refuseTakenPorts } from "../system/mod.ts";
import { mediaCertificates, tlsListeners } from "./certificates.ts";
import { isFollowed } from "./followers.ts";
import { openHlsState } from "./hls_state.ts";
import { isListenError, listenersFailure } from "./listen_failure.ts";
import type { Shown } from "./api_deps.ts";
import { MediaNode } from "./media_node.ts";
import type { MediaNodeOptions, MediaServer } from "./media_server.ts";
import { playerListener } from "./player_listener.ts";
import type { RecordingAccount } from "./recording_account.ts";
import { ThreadedServer } from "./threads/threaded_server.ts";

/** What media threads work with. */
export interface MediaDeps extends Omit<Shown, "config" | "rtmp" | "recordings" | "draining" | "reload"> {
  readonly recordings: RecordingAccount;
  readonly sink: HlsDisk;
  readonly certificates: CertificateStore;
  /** The process that has the ports shares them. */
  readonly takesOver: boolean;
}

/** A server that listens. */
export interface ListeningMedia {
  readonly media: MediaServer;
  /** What it was started with: players by HTTP may have been left out. */
  readonly options: MediaNodeOptions;
}

/**
 * Listen.
 *
 * @throws {Error} An address cannot be listened on, with the way out.
 */
export async function listenMedia(
  config: Config,
  { hooks, bans, followers, recordings, sink, certificates, takesOver, log, clock }: MediaDeps,
): Promise<ListeningMedia> {
  const environment = systemEnvironment(clock);
  const hls = openHlsState((notice) => log.write("warn", undefined, notice));
  const deps = {
    ...{ hooks: hooks.decisions, log, clock, clientIds: hooks.clientIds, environment, recordings },
    certificates: mediaCertificates(certificates),
    bans: bans.list(),
    ...(isFollowed(config) ? { events: followers } : {}),
  };
  const threads = threadCount(config.process.workers);
  try {
    const players = playerListener(config, { takesOver });
    if (!takesOver) {
      refuseTakenPorts([...config.rtmp.listen, ...config.rtmp.proxyListen]);
      refuseTakenTlsPorts(config);
    }
    if (players.warning !== undefined) {
      log.write("warn", undefined, "Players by HTTP are not served", { error: players.warning });
    }
    const options = { rtmp: config.rtmp, http: players.options };
    const { reusePort } = config.process;
    if (threads === 1) {
      const node = await MediaNode.listen(options, { ...deps, reusePort, hls: { ...hls, sink } });
      return { options, media: node };
    }
    const { random } = environment;
    const media = await ThreadedServer.listen(options, {
      ...{ ...deps, hls, sink },
      threads,
      hookedVhosts: hookedVhosts(config),
      random,
      logThreshold: log.threshold,
    });
    return { options, media };
  } catch (error) {
    if (!isListenError(error)) throw error;
    throw new Error(listenersFailure("RTMP", config.rtmp.listen, "listen", error));
  }
}

/** Vhosts with hooks: in all others every request is allowed where it arises. */
export function hookedVhosts({ hooks: { vhosts } }: Config): readonly string[] {
  return [...vhosts.keys()].filter((name) => vhosts.get(name)?.enabled);
}

/** Threads that serve media: one is the main thread. */
export function threadCount(workers: number | "auto"): number {
  return workers === "auto" ? navigator.hardwareConcurrency : workers;
}

/** Ports for TLS are shared, so that a new certificate can take over. */
function refuseTakenTlsPorts(config: Config): void {
  for (const [name, { listen }] of tlsListeners(config)) {
    try {
      refuseTakenPorts(listen);
    } catch (error) {
      if (!isListenError(error)) throw error;
      throw new Error(listenersFailure(name, listen, `${name}.listen`, error));
    }
  }
}
