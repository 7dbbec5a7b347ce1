/**
 * A denied client is sent elsewhere only where it can follow: an RTMP client to an RTMP address, an HTTP player to an
 * HTTP address.
 *
 * @module
 */
import type { Denial, Log } from "../../core/mod.ts";
import type { SessionFacts } from "../contract/payload.ts";

/** The verdict, without an address that the client cannot use, which is logged. */
export function withUsableRedirect(
  { redirect, ...verdict }: Denial,
  { clientId, protocol }: Pick<SessionFacts, "clientId" | "protocol">,
  log: Log,
): Denial {
  if (redirect === undefined) return verdict;
  const usable = protocol === "rtmp" ? /^rtmps?:/ : /^https?:/;
  if (usable.test(redirect)) return { ...verdict, redirect };
  log.write("warn", clientId, "Hook redirect is not for clients of this protocol", {
    protocol,
    redirect,
    url: verdict.address,
  });
  return verdict;
}
