/**
 * What the API shows and changes, taken from the parts of the server.
 *
 * @module
 */
import { type Config, type Setting, showOrigin } from "../config/mod.ts";
import type { Clock } from "../core/mod.ts";
import { type HookService, probeHook } from "../hooks/mod.ts";
import {
  type ApiDeps,
  type Identity,
  type LimitHits,
  type MetricsOptions,
  MetricsPage,
  type SettingFacts,
  type VhostFacts,
} from "../http/mod.ts";
import { countFault } from "../rtmp/mod.ts";
import type { VhostOptions } from "../stream/admission/mod.ts";
import { type Logger, maskSecrets } from "../system/log/mod.ts";
import type { CertificateStore } from "../system/mod.ts";
import type { BanStore } from "./ban_store.ts";
import type { Draining } from "./draining.ts";
import type { Followers } from "./followers.ts";
import { readKernelNames } from "./kernel_names.ts";
import type { MediaServer } from "./media_server.ts";
import { ProcessReader } from "./process_facts.ts";
import type { RecordingLibrary } from "./recording_library.ts";
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
  /** Reads the configuration again. */
  readonly reload: ApiDeps["reload"];
  readonly log: Logger;
  readonly clock: Clock;
}

/**
 * Everything that the API needs.
 *
 * @param now The configuration in force, looked at each time.
 */
export function apiDeps(
  { rtmp, hooks, bans, followers, recordings, certificates, draining, reload, log, clock }: Shown,
  now: () => Config,
  isStopping: () => boolean,
): ApiDeps {
  const identity: Identity = {
    version: VERSION,
    serverId: now().rtmp.serverId,
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
  const metrics = new MetricsPage(liveExporter(now), {
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
    tryHook: (event, values) => probeHook(now().hooks, event, values, clock),
    hookRows: hooks.rows,
    recordings,
    forward: (order) => rtmp.forward(order),
    pull: (order) => rtmp.pull(order),
    reload,
    get settings() {
      return now().settings.map(settingFacts);
    },
    get vhosts() {
      return Array.from(now().rtmp.vhosts.values(), vhostFacts);
    },
    identity,
    certificates: () => certificates.facts(),
    process,
    events,
    followers,
    metrics,
    log,
    get players() {
      return rtmp.addresses.http;
    },
    get playersTls() {
      return rtmp.addresses.https;
    },
    drain: { facts: () => draining.facts, start: (by) => void draining.start(by) },
    logThreshold: log.threshold,
    get configuredLogLevel() {
      return now().log.level;
    },
    mask: maskSecrets,
    readiness: () => ({
      listening: rtmp.listening,
      outbox: hooks.snapshot().outbox.alarm === undefined,
      draining: isStopping() || draining.facts !== undefined,
    }),
  };
}

function settingFacts({ vhost, path, toml, masked, origin }: Setting): SettingFacts {
  return {
    ...{ vhost, key: path, value: masked ?? toml },
    ...{ masked: masked !== undefined, origin: showOrigin(origin) },
  };
}

function vhostFacts({ name, enabled, hls }: VhostOptions): VhostFacts {
  return { name, enabled, ...(hls.enabled ? { hlsFragmentMs: hls.fragmentMs } : {}) };
}

/** What an operator says of metrics, whenever it is looked at. */
function liveExporter(now: () => Config): MetricsOptions {
  return {
    get label() {
      return now().http.exporter.label;
    },
    get tag() {
      return now().http.exporter.tag;
    },
    get maxStreams() {
      return now().http.exporter.maxStreams;
    },
  };
}
