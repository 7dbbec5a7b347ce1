/**
 * One log line from its parts, as text or JSON: masked, cut, escaped. Pure; times are handed in.
 *
 * @module
 */
import { isSecretField, maskedValue, maskSecrets } from "./mask.ts";
import type { LogLevel } from "../../core/mod.ts";
import { escapeUnsafe, truncate } from "./safe_text.ts";

/** UTF-16 units of a message that are shown. */
const MAX_MESSAGE_LENGTH = 2000;

/** UTF-16 units of a field's value that are shown. */
const MAX_VALUE_LENGTH = 1000;

/** A bare value in a text line; any other is quoted, so that it cannot pose as further fields. */
const BARE_VALUE = /^[^\s="]+$/;

/** Members of a JSON line that no field may replace. */
const RESERVED: ReadonlySet<string> = new Set(["time", "level", "client_id", "message"]);

/** Values next to a line's message; `undefined` ones are left out. */
export type LineFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** What a line says. */
export interface LineParts {
  readonly level: LogLevel;
  /** `undefined` for what belongs to no connection. */
  readonly clientId: number | undefined;
  readonly message: string;
  readonly fields?: LineFields | undefined;
}

/**
 * `[2026-11-22 09:41:33.123][trace][4] message key=value`, without a line end.
 *
 * @param time The text between the first brackets.
 */
export function textLine(time: string, parts: LineParts): string {
  const id = parts.clientId === undefined ? "-" : String(parts.clientId);
  let line = `[${time}][${parts.level}][${id}] ${escapeUnsafe(masked(parts.message, MAX_MESSAGE_LENGTH))}`;
  for (const [name, value] of Object.entries(parts.fields ?? {})) {
    if (value !== undefined) line += ` ${name}=${textValue(name, value)}`;
  }
  return line;
}

/**
 * One JSON object with `time`, `level`, `client_id`, `message` and the fields, without a line end.
 *
 * @param time ISO 8601.
 */
export function jsonLine(time: string, parts: LineParts): string {
  const line: Record<string, string | number | boolean> = { time, level: parts.level };
  if (parts.clientId !== undefined) line["client_id"] = parts.clientId;
  line["message"] = masked(parts.message, MAX_MESSAGE_LENGTH);
  for (const [name, value] of Object.entries(parts.fields ?? {})) {
    if (value === undefined) continue;
    const shown = typeof value === "string" ? maskedField(name, value) : value;
    line[RESERVED.has(name) ? `${name}_` : name] = shown;
  }
  return escapeJson(JSON.stringify(line));
}

function textValue(name: string, value: string | number | boolean): string {
  if (typeof value !== "string") return String(value);
  const text = escapeUnsafe(maskedField(name, value));
  return BARE_VALUE.test(text) ? text : `"${text.replaceAll('"', '\\"')}"`;
}

function maskedField(name: string, value: string): string {
  return isSecretField(name) && value !== "" ? maskedValue() : masked(value, MAX_VALUE_LENGTH);
}

/** Cut first, generously, so that masking never works on megabytes; cut again when masked. */
function masked(text: string, maxLength: number): string {
  return truncate(maskSecrets(text.length > 4 * maxLength ? text.slice(0, 4 * maxLength) : text), maxLength);
}

/** `JSON.stringify` leaves some characters alone that a terminal or a line reader acts upon. */
function escapeJson(json: string): string {
  return json.replace(
    /[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
    (character) => {
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
    },
  );
}
