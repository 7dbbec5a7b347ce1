/**
 * What a media thread may touch: as little as it can work with.
 *
 * @module
 */
import type { VhostOptions } from "../../stream/admission/mod.ts";
import { recordRoot } from "../../stream/record/mod.ts";

/** The permissions of a media thread of a server with these vhosts. */
export function mediaPermissions(vhosts: ReadonlyMap<string, VhostOptions>): Deno.PermissionOptionsObject {
  const recorded = [...vhosts.values()].filter(({ dvr }) => dvr.enabled);
  const folders = recorded.map(({ dvr }) => recordRoot(dvr.path) || ".");
  return {
    net: true,
    // The files of http_server.dir, and those of the player page.
    read: true,
    // Recordings.
    write: folders.length === 0 ? false : folders,
    env: false,
    run: false,
    ffi: false,
    sys: false,
    import: false,
  };
}
