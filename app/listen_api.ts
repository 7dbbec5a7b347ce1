/**
 * The API put together: what it shows, and where it listens.
 *
 * @module
 */
import { resolve } from "node:path";
import type { Clock } from "../core/mod.ts";
import { type Config, showOrigin } from "../config/mod.ts";
import type { HookService } from "../hooks/mod.ts";
import { ApiServer } from "../http/mod.ts";
import { type Logger, maskSecrets } from "../system/log/mod.ts";
import { countFault } from "../rtmp/mod.ts";
import { API_TOKEN_FILE, needsToken, withApiToken } from "./api_token.ts";
import type { BanStore } from "./ban_store.ts";
import type { MediaServer } from "./media_server.ts";
import { isListenError, listenersFailure } from "./listen_failure.ts";
import { ProcessReader } from "./process_facts.ts";
import { VERSION } from "./version.ts";

/** What the API shows. */
export interface Shown {
  readonly config: Config;
  readonly rtmp: MediaServer;
  readonly hooks: HookService;
  readonly bans: BanStore;
  readonly log: Logger;
  readonly clock: Clock;
}

/**
 * Start the API.
 *
 * @returns `undefined` where it is switched off.
 * @throws {Error} When it cannot listen, with the way out.
 */
export function listenApi({ config, rtmp, hooks, bans, log, clock }: Shown): ApiServer | undefined {
  const { enabled, ...options } = withApiToken(config.http.api);
  const { listen } = options;
  if (!enabled) return undefined;
  if (needsToken(config.http.api)) {
    log.write("warn", undefined, "The API listens beyond loopback: callers need the token of this file", {
      file: resolve(API_TOKEN_FILE),
    });
  }
  try {
    return ApiServer.listen(options, {
      clock,
      limits: {
        hit: (limit, client, line) => rtmp.limits.hit(limit, client, line),
        count: (limit, times) => rtmp.limits.count(limit, times),
        acceptFailed: (fault, error) => countFault(rtmp.limits, fault, error),
      },
      media: rtmp,
      bans,
      hooks,
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
      identity: {
        version: VERSION,
        serverId: config.rtmp.serverId,
        serviceId: hooks.serviceId,
        pid: Deno.pid,
      },
      process: new ProcessReader(clock, maskSecrets),
      log,
      mask: maskSecrets,
    });
  } catch (error) {
    if (!isListenError(error)) throw error;
    throw new Error(listenersFailure("the API", listen, "http_api.listen", error));
  }
}
