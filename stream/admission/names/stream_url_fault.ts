/**
 * Which urls of streams can be, for what an operator writes. Pure.
 *
 * @module
 */
import { DEFAULT_VHOST } from "../../../core/mod.ts";
import { checkName } from "./name_grammar.ts";
import type { VhostNames } from "./vhost.ts";

/**
 * Why no client can ever have this url, so that a ban of it would keep nobody away; `undefined` where one can.
 *
 * @param url As `canonicalBan` gives it.
 * @param vhosts Those that are configured.
 */
export function streamUrlFault(url: string, vhosts: VhostNames): string | undefined {
  const [vhost = "", ...segments] = url.split("/");
  const stream = segments.pop() ?? "";
  const app = segments.join("/");
  if (vhost === DEFAULT_VHOST) {
    return `a stream of the default vhost is written without it: /${app}/${stream}`;
  }
  if (vhost !== "" && !vhosts.has(vhost)) {
    return `there is no vhost ${vhost}; a stream of the default vhost begins with /, as in /${app}/${stream}`;
  }
  const badApp = checkName("app", app);
  if (badApp !== undefined) return `the app ${badApp}`;
  const badStream = checkName("stream", stream);
  return badStream === undefined ? undefined : `the stream name ${badStream}`;
}
