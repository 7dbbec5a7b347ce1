/**
 * `connect`: what a client says of itself. RTMP 1.0 §7.2.1.1. Pure.
 *
 * @module
 */
import { Amf0Object, type Amf0Value } from "../wire/amf0.ts";
import type { Command } from "../wire/command.ts";
import { type EnhancedCapabilities, readCapabilities } from "./enhanced_rtmp.ts";
import { DEFAULT_VHOST } from "../../core/mod.ts";

/** The contents of a `connect`. */
export interface ConnectCommand {
  /** As sent, but for blanks around it; built from `app` where the client sent none, `""` without both. */
  readonly tcUrl: string;
  /** The app alone, `""` when the client sent none. */
  readonly app: string;
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

/** What a `connect` without a command object says: it is refused for its address. */
const NOTHING: ConnectCommand = Object.freeze({
  tcUrl: "",
  app: "",
  pageUrl: "",
  swfUrl: "",
  flashVer: "",
  objectEncoding: 0,
  capabilities: readCapabilities(new Amf0Object()),
  isRelay: false,
  args: [],
});

/**
 * Read a `connect`. The app comes from the tcUrl, as in SRS; without a tcUrl the member `app` names it on the default
 * vhost, as nginx-rtmp has it.
 */
export function readConnectCommand(command: Command): ConnectCommand {
  const [members, ...args] = command.args;
  if (!(members instanceof Amf0Object)) return { ...NOTHING, args };
  const app = text(members, "app").trim();
  // Some SDKs write the key in small letters.
  const tcUrl = (text(members, "tcUrl") || text(members, "tcurl")).trim();
  const objectEncoding = members.get("objectEncoding");
  return {
    tcUrl: tcUrl === "" ? addressOf(app) : tcUrl,
    app,
    pageUrl: text(members, "pageUrl"),
    swfUrl: text(members, "swfUrl"),
    flashVer: text(members, "flashVer"),
    objectEncoding: typeof objectEncoding === "number" ? objectEncoding : 0,
    capabilities: readCapabilities(members),
    isRelay: args[0] instanceof Amf0Object && text(args[0], "srs_sig") !== "",
    args,
  };
}

/** Some SDKs put the whole address into `app`. */
function addressOf(app: string): string {
  if (app === "" || /^[a-z]+:\/\//i.test(app)) return app;
  return `rtmp://${DEFAULT_VHOST}/${app}`;
}

function text(members: Amf0Object, key: string): string {
  const value = members.get(key);
  return typeof value === "string" ? value : "";
}
