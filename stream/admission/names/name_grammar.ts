/**
 * Which names an app or a stream may have, so that they are safe in files, URLs and logs.
 *
 * Letters and digits of any script are fine, and so are dots, `-_+=@~:,;&!$()'[]{}^` and the like. Refused is what
 * has a meaning elsewhere: path steps, drive letters, escapes of those, characters that no file name may hold,
 * blanks and whatever cannot be seen. Pure.
 *
 * @module
 */

/** Longest app or stream, bytes of UTF-8: what file systems take for one name. */
export const MAX_NAME_BYTES = 255;

/** What a name is for. An app may have several segments, joined by `/`. */
export type NameKind = "app" | "stream";

/**
 * Controls, format characters (direction marks, zero widths), lone surrogates, every kind of blank, and what is
 * shown as nothing: fillers of Hangul, variation selectors, the empty pattern of Braille.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;
/** What nearly all names are made of; nothing below could refuse such a one. */
const PLAIN = /^[A-Za-z0-9_-]+$/;
/** No file name on some system may hold these, and markup and URLs give them a meaning. */
const RESERVED = /[\\<>"|*?#]/;
const DRIVE_LETTER = /^[A-Za-z]:/;
/** Escapes of `.`, `/`, `\` and controls: harmless until somebody decodes twice. */
const HIDDEN_STEP = /%(?:2e|2f|5c|7f|[01][0-9a-f])/i;

/**
 * Check an app or a stream against the grammar.
 *
 * @param name Without its query.
 * @returns Why the name is refused, as the end of a sentence that begins with the name's kind, or `undefined`
 * when it is fine. The reason never holds the name.
 */
export function checkName(kind: NameKind, name: string): string | undefined {
  if (name.length <= MAX_NAME_BYTES && PLAIN.test(name)) return undefined;
  if (name === "") return "is empty";
  // A UTF-16 unit is at least one byte, so the encoder never meets a long text.
  if (name.length > MAX_NAME_BYTES || new TextEncoder().encode(name).byteLength > MAX_NAME_BYTES) {
    return `is longer than ${MAX_NAME_BYTES} bytes`;
  }
  if (INVISIBLE.test(name)) return "holds a control character or a blank";
  const reserved = RESERVED.exec(name);
  if (reserved !== null) return `holds the character ${reserved[0]}`;
  if (HIDDEN_STEP.test(name)) return "holds an escaped path step or control character";
  if (kind === "stream" && name.includes("/")) return "holds the character /";
  for (const segment of name.split("/")) {
    if (segment === "") return "has an empty segment";
    if (segment === "." || segment === "..") return "has a path step as segment";
    if (DRIVE_LETTER.test(segment)) return "begins like a drive letter";
  }
  return undefined;
}
