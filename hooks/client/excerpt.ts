/**
 * The part of an answer that a log line shows. Pure.
 *
 * @module
 */

/** Longer answers are cut here. */
const MAX_EXCERPT = 200;
const LENIENT_UTF8 = new TextDecoder();
const SECRET_MEMBER =
  /("[^"]*(?:token|key|secret|sign|pass|auth)[^"]*"\s*:\s*)("(?:[^"\\]|\\.)*"?|[^,}\s]+)/gi;
const SECRET_PARAMETER = /((?:token|key|secret|sign\w*|pass\w*|auth\w*)=)[^&\s"']+/gi;
const WEBHOOK_SECRET = /whsec_[\w+/=-]+/g;

/**
 * The beginning of an answer as one line, what looks secret replaced.
 *
 * @param secrets Further texts to hide, as they are configured.
 */
export function excerpt(body: Uint8Array, secrets: readonly string[]): string {
  // Masked before it is cut: a cut secret would no longer be recognised.
  let text = LENIENT_UTF8.decode(body.subarray(0, MAX_EXCERPT * 8));
  for (const secret of secrets) if (secret !== "") text = text.replaceAll(secret, "***");
  text = text
    .replace(WEBHOOK_SECRET, "***")
    .replace(SECRET_MEMBER, '$1"***"')
    .replace(SECRET_PARAMETER, "$1***")
    .replace(/\s+/g, " ");
  return text.length > MAX_EXCERPT ? `${text.slice(0, MAX_EXCERPT)}...` : text;
}
