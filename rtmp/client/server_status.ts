/**
 * What servers say in their answers and statuses. RTMP 1.0 §7.2.2; `ex` as Flash Media Server and SRS have it. Pure.
 *
 * @module
 */
import {
  Amf0Object,
  type Amf0Value,
  type Command,
  MessageType,
  type RtmpMessage,
  withoutAmf3Prefix,
} from "../wire/mod.ts";
import type { ServerRefusal } from "./client_events.ts";

/** `ex.code` of a refusal that names another address. */
const REDIRECT_CODE = 302;
const BAR = "|".charCodeAt(0);
/** A short string of 8 bytes. */
const ON_STATUS = [2, 0, 8, ...new TextEncoder().encode("onStatus")];
/** What is kept of a text of the server. */
const MAX_TEXT = 512;

/** The information object of an answer or status: its last object. */
export function infoOf({ args }: Command): Amf0Object {
  return args.findLast((arg) => arg instanceof Amf0Object) ?? new Amf0Object();
}

/** A member that is a text; `""` without one. */
export function textOf(members: Amf0Object, name: string): string {
  const value: Amf0Value = members.get(name);
  return typeof value === "string" ? value.slice(0, MAX_TEXT) : "";
}

/** How the server names itself in its answer to `connect`; `""` where it does not. */
export function serverIdOf(command: Command): string {
  for (const arg of command.args) {
    const data = arg instanceof Amf0Object ? arg.get("data") : undefined;
    if (data instanceof Amf0Object) return textOf(data, "srs_id");
  }
  return "";
}

/** Why the server refuses, and where it sends its client. */
export function refusalOf(command: Command): ServerRefusal {
  const info = infoOf(command);
  const redirect = redirectOf(info);
  return {
    code: textOf(info, "code"),
    description: textOf(info, "description"),
    ...(redirect === "" ? {} : { redirect }),
  };
}

/** `redirect2` is the whole address, `redirect` has no stream in SRS. */
function redirectOf(info: Amf0Object): string {
  const ex = info.get("ex");
  if (!(ex instanceof Amf0Object) || ex.get("code") !== REDIRECT_CODE) return "";
  return textOf(ex, "redirect2") || textOf(ex, "redirect");
}

/**
 * Whether a data message is of the server, not of the stream: `|RtmpSampleAccess`, or `onStatus` with
 * NetStream.Data.Start. A name follows a marker and two bytes of length.
 */
export function isServerData(message: RtmpMessage): boolean {
  const body = withoutAmf3Prefix(message, MessageType.DataAmf3);
  if (body[3] === BAR) return true;
  return ON_STATUS.every((byte, index) => body[index] === byte);
}
