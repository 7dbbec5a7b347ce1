/**
 * What this server tells of itself in the reply to `connect`, member by member as SRS does. Pure.
 *
 * @module
 */
import type { RtmpOptions } from "../options.ts";

/** The members of the reply's `data`. */
export function serverData(
  { version, serverId }: Pick<RtmpOptions, "version" | "serverId">,
): Record<string, string | number> {
  return {
    version: "3,5,3,888",
    srs_sig: "SRS",
    srs_server: `srs ${version}`,
    srs_version: version,
    srs_id: serverId,
  };
}
