/**
 * The kinds of values a key can have: how each is read from TOML and from plain words (environment, SRS's own
 * syntax), and how it is written. The simple kinds are here: switch, choice, text, count.
 *
 * @module
 */

/** A value that was read, or why it was not. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string; readonly suggestion?: string };

/** One kind of value. */
export interface ValueType<T> {
  /** For people: `switch`, `s`, `URLs`. */
  readonly name: string;
  /** What is permitted, for people; `""` when the name says it. */
  readonly range: string;
  /** A repeated directive of SRS adds to the one before; absent: the first one wins. */
  readonly repeats?: boolean;
  /** Read a value that came from TOML. */
  parse(value: unknown): Parsed<T>;
  /** Read words of the environment or of SRS's own syntax, all of them; absent where only TOML can say it. */
  fromWords?(words: readonly string[]): Parsed<T>;
  /** Write the value as TOML. */
  toToml(value: T): string;
  /** Write the value with its secret part masked; `undefined` when it holds no secret. */
  mask?(value: T): string | undefined;
}

/** A value that was read. */
export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** A value that cannot be read. */
export function invalid<T>(message: string, suggestion?: string): Parsed<T> {
  return suggestion === undefined ? { ok: false, message } : { ok: false, message, suggestion };
}

/** A foreign value for a message: short, on one line. */
export function show(value: unknown): string {
  if (value instanceof Date) return "a date";
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

/** Text as a TOML basic string. */
export function tomlString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll("\u007f", "\\u007f");
}

/** Texts as a TOML array; a single one as a string, none as `[]`. */
export function tomlStrings(texts: readonly string[]): string {
  const [first] = texts;
  if (texts.length === 1 && first !== undefined) return tomlString(first);
  return `[${texts.map(tomlString).join(", ")}]`;
}

/** A switch that is on by default. */
export const ON: boolean = true;
/** A switch that is off by default. */
export const OFF: boolean = false;

const YES_WORDS = ["on", "true", "yes"];
const NO_WORDS = ["off", "false", "no"];

/** `true` and `false`, or SRS's `"on"` and `"off"`. */
export const SWITCH: ValueType<boolean> = Object.freeze({
  name: "switch",
  range: "",
  parse(value: unknown): Parsed<boolean> {
    if (typeof value === "boolean") return parsed(value);
    if (value === "on" || value === "off") return parsed(value === "on");
    const word = typeof value === "string" ? value.toLowerCase() : "";
    const meant = YES_WORDS.includes(word) || value === 1
      ? "true"
      : NO_WORDS.includes(word) || value === 0
      ? "false"
      : undefined;
    const message = `Expected true, false, "on" or "off", found ${show(value)}`;
    return invalid(message, meant && `write ${meant}`);
  },
  fromWords(words: readonly string[]): Parsed<boolean> {
    const word = words.join(" ");
    return this.parse(word === "true" ? true : word === "false" ? false : word);
  },
  toToml: (value: boolean) => String(value),
});

/**
 * One word of a few.
 *
 * @param words The permitted words.
 */
export function choice<const T extends string>(words: readonly T[]): ValueType<T> {
  const range = words.map((word) => `"${word}"`).join(", ");
  return Object.freeze({
    name: "word",
    range,
    parse(value: unknown): Parsed<T> {
      const word = words.find((candidate) => candidate === value);
      return word === undefined ? invalid(`Expected one of ${range}, found ${show(value)}`) : parsed(word);
    },
    fromWords(words: readonly string[]): Parsed<T> {
      return this.parse(words.join(" "));
    },
    toToml: tomlString,
  });
}

/** Longest text value, in UTF-16 units: more than any path needs. */
const MAX_TEXT = 4096;

/** Any text without control characters, `""` permitted. */
export const TEXT: ValueType<string> = textType("text");

/** A path of a file or directory. */
export const PATH: ValueType<string> = textType("path");

/** A path that cannot be empty. */
export const NON_EMPTY_PATH: ValueType<string> = textType("path", 1);

function textType(name: string, minLength = 0): ValueType<string> {
  return Object.freeze({
    name,
    range: minLength > 0 ? "not empty" : "",
    parse(value: unknown): Parsed<string> {
      if (typeof value !== "string") return invalid(`Expected text in quotes, found ${show(value)}`);
      if (value.length < minLength) return invalid("Expected text, found nothing");
      if (value.length > MAX_TEXT) return invalid(`Text of ${value.length} characters is too long`);
      if (/\p{Cc}/u.test(value)) return invalid(`Control character in ${show(value)}`);
      return parsed(value);
    },
    fromWords(words: readonly string[]): Parsed<string> {
      return this.parse(words.join(" "));
    },
    toToml: tomlString,
  });
}

/**
 * A whole number.
 *
 * @param limits Both ends included; `zero` says what 0 means.
 */
export function count(limits: { min: number; max: number; zero?: string }): ValueType<number> {
  const { min, max, zero } = limits;
  const range = `${groupThousands(min)} to ${groupThousands(max)}${zero === undefined ? "" : `, 0 ${zero}`}`;
  return Object.freeze({
    name: "count",
    range,
    parse(value: unknown): Parsed<number> {
      if (typeof value !== "number" || !Number.isInteger(value)) {
        return invalid(`Expected a whole number, found ${show(value)}`, unquote(value));
      }
      if (value < min || value > max) return invalid(`${value} is out of range: ${range}`);
      return parsed(value);
    },
    fromWords(words: readonly string[]): Parsed<number> {
      const word = words.join(" ");
      return this.parse(/^-?\d+$/.test(word) ? Number(word) : word);
    },
    toToml: (value: number) => String(value),
  });
}

/** A hint for a number in quotes. */
export function unquote(value: unknown): string | undefined {
  return typeof value === "string" && /^-?\d+$/.test(value) ? `write ${value} without quotes` : undefined;
}

/** A number with its thousands set apart. */
export function groupThousands(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
