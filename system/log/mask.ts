/**
 * Secrets out of log texts: parameters that name a token or key, passwords in addresses, webhook secrets,
 * bearer tokens. Rather masks too much than too little. Pure.
 *
 * @module
 */

/** What replaces a secret. */
const MASK = "***";

/** A parameter is secret when its name contains one of these. */
const SECRET_NAME = /token|key|secret|sign|pass|auth|pwd|credential/i;

/** Fields that are ours, so only these exact names: `key_frames` is not a secret. */
const SECRET_FIELD =
  /^(?:.*(?:token|secret|password|signature)|key|stream_key|auth|authorization|pass|pwd|sign)$/i;

/**
 * Cheap test that sends most texts back unchanged: the API masks thousands of addresses a second, few of which have
 * anything secret. A password in an address is before an `@`.
 */
const SUSPICIOUS = /token|key|secret|sign|pass|auth|pwd|credential|whsec_|bearer|basic\s|@/i;

/** A name and its equals sign, literal or percent-encoded; the look-behind keeps long words linear. */
const PARAMETER = /(?<![\w.-])([\w.-]+)(?:=|%3d)/gi;

/** Where the value of a parameter ends. */
const VALUE_END = /[&\s"'<>`]/g;

/** `"name": "value"` or a bare value in JSON. */
const JSON_MEMBER = /("([^"\\]{0,64})"\s{0,4}:\s{0,4})("(?:[^"\\]|\\.)*|[\w.+-]+)/g;

/** The same where the JSON itself is quoted in a string. */
const QUOTED_JSON_MEMBER = /(\\"([^"\\]{0,64})\\"\s{0,4}:\s{0,4})(\\"[^"\\]*|[\w.+-]+)/g;

/** `scheme://user:password@`. */
const USER_INFO = /(:\/\/)[^/\s"'@?#]{1,256}(?:@[^/\s"'@?#]{1,256})*@/g;

const WEBHOOK_SECRET = /whsec_[\w+/=-]*/g;
const BEARER = /\b(bearer|basic)\s+[\w.~+/=-]+/gi;

/**
 * `text` with the values of secrets replaced by `***`.
 *
 * @returns `text` itself when nothing looked like a secret.
 */
export function maskSecrets(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return maskParameters(
    text
      .replace(USER_INFO, `$1${MASK}@`)
      .replace(WEBHOOK_SECRET, `whsec_${MASK}`)
      .replace(BEARER, `$1 ${MASK}`)
      .replace(JSON_MEMBER, maskMember)
      .replace(QUOTED_JSON_MEMBER, maskMember),
  );
}

/** Whether a field of this name is never shown. */
export function isSecretField(name: string): boolean {
  return SECRET_FIELD.test(name);
}

/** What replaces a secret field's value. */
export function maskedValue(): string {
  return MASK;
}

function maskMember(whole: string, start: string, name: string, value: string): string {
  if (!SECRET_NAME.test(name)) return whole;
  return start + (value.match(/^\\?"/)?.[0] ?? "") + MASK;
}

/** The search goes on right after a harmless parameter's name, so that its value may hold another one. */
function maskParameters(text: string): string {
  let masked = "";
  let copied = 0;
  for (const match of text.matchAll(PARAMETER)) {
    const valueStart = match.index + match[0].length;
    if (valueStart <= copied || !SECRET_NAME.test(match[1] ?? "")) continue;
    VALUE_END.lastIndex = valueStart;
    const end = VALUE_END.exec(text)?.index ?? text.length;
    masked += text.slice(copied, valueStart) + MASK;
    copied = end;
  }
  return copied === 0 ? text : masked + text.slice(copied);
}
