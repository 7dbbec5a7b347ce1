/**
 * What the reply to `connect` tells of the server, with the member names that SRS gives it. Pure.
 *
 * @module
 */

/** The Flash Media Server version that clients expect to read. */
const FMS_VERSION = "3,5,3,888";

/** What the caller of a session knows of its process. */
export interface ServerFacts {
  /** This server's version, for example `0.1.0`. */
  readonly version: string;
  /** The address that the client reached; `""` when it is not reported. */
  readonly serverIp: string;
  /** The system's number of this process. */
  readonly processId: number;
  /** The connection's number. */
  readonly clientId: number;
}

/** The members of `data` in the reply to `connect`, in SRS's order: for `SessionSettings.data`. */
export function serverInfo(facts: ServerFacts): Record<string, string | number> {
  const info: Record<string, string | number> = {
    version: FMS_VERSION,
    srs_sig: "SRS",
    srs_server: `SRS/${facts.version}`,
    srs_license: "MIT",
    srs_version: facts.version,
  };
  if (facts.serverIp !== "") info["srs_server_ip"] = facts.serverIp;
  info["srs_pid"] = facts.processId;
  info["srs_id"] = String(facts.clientId);
  return info;
}
