/**
 * Which parts of a vhost protect it, record it or send it on: their loss is reported by an exit code.
 *
 * @module
 */

import type { Scope } from "../schema/key_spec.ts";
import type { LostSubject } from "./conversion.ts";

const SUBJECTS: Readonly<Record<string, LostSubject>> = Object.freeze({
  http_hooks: "hooks",
  security: "security",
  refer: "refer",
  cluster: "cluster",
  forward: "forward",
  dvr: "dvr",
  hls: "hls",
});

/**
 * What is lost with a key or block.
 *
 * @param scope Root or vhost.
 * @param path Its path of today, dotted.
 * @returns `undefined` for what an operator can do without.
 */
export function subjectOf(scope: Scope, path: string): LostSubject | undefined {
  const [first = ""] = path.split(".");
  return scope === "vhost" && Object.hasOwn(SUBJECTS, first) ? SUBJECTS[first] : undefined;
}
