/**
 * `connect`: what a client says of itself. RTMP 1.0 §7.2.1.1. Pure.
 *
 * @module
 */
import { Amf0Object, type Amf0Value } from "../wire/amf0.ts";
import type { Command } from "../wire/command.ts";
import { ProtocolError, ProtocolErrorCode } from "../wire/protocol_error.ts";
import { type EnhancedCapabilities, readCapabilities } from "./enhanced_rtmp.ts";

/** The contents of a `connect`. */
export interface ConnectCommand {
  /** As sent, but for blanks around it. */
  readonly tcUrl: string;
  /** These are `""` when the client sent none. */
  readonly pageUrl: string;
  readonly swfUrl: string;
  readonly flashVer: string;
  /** AMF version of objects, 0 or 3; 0 when the client said nothing. The reply repeats it. */
  readonly objectEncoding: number;
  readonly capabilities: EnhancedCapabilities;
  /** SRS names itself in a second object, whether it is an edge or forwards a stream. */
  readonly isRelay: boolean;
  /** What follows the command object. */
  readonly args: readonly Amf0Value[];
}

/**
 * Read a `connect`. The app comes from the tcUrl, as in SRS; the member of that name is not looked at.
 *
 * @throws {ProtocolError} `Command` without a command object or without a tcUrl that is a string.
 */
export function readConnectCommand(command: Command): ConnectCommand {
  const [members, ...args] = command.args;
  if (!(members instanceof Amf0Object)) {
    throw new ProtocolError(ProtocolErrorCode.Command, "Cannot connect: the command object is missing");
  }
  // Some SDKs write the key in small letters.
  const tcUrl = members.get("tcUrl") ?? members.get("tcurl");
  if (typeof tcUrl !== "string") {
    throw new ProtocolError(
      ProtocolErrorCode.Command,
      `Cannot connect: tcUrl is ${tcUrl === null ? "null" : typeof tcUrl}, not a string`,
    );
  }
  const objectEncoding = members.get("objectEncoding");
  return {
    tcUrl: tcUrl.trim(),
    pageUrl: text(members, "pageUrl"),
    swfUrl: text(members, "swfUrl"),
    flashVer: text(members, "flashVer"),
    objectEncoding: typeof objectEncoding === "number" ? objectEncoding : 0,
    capabilities: readCapabilities(members),
    isRelay: args[0] instanceof Amf0Object && text(args[0], "srs_sig") !== "",
    args,
  };
}

function text(members: Amf0Object, key: string): string {
  const value = members.get(key);
  return typeof value === "string" ? value : "";
}
