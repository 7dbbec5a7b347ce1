/**
 * A configuration that is put in force while the server runs: what needs a restart stays as it is. Pure.
 *
 * @module
 */

import type { Config, Setting } from "../config.ts";
import { SettingIndex } from "../schema/setting_index.ts";
import { whenOf } from "./config_changes.ts";

/**
 * `after` with the values of `before` for keys that need a restart.
 *
 * @param before What runs.
 */
export function keepUntilRestart(before: Config, after: Config): Config {
  const { rtmp, hooks, http } = before;
  const { pid, workDir, workers, reusePort } = before.process;
  const { path, required } = hooks.outbox;
  const old = new SettingIndex(before.settings);
  const kept = (setting: Setting): Setting =>
    whenOf(setting) === "restart" ? old.find(setting) ?? setting : setting;
  return Object.freeze({
    ...after,
    rtmp: Object.freeze({ ...after.rtmp, serverId: rtmp.serverId }),
    hooks: Object.freeze({
      ...after.hooks,
      serverId: hooks.serverId,
      outbox: Object.freeze({ ...after.hooks.outbox, path, required }),
    }),
    http: Object.freeze({
      ...after.http,
      api: Object.freeze({
        ...{ ...after.http.api, eventsKept: http.api.eventsKept },
        https: withHttp2Of(http.api.https, after.http.api.https),
      }),
      server: Object.freeze({
        ...after.http.server,
        https: withHttp2Of(http.server.https, after.http.server.https),
      }),
    }),
    process: Object.freeze({ ...after.process, pid, workDir, workers, reusePort }),
    settings: Object.freeze(after.settings.map(kept)),
  });
}

function withHttp2Of<Https extends { readonly http2: boolean }>({ http2 }: Https, after: Https): Https {
  return Object.freeze({ ...after, http2 });
}
