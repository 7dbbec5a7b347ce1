/**
 * The applications of nginx-rtmp that become one vhost, and for which of them a directive counts only here.
 *
 * @module
 */

import type { Directive } from "./srs_conf_parser.ts";

/** An application with live streams. */
export interface NginxApplication {
  readonly name: string;
  /** Its directives, then those of the blocks around it: the first of a name counts. */
  readonly scope: readonly Directive[];
}

/**
 * The names of the applications in which no directive has an effect, each once.
 *
 * @param applications All that are kept.
 * @param hasIt Whether the directives of one have the effect in question.
 */
export function applicationsWithout(
  applications: readonly NginxApplication[],
  hasIt: (scope: readonly Directive[]) => boolean,
): readonly string[] {
  return [...new Set(applications.filter(({ scope }) => !hasIt(scope)).map(({ name }) => name))];
}

/**
 * `also for applications a and b`.
 *
 * @param names At least one.
 */
export function alsoFor(names: readonly string[]): string {
  const unique = [...new Set(names)];
  const last = unique.at(-1) ?? "";
  const before = unique.slice(0, -1);
  return before.length === 0
    ? `also for application ${last}`
    : `also for applications ${before.join(", ")} and ${last}`;
}
