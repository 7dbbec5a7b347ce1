/**
 * Directives of SRS that ask for nothing, so that nothing is lost with them: what is off, or a block that SRS
 * itself leaves off.
 *
 * @module
 */

import type { Directive } from "./srs_conf_parser.ts";

/** Blocks that are on unless they say otherwise, and those that have no switch. */
const ON_BY_DEFAULT: ReadonlySet<string> = new Set([
  ...["nack", "twcc", "stats", "circuit_breaker", "rtmp", "tencentcloud_cls", "tencentcloud_apm"],
]);

/**
 * Whether a directive without effect here has none in SRS either.
 *
 * @param path Its path of today, dotted.
 * @param directive The directive.
 */
export function isSwitchedOff(path: string, { args, children }: Directive): boolean {
  if (path === "cluster") return !isEdge(children ?? []);
  if (children === undefined) return args[0] === "off" || (path === "cluster.mode" && args[0] === "local");
  const own = children.find(({ name }) => name === "enabled")?.args[0];
  return own === undefined
    ? !ON_BY_DEFAULT.has(path)
    : ON_BY_DEFAULT.has(path)
    ? own === "off"
    : own !== "on";
}

/** Whether a vhost is off: it is on by anything but this word. */
export function isVhostOff({ children = [] }: Directive): boolean {
  return children.find(({ name }) => name === "enabled")?.args[0] === "off";
}

/** Names of SRS 1 and 2 that mean something only together with another one of the same block. */
const DEPENDENT: Readonly<Record<string, (siblings: readonly Directive[]) => boolean>> = Object.freeze({
  origin: isEdge,
  token_traverse: isEdge,
  debug_srs_upnode: isEdge,
  hls_path: flatHlsIsOn,
  hls_fragment: flatHlsIsOn,
  hls_window: flatHlsIsOn,
});

/**
 * Whether a flat directive of SRS 1 or 2 belongs to something that is off.
 *
 * @param name The directive's name, as the file has it.
 * @param siblings The directives of its block.
 */
export function isIdle(name: string, siblings: readonly Directive[]): boolean {
  const isOn = Object.hasOwn(DEPENDENT, name) ? DEPENDENT[name] : undefined;
  return isOn !== undefined && !isOn(siblings);
}

function isEdge(directives: readonly Directive[]): boolean {
  return directives.some(({ name, args }) =>
    (name === "mode" && args[0] === "remote") || (name === "origin_cluster" && args[0] === "on")
  );
}

/** Whether a directive is the switch of HLS as SRS 0.9 wrote it, without a block. */
export function isFlatHls({ name, children }: Directive): boolean {
  return name === "hls" && children === undefined;
}

function flatHlsIsOn(directives: readonly Directive[]): boolean {
  return directives.some((directive) => isFlatHls(directive) && directive.args[0] === "on");
}
