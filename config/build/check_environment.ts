/**
 * Compares the variables that begin with `SRS_` with the schema, as `checkKeys` does with a file: one that looks
 * like a misspelt key is a problem, one that only SRS obeys is a warning, and those of an orchestrator are none.
 *
 * @module
 */

import type { Diagnostics } from "../problems/diagnostics.ts";
import { didYouMean } from "../problems/did_you_mean.ts";
import { environmentNames, isSection } from "../schema/schema.ts";
import type { Environment } from "../schema/setting_reader.ts";
import { isDisabled, UNSUPPORTED_KEYS, type UnsupportedKey } from "../schema/unsupported_keys.ts";

/** What all variables of this server begin with. */
export const VARIABLE_PREFIX = "SRS_";

/** Kubernetes sets these for each service whose name begins with "srs", without being asked. */
const SERVICE_LINK =
  /_SERVICE_(?:HOST|PORT(?:_[A-Z\d_]+)?)$|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/;
/** The one of them whose name does not show it, as in `SRS_PORT=tcp://10.0.0.7:1935`. */
const SERVICE_PORT = /_PORT$/;
const SERVICE_ADDRESS = /^(?:tcp|udp|sctp):\/\//;

/**
 * Check the names of all variables that begin with `SRS_`; an empty one counts as absent.
 *
 * @param environment The variables.
 * @param diagnostics Takes what is found.
 */
export function checkEnvironment(environment: Environment, diagnostics: Diagnostics): void {
  const known = new Set(environmentNames());
  for (const name of Object.keys(environment).toSorted()) {
    const value = (environment[name] ?? "").trim();
    const foreign = !name.startsWith(VARIABLE_PREFIX) || known.has(name) || isServiceLink(name, value);
    if (value !== "" && !foreign) checkVariable(name, value, known, diagnostics);
  }
}

function checkVariable(
  name: string,
  value: string,
  known: ReadonlySet<string>,
  diagnostics: Diagnostics,
): void {
  const unsupported = unsupportedVariable(name);
  if (unsupported !== undefined) {
    if (!isDisabled(value)) {
      diagnostics.environmentWarning(name, "Has no effect here", unsupported.alternative);
    }
    return;
  }
  const near = didYouMean(bare(name), Array.from(known, bare)) ?? beginning(bare(name), known);
  // Its value is not shown: SRS_PASSWORD of another program, or a key with a misspelt name, would be in every log.
  const message = "Unknown variable";
  if (near !== undefined) {
    diagnostics.environmentProblem(name, message, `did you mean ${VARIABLE_PREFIX}${near}?`);
  } else if (isBelowSection(bare(name))) {
    diagnostics.environmentProblem(name, message, "docs/CONFIGURATION.md lists those that are known");
  } else {
    // Other programs use the prefix too: SRS_HOME or SRS_VERSION must not keep a server from starting.
    diagnostics.environmentWarning(name, message, "it has no effect");
  }
}

/** The longest known name that something was added to, as in `SRS_LISTEN_PORT`. */
function beginning(name: string, known: ReadonlySet<string>): string | undefined {
  const found = Array.from(known, bare).filter((candidate) => name.startsWith(`${candidate}_`));
  return found.toSorted((a, b) => b.length - a.length)[0];
}

/** The variables of SRS begin as ours do; a key includes everything below it. */
function unsupportedVariable(name: string): UnsupportedKey | undefined {
  return UNSUPPORTED_KEYS.find(({ scope, path }) => {
    const own = `${scope === "vhost" ? "VHOST_" : ""}${path.toUpperCase().replaceAll(".", "_")}`;
    return bare(name) === own || bare(name).startsWith(`${own}_`);
  });
}

function isServiceLink(name: string, value: string): boolean {
  return SERVICE_LINK.test(name) || (SERVICE_PORT.test(name) && SERVICE_ADDRESS.test(value));
}

/** Whether the name begins as those of a section do: no other program would name a variable so. */
function isBelowSection(name: string): boolean {
  const parts = name.toLowerCase().split("_");
  if (parts[0] === "vhost") return true;
  return parts.some((_, index) => index > 0 && isSection("root", parts.slice(0, index).join("_")));
}

function bare(name: string): string {
  return name.slice(VARIABLE_PREFIX.length);
}
