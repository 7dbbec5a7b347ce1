/**
 * What a media thread may touch: as little as it can work with.
 *
 * @module
 */
import type { VhostOptions } from "../../stream/admission/mod.ts";
import { recordRoot } from "../../stream/record/mod.ts";

/** The permissions of a media thread of a server with these vhosts. */
export function mediaPermissions(vhosts: ReadonlyMap<string, VhostOptions>): Deno.PermissionOptionsObject {
  return {
    net: true,
    // The files of http_server.dir, and those of the player page.
    read: true,
    // Recordings.
    write: recordFolders(vhosts.values()),
    env: false,
    run: false,
    ffi: false,
    // How much room the disks of recordings have, and which addresses are the host's own.
    sys: ["statfs", "networkInterfaces"],
    import: false,
  };
}

/** The folders of recordings, each once. Where nothing is recorded by itself, the service or an operator may want it. */
export function recordFolders(vhosts: Iterable<Pick<VhostOptions, "dvr">>): string[] {
  return [...new Set(Array.from(vhosts, ({ dvr }) => recordRoot(dvr.path) || "."))];
}
