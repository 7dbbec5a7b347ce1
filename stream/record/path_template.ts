/**
 * Where a recording is written: SRS's path with variables, some of which a publisher chose.
 *
 * @module
 */

/** What the variables stand for. */
export interface PathFacts {
  /** `[vhost]`. */
  readonly vhost: string;
  /** `[app]`; may have several parts, as `live/room`. */
  readonly app: string;
  /** `[stream]`. */
  readonly stream: string;
  /** The moment of the date variables and of `[timestamp]`, milliseconds since 1970. */
  readonly wallMs: number;
}

/** A path, or why there is none. */
export type RecordPath =
  | {
    /** Where the file goes. `[duration]` is still in it. */
    readonly path: string;
    /** The folder that it must not leave, as the configuration names it. */
    readonly root: string;
  }
  | {
    /** Completes "cannot record: the path". */
    readonly problem: string;
  };

/** Of one name in a folder. */
const MAX_NAME_BYTES = 255;
/** Left for a number, and the end of a name while it is being written. */
const SPARE_NAME_BYTES = 16;
const VARIABLE = /\[([a-z0-9]+)\]/g;
/** What a file that is named by a folder alone is called in it. */
const DEFAULT_NAME = "[stream].[timestamp].flv";
/** What a folder is hardly called; digits alone may be those of a date or an address. */
const OTHER_EXTENSION = /\.(?!\d+$)[a-z0-9]{2,4}$/i;
const EXTENSION = /\.(?:flv|mp4)$/;

/** Names of variables whose values a client chose. */
const CLIENT_VARIABLES = ["vhost", "app", "stream"] as const;
/** Go's reference time, as SRS has it, in local time; `[999]` is milliseconds. */
const DATE_VARIABLES: Readonly<Record<string, (date: Date) => string>> = {
  "2006": (date) => pad(date.getFullYear(), 4),
  "01": (date) => pad(date.getMonth() + 1, 2),
  "02": (date) => pad(date.getDate(), 2),
  "15": (date) => pad(date.getHours(), 2),
  "04": (date) => pad(date.getMinutes(), 2),
  "05": (date) => pad(date.getSeconds(), 2),
  "999": (date) => pad(date.getMilliseconds(), 3),
  "timestamp": (date) => String(date.getTime()),
};

/** The duration of a finished file, milliseconds, in its name. */
export function withDuration(path: string, durationMs: number): string {
  return path.replaceAll("[duration]", String(Math.round(durationMs)));
}

/** Whether a template says in which format files are written. */
export function formatOf(template: string): "flv" | "mp4" {
  return template.endsWith(".mp4") ? "mp4" : "flv";
}

/** The folder that recordings by this template are below, `""` for the working directory. */
export function recordRoot(template: string): string {
  const { parts, fixed, isAbsolute } = partsOf(template);
  return `${isAbsolute ? "/" : ""}${parts.slice(0, fixed).join("/")}`;
}

/**
 * The path of a new file.
 *
 * @param template As `dvr_path` has it; a folder gets `[stream].[timestamp].flv`.
 */
export function recordPath(template: string, facts: PathFacts): RecordPath {
  const { parts, fixed } = partsOf(template);
  return pathOf(parts.slice(fixed), recordRoot(template), facts);
}

/**
 * The path of a new file where the operator's service chose it.
 *
 * @param chosen As `dvr_path`, from the folder on that recordings by `template` are below.
 */
export function chosenPath(chosen: string, template: string, facts: PathFacts): RecordPath {
  if (OTHER_EXTENSION.test(chosen) && !EXTENSION.test(chosen)) {
    return { problem: "ends in neither .flv nor .mp4" };
  }
  const { parts, isAbsolute } = partsOf(chosen);
  if (isAbsolute) return { problem: "is absolute: it begins in the folder of dvr_path" };
  return pathOf(parts[0] === "." ? parts.slice(1) : parts, recordRoot(template), facts);
}

function pathOf(parts: readonly string[], root: string, facts: PathFacts): RecordPath {
  const date = new Date(facts.wallMs);
  const filled = parts.flatMap((part) => fill(part, facts, date).split("/"));
  for (const part of filled) {
    const problem = problemOf(part);
    if (problem !== undefined) return { problem };
  }
  return { path: [...(root === "" ? [] : [root.replace(/\/$/, "")]), ...filled].join("/"), root };
}

/** A template's parts, of which the first `fixed` have no variable. */
function partsOf(template: string): {
  readonly parts: readonly string[];
  readonly fixed: number;
  readonly isAbsolute: boolean;
} {
  const whole = EXTENSION.test(template) ? template : `${template.replace(/\/+$/, "")}/${DEFAULT_NAME}`;
  const isAbsolute = whole.startsWith("/");
  const parts = (isAbsolute ? whole.slice(1) : whole).split("/");
  const firstVariable = parts.findIndex((part) => part.includes("["));
  const fixed = firstVariable < 0 ? parts.length - 1 : Math.min(firstVariable, parts.length - 1);
  return { parts, fixed, isAbsolute };
}

function fill(part: string, facts: PathFacts, date: Date): string {
  return part.replaceAll(VARIABLE, (whole, name: string) => {
    const client = CLIENT_VARIABLES.find((variable) => variable === name);
    // A name must not become a variable, nor be one for the name that a whole file gets.
    if (client !== undefined) return facts[client].replaceAll("[duration]", "(duration)");
    return DATE_VARIABLES[name]?.(date) ?? whole;
  });
}

/** Why a part of a path cannot be one. */
function problemOf(part: string): string | undefined {
  if (part === "") return "has an empty part";
  if (part === "." || part === "..") return `has a part ${JSON.stringify(part)}`;
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x1f\x7f\\]/.test(part)) return "has a character that no file name should have";
  if (part.startsWith(".")) return "has a part that begins with a dot";
  if (new TextEncoder().encode(part).length > MAX_NAME_BYTES - SPARE_NAME_BYTES) {
    return `has a part of more than ${MAX_NAME_BYTES - SPARE_NAME_BYTES} bytes`;
  }
  return undefined;
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}
