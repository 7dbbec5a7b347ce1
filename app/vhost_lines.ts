/**
 * Who may publish and play in each vhost, and where it is recorded, in words: what the banner and `srs -t` say. Pure.
 *
 * @module
 */
import type { Config } from "../config/mod.ts";

type Action = "publish" | "play";
type Access = Vhost["access"];
type Vhost = Config["rtmp"]["vhosts"] extends ReadonlyMap<string, infer T> ? T : never;
type Hooks = Config["hooks"]["vhosts"] extends ReadonlyMap<string, infer T> ? T : never;

/** More vhosts than this are summed up, but for those that are open. */
const MAX_LINES = 20;
/** More streams than this are counted. */
const MAX_STREAMS = 5;
const EVERYBODY = "everybody";
const ASKED = { publish: "on_publish", play: "on_play" } as const;

/** One vhost. */
interface VhostLine {
  readonly text: string;
  readonly isOpen: boolean;
}

/**
 * One line for each vhost; those that are open to everybody are always named.
 *
 * @param config What is in force.
 */
export function vhostLines({ rtmp, hooks }: Pick<Config, "rtmp" | "hooks">): readonly string[] {
  const all = Array.from(rtmp.vhosts.values(), (vhost) => vhostLine(vhost, hooks.vhosts.get(vhost.name)));
  const shown = all.filter(({ isOpen }, index) => isOpen || index < MAX_LINES);
  const others = all.length - shown.length;
  const rest = others === 0 ? [] : [`  vhost    and ${others} more, none of them open to everybody`];
  return [...shown.map(({ text }) => text), ...rest];
}

function vhostLine(vhost: Vhost, hooks: Hooks | undefined): VhostLine {
  const name = printable(vhost.name);
  if (!vhost.enabled) return { text: `  vhost    ${name}: off`, isOpen: false };
  const publish = whoMay("publish", vhost.access, hooks);
  const play = whoMay("play", vhost.access, hooks);
  const open = [...(publish === EVERYBODY ? ["publish"] : []), ...(play === EVERYBODY ? ["play"] : [])];
  const warning = open.length === 0 ? "" : `OPEN: everybody may ${open.join(" and ")}`;
  const rest = [
    ...(publish === EVERYBODY ? [] : [`publish: ${publish}`]),
    ...(play === EVERYBODY ? [] : [`play: ${play}`]),
  ];
  const edge = vhost.cluster.mode === "remote" ? [`edge of ${vhost.cluster.origins.join(", ")}`] : [];
  const recorded = recordedText(vhost.dvr);
  const parts = [...edge, ...(warning === "" ? [] : [warning]), ...rest, ...recorded];
  return { text: `  vhost    ${name}: ${parts.join("; ")}${shadowText(hooks)}`, isOpen: open.length > 0 };
}

function recordedText({ enabled, path, apply }: Vhost["dvr"]): readonly string[] {
  if (!enabled) return [];
  const to = `recorded to ${printable(path)}`;
  if (apply.includes("all")) return [to];
  if (apply.length === 0) return ["recorded: no stream, by dvr_apply"];
  const more = apply.length > MAX_STREAMS ? ` and ${apply.length - MAX_STREAMS} more` : "";
  return [`${printable(apply.slice(0, MAX_STREAMS).join(", "))}${more} ${to}`];
}

function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, "?");
}

/** What decides before an action: all of it has to allow. */
function whoMay(action: Action, access: Access, hooks: Hooks | undefined): string {
  const { security, refer } = access;
  if (isForNobody(action, security)) return "nobody, by security";
  const parts = [
    ...(isRestricted(action, security) ? ["security"] : []),
    ...(refer.enabled && refer.all.length + refer[action].length > 0 ? ["refer"] : []),
    ...credentials(action, access.credentials),
    ...askedEvents(action, hooks),
  ];
  return parts.length === 0 ? EVERYBODY : parts.join(", ");
}

function isForNobody(action: Action, { enabled, allow, deny }: Access["security"]): boolean {
  if (!enabled) return false;
  if (deny.some((rule) => rule.action === action && rule.from === "all")) return true;
  const admitted = allow.length === 0 ? deny.length > 0 : allow.some((rule) => rule.action === action);
  return !admitted;
}

/** Rules that refuse some addresses; those of the other action and what admits all of IPv4 refuse none. */
function isRestricted(action: Action, { enabled, allow, deny }: Access["security"]): boolean {
  if (!enabled) return false;
  const admitsAll = allow.length === 0 || allow.some((rule) => rule.action === action && isAll(rule.from));
  return !admitsAll || deny.some((rule) => rule.action === action);
}

/** `all`, or the network of all IPv4 addresses. */
function isAll(from: string): boolean {
  return from === "all" || /^[\d.]+\/0+$/.test(from);
}

function credentials(action: Action, options: Access["credentials"]): readonly string[] {
  const keys = action === "publish" ? options.publishKeys : options.playKeys;
  const signed = action === "publish" ? options.signedPublish : options.signedPlay;
  if (signed) return [keys.length > 0 ? "signed URL or key" : "signed URL"];
  return keys.length > 0 ? ["key"] : [];
}

function askedEvents(action: Action, hooks: Hooks | undefined): readonly string[] {
  if (hooks === undefined || !hooks.enabled || hooks.mode === "shadow") return [];
  return (["on_connect", ASKED[action]] as const).filter((event) => hooks.urls.has(event)).map((event) => {
    const decision = hooks.onError[event] ?? hooks.onError.default;
    return decision === "allow" ? `${event} (yes when it fails)` : event;
  });
}

function shadowText(hooks: Hooks | undefined): string {
  const isShadow = hooks?.enabled === true && hooks.mode === "shadow" && hooks.urls.size > 0;
  return isShadow ? " (hooks in shadow mode refuse nobody)" : "";
}
