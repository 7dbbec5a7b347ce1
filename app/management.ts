/**
 * What operators and their programs look at: the API and the exporter, put together.
 *
 * @module
 */
import { resolve } from "node:path";
import type { Clock, ListenAddress, TlsPair } from "../core/mod.ts";
import { type Config, showOrigin } from "../config/mod.ts";
import { type HookService, probeHook } from "../hooks/mod.ts";
import {
  type ApiDeps,
  ApiServer,
  ExporterServer,
  type Identity,
  type LimitHits,
  MetricsPage,
} from "../http/mod.ts";
import { type Logger, maskSecrets } from "../system/log/mod.ts";
import { countFault } from "../rtmp/mod.ts";
import { type CertificateStore, refuseTakenPorts } from "../system/mod.ts";
import { API_TOKEN_FILE, needsToken, withApiToken } from "./api_token.ts";
import type { Draining } from "./draining.ts";
import type { BanStore } from "./ban_store.ts";
import type { Followers } from "./followers.ts";
import { readKernelNames } from "./kernel_names.ts";
import type { MediaServer } from "./media_server.ts";
import type { RecordingLibrary } from "./recording_library.ts";
import { isListenError, listenersFailure } from "./listen_failure.ts";
import { ProcessReader } from "./process_facts.ts";
import { VERSION } from "./version.ts";

/** What is shown. */
export interface Shown {
  readonly config: Config;
  readonly rtmp: MediaServer;
  readonly hooks: HookService;
  readonly bans: BanStore;
  readonly followers: Followers;
  readonly recordings: RecordingLibrary;
  readonly certificates: CertificateStore;
  readonly draining: Draining;
  /** The process that has the ports shares them. */
  readonly takesOver: boolean;
  readonly log: Logger;
  readonly clock: Clock;
}

/** Where it listens. */
export interface ManagementAddresses {
  readonly api: readonly ListenAddress[];
  /** Empty where the API is not served by HTTPS. */
  readonly apiTls: readonly ListenAddress[];
  readonly exporter: readonly ListenAddress[];
}

/** What listens. */
export class Management {
  readonly #api: ApiServer | undefined;
  readonly #exporter: ExporterServer | undefined;
  #draining = false;

  /**
   * Listen with what is switched on.
   *
   * @throws {Error} When one cannot listen or the API's token cannot be kept, with the way out; none listens then.
   */
  constructor(shown: Shown) {
    const { config: { http: { api: configured, exporter }, process: { reusePort } }, takesOver } = shown;
    const api = withApiToken(configured);
    if (needsToken(configured)) {
      shown.log.write(
        "warn",
        undefined,
        "The API listens beyond loopback: callers need the token of this file",
        {
          file: resolve(API_TOKEN_FILE),
        },
      );
    }
    const deps = apiDeps(shown, () => this.#draining);
    this.#api = api.enabled
      ? listening(
        "the API",
        "http_api.listen",
        api.listen,
        { takesOver },
        () => ApiServer.listen({ ...api, reusePort }, deps, shown.certificates.pairOf("http_api.https")),
      )
      : undefined;
    try {
      const { clock, rtmp, log } = shown;
      const exporterDeps = { clock, media: rtmp, page: deps.metrics, limits: deps.limits, log, reusePort };
      this.#exporter = exporter.enabled
        ? listening(
          "the exporter",
          "exporter.listen",
          exporter.listen,
          { takesOver },
          () => ExporterServer.listen(exporter.listen, exporterDeps),
        )
        : undefined;
    } catch (error) {
      void this.#api?.close();
      throw error;
    }
  }

  /** Where both listen, with the ports that the system chose. */
  get addresses(): ManagementAddresses {
    const api = this.#api;
    return {
      api: api?.addresses ?? [],
      apiTls: api?.tlsAddresses ?? [],
      exporter: this.#exporter?.addresses ?? [],
    };
  }

  /**
   * Clients of the API by HTTPS that connect from now on get this certificate.
   *
   * @throws {Error} It cannot be used; the old one stays.
   */
  setCertificate(pair: TlsPair): void {
    this.#api?.setCertificate(pair);
  }

  /** The server is stopping: load balancers are to send nobody more. */
  drain(): void {
    this.#draining = true;
  }

  /** The end, which could be watched until here. Settles in a second at the latest. */
  async close(): Promise<void> {
    await Promise.all([this.#api?.close(), this.#exporter?.close()]);
  }
}

function apiDeps(
  { config, rtmp, hooks, bans, followers, recordings, certificates, draining, log, clock }: Shown,
  stopping: () => boolean,
): ApiDeps {
  const identity: Identity = {
    version: VERSION,
    serverId: config.rtmp.serverId,
    serviceId: hooks.serviceId,
    pid: Deno.pid,
  };
  const process = new ProcessReader(clock, maskSecrets);
  const limits: LimitHits = {
    hit: (limit, client, line) => rtmp.limits.hit(limit, client, line),
    count: (limit, times) => rtmp.limits.count(limit, times),
    acceptFailed: (fault, error) => countFault(rtmp.limits, fault, error),
  };
  const { sessions, events } = followers;
  const metrics = new MetricsPage(config.http.exporter, {
    ...{ media: rtmp, hooks, identity, process, sessions, mask: maskSecrets },
    kernel: readKernelNames(),
    certificates: () => certificates.facts(),
  });
  return {
    clock,
    limits,
    media: rtmp,
    bans,
    hooks,
    tryHook: (event, values) => probeHook(config.hooks, event, values, clock),
    hookRows: hooks.rows,
    recordings,
    forward: (order) => rtmp.forward(order),
    pull: (order) => rtmp.pull(order),
    settings: config.settings.map(({ vhost, path, toml, masked, origin }) => ({
      vhost,
      key: path,
      value: masked ?? toml,
      masked: masked !== undefined,
      origin: showOrigin(origin),
    })),
    vhosts: Array.from(config.rtmp.vhosts.values(), ({ name, enabled, hls }) => ({
      name,
      enabled,
      ...(hls.enabled ? { hlsFragmentMs: hls.fragmentMs } : {}),
    })),
    identity,
    certificates: () => certificates.facts(),
    process,
    events,
    followers,
    metrics,
    log,
    players: rtmp.addresses.http,
    playersTls: rtmp.addresses.https,
    drain: { facts: () => draining.facts, start: (by) => void draining.start(by) },
    logThreshold: log.threshold,
    configuredLogLevel: config.log.level,
    mask: maskSecrets,
    readiness: () => ({
      listening: rtmp.listening,
      outbox: hooks.snapshot().outbox.alarm === undefined,
      draining: stopping() || draining.facts !== undefined,
    }),
  };
}

/** What `listen` gives; a failure names the key and the way out. */
function listening<T>(
  what: string,
  key: string,
  addresses: readonly ListenAddress[],
  { takesOver }: Pick<Shown, "takesOver">,
  listen: () => T,
): T {
  try {
    if (!takesOver) refuseTakenPorts(addresses);
    return listen();
  } catch (error) {
    if (!isListenError(error)) throw error;
    throw new Error(listenersFailure(what, addresses, key, error));
  }
}
