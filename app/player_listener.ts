/**
 * The addresses of the server for players, where nobody has chosen them: another program may well be at 8080, and that
 * must not keep the server from what it was started for.
 *
 * @module
 */
import type { Config } from "../config/mod.ts";
import type { PlayerServerOptions } from "../http/mod.ts";
import { refuseTakenPorts } from "../system/mod.ts";
import { isListenError, listenersFailure } from "./listen_failure.ts";

/** The server for players as it can be started. */
export interface PlayerListener {
  readonly options: PlayerServerOptions;
  /** For the operator, where it is not started. */
  readonly warning?: string;
}

/**
 * Try the addresses. Where the default port is taken the server for players is left out.
 *
 * @param terms `takesOver`: the process that has the addresses shares them.
 * @throws {Error} When an address that was configured cannot be listened on, with the way out.
 */
export function playerListener(
  { http: { server }, settings }: Pick<Config, "http" | "settings">,
  { takesOver = false }: { readonly takesOver?: boolean } = {},
): PlayerListener {
  if (!server.enabled || takesOver) return { options: server };
  try {
    refuseTakenPorts([...server.listen, ...server.proxyListen]);
    return { options: server };
  } catch (error) {
    if (!isListenError(error)) throw error;
    const failure = listenersFailure("players by HTTP", server.listen, "http_server.listen", error);
    const isChosen = settings.some(({ path, origin }) =>
      (path === "http_server.listen" || path === "http_server.enabled") && origin.kind !== "default"
    );
    if (isChosen) throw new Error(failure);
    return { options: { ...server, enabled: false }, warning: failure };
  }
}
