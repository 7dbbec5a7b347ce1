/**
 * The parts of a running server, and how another configuration is put in force in all of them.
 *
 * @module
 */
import { type Config, ConfigError, settingProblem } from "../../config/mod.ts";
import type { ReloadedKey } from "../../core/mod.ts";
import type { HookService } from "../../hooks/mod.ts";
import type { HlsDisk } from "../../http/mod.ts";
import type { Logger } from "../../system/log/mod.ts";
import type { CertificateStore, PreparedCertificates } from "../../system/mod.ts";
import { withApiToken } from "../api_token.ts";
import { certificateSources, mediaCertificates } from "../certificates.ts";
import type { Draining } from "../draining.ts";
import { type Followers, isFollowed } from "../followers.ts";
import { hlsDiskOptions } from "../hls_disk.ts";
import { listenersFailure } from "../listen_failure.ts";
import { hookedVhosts } from "../listen_media.ts";
import { type Management, wantedManagement } from "../management.ts";
import { wantedAddresses } from "../media_listeners.ts";
import type { MediaNodeOptions, MediaServer } from "../media_server.ts";
import { playerListener } from "../player_listener.ts";
import type { RecordingPruner } from "../recording_pruner.ts";
import { ListenProblem, openWanted, type ServerAddresses } from "./listener_moves.ts";
import type { Pace } from "./pace.ts";
import { ReloadFailure } from "./reload_log.ts";

/** The parts that a configuration is put in force in. */
export interface ServerParts {
  readonly log: Logger;
  readonly hooks: HookService;
  readonly media: MediaServer;
  readonly management: Management;
  readonly disk: HlsDisk;
  readonly pruner: RecordingPruner;
  readonly followers: Followers;
  readonly certificates: CertificateStore;
  readonly draining: Draining;
}

/** How far a configuration has come. */
export interface ApplyOptions {
  /** Nothing differs but, perhaps, what is in the files of certificates. */
  readonly isSame: boolean;
  /** Nothing can fail any more: what changes may be logged, by what is still in force. */
  agreed(): void;
  /** Leaves room for media between the parts. */
  readonly pace: Pace;
}

/** A server that runs. */
export class RunningServer {
  readonly #parts: ServerParts;
  /** As it is wanted: port 0 lets the system choose. */
  #addresses: ServerAddresses;
  /** Players by HTTP are left out where another program has the default port. */
  #players: boolean;

  /** @param options What its media threads were started with. */
  constructor(config: Config, options: MediaNodeOptions, parts: ServerParts) {
    this.#parts = parts;
    this.#addresses = { ...wantedAddresses(options), ...wantedManagement(config) };
    this.#players = options.http.enabled;
  }

  /** It drains: it listens nowhere, and is not to begin again. */
  get isLeaving(): boolean {
    return this.#parts.draining.facts !== undefined;
  }

  /**
   * Put a configuration in force.
   *
   * @returns The keys of certificates that were renewed.
   * @throws {ConfigError} or {@link ReloadFailure}: nothing has changed.
   */
  async apply(config: Config, { isSame, agreed, pace }: ApplyOptions): Promise<readonly ReloadedKey[]> {
    const { certificates } = this.#parts;
    const pairs = attempt(() => certificates.prepare(certificateSources(config)));
    if (isSame) return renewedKeys(config, pairs.use());
    const { log, management, media, disk, pruner, followers } = this.#parts;
    const api = attempt(() => withApiToken(config.http.api));
    const options = { rtmp: config.rtmp, http: this.#playersOf(config) };
    const wanted = { ...wantedAddresses(options), ...wantedManagement(config) };
    const openAgain = management.guardAhead(api);
    let closeOthers: () => Promise<void>;
    try {
      closeOthers = await this.#open(config, wanted, pairs);
      await pace.pause();
      await this.#reloadHooks(config);
    } catch (error) {
      openAgain();
      throw error;
    }
    await pace.pause();
    // By the more talkative of both levels, so that the log says why its lines change.
    const isTalkative = log.isEnabled("trace");
    if (isTalkative) agreed();
    await log.reconfigure(config.log);
    if (!isTalkative) agreed();
    const renewed = pairs.use();
    await pace.pause();
    disk.replaceOptions(hlsDiskOptions(config));
    followers.setApi(config.http.api);
    media.replaceOptions({
      options,
      hookedVhosts: hookedVhosts(config),
      ...(isFollowed(config) ? { events: followers } : {}),
    });
    await pace.pause();
    pruner.replaceVhosts(config.rtmp.vhosts);
    management.replaceOptions(config, api, log);
    this.#addresses = wanted;
    this.#players = options.http.enabled;
    await closeOthers();
    return renewedKeys(config, renewed);
  }

  async #reloadHooks(config: Config): Promise<void> {
    try {
      await this.#parts.hooks.reload(config.hooks);
    } catch (error) {
      await this.#keep(this.#addresses);
      throw new ReloadFailure(error);
    }
  }

  /** Where nobody has chosen the address, the port may have been taken at the start, and be free now. */
  #playersOf(config: Config): MediaNodeOptions["http"] {
    const { server } = config.http;
    return this.#players || !server.enabled
      ? server
      : attempt(() => playerListener(config, { takesOver: false })).options;
  }

  async #open(
    config: Config,
    wanted: ServerAddresses,
    pairs: PreparedCertificates,
  ): Promise<() => Promise<void>> {
    const { certificates, management, media } = this.#parts;
    const added = mediaCertificates({
      pairOf: (listener) => certificates.pairOf(listener) === undefined ? pairs.pairOf(listener) : undefined,
    });
    media.setCertificates(added);
    const listening = {
      open: async (addresses: ServerAddresses) => {
        management.openListeners(addresses, pairs.pairOf("http_api.https"));
        await media.openListeners(addresses);
      },
      keep: (addresses: ServerAddresses) => this.#keep(addresses),
    };
    try {
      return await openWanted(listening, this.#addresses, wanted);
    } catch (error) {
      throw error instanceof ListenProblem ? listenError(config, error) : new ReloadFailure(error);
    }
  }

  async #keep(addresses: ServerAddresses): Promise<void> {
    await Promise.all([
      this.#parts.management.keepListeners(addresses),
      this.#parts.media.keepListeners(addresses),
    ]);
  }
}

/** What `prepare` gives; what it throws keeps the configuration from being put in force. */
function attempt<T>(prepare: () => T): T {
  try {
    return prepare();
  } catch (error) {
    throw new ReloadFailure(error);
  }
}

function listenError(config: Config, { key, address, cause }: ListenProblem): ConfigError {
  const message = listenersFailure(key, [address], key, cause);
  return new ConfigError([settingProblem(config, { path: key, vhost: undefined }, message)]);
}

/** Certificates whose files have another content. */
function renewedKeys({ settings }: Config, listeners: readonly string[]): readonly ReloadedKey[] {
  return listeners.flatMap((listener) => {
    const key = `${listener}.cert`;
    const file = settings.find(({ vhost, path }) => vhost === undefined && path === key)?.toml;
    return [{ key, from: file, to: file, when: "live" as const }];
  });
}
