/**
 * The API put together: what it shows, and where it listens.
 *
 * @module
 */
import type { Clock } from "../core/mod.ts";
import type { Config } from "../config/mod.ts";
import type { HookService } from "../hooks/mod.ts";
import { ApiServer } from "../http/mod.ts";
import { type Logger, maskSecrets } from "../system/log/mod.ts";
import { countFault } from "../rtmp/mod.ts";
import type { MediaServer } from "./media_server.ts";
import { isListenError, listenersFailure } from "./listen_failure.ts";
import { ProcessReader } from "./process_facts.ts";
import { VERSION } from "./version.ts";

/** What the API shows. */
export interface Shown {
  readonly config: Config;
  readonly rtmp: MediaServer;
  readonly hooks: HookService;
  readonly log: Logger;
  readonly clock: Clock;
}

/**
 * Start the API.
 *
 * @returns `undefined` where it is switched off.
 * @throws {Error} When it cannot listen, with the way out.
 */
export function listenApi({ config, rtmp, hooks, log, clock }: Shown): ApiServer | undefined {
  const { enabled, listen, hosts, limits } = config.http.api;
  if (!enabled) return undefined;
  try {
    return ApiServer.listen({ listen, hosts, limits }, {
      clock,
      limits: {
        hit: (limit, client, line) => rtmp.limits.hit(limit, client, line),
        count: (limit, times) => rtmp.limits.count(limit, times),
        acceptFailed: (fault, error) => countFault(rtmp.limits, fault, error),
      },
      media: rtmp,
      hooks,
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
