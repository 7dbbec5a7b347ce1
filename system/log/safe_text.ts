/**
 * Text of a client made fit for one log line: truncated, and without anything that ends a line, moves a cursor
 * or hides what follows (control characters, escape sequences, line and paragraph separators, direction
 * marks, lone surrogates). Pure.
 *
 * @module
 */

/**
 * C0, DEL, C1, soft hyphen-like invisibles, directions, separators, byte order mark and half surrogates.
 * A backslash is in it so that the escaped form can be distinguished from the same characters sent literally.
 */
const UNSAFE =
  // deno-lint-ignore no-control-regex
  /[\x00-\x1f\\\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** The same set, for a test that keeps no position. */
const HAS_UNSAFE = new RegExp(UNSAFE.source);

const NAMED: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Escape what a line may not contain, as `\n`, `\xHH` or `\uHHHH`.
 *
 * @returns `text` itself when nothing had to be escaped.
 */
export function escapeUnsafe(text: string): string {
  return HAS_UNSAFE.test(text) ? text.replace(UNSAFE, escapeCharacter) : text;
}

/**
 * Shorten `text` to `maxLength` UTF-16 units and say how many are missing.
 *
 * @param maxLength At least 1.
 */
export function truncate(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return `${text.slice(0, maxLength)}...(+${text.length - maxLength})`;
}

function escapeCharacter(character: string): string {
  const named = NAMED[character];
  if (named !== undefined) return named;
  const code = character.charCodeAt(0);
  const hex = code.toString(16);
  return code < 0x100 ? `\\x${hex.padStart(2, "0")}` : `\\u${hex.padStart(4, "0")}`;
}
