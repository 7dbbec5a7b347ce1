/**
 * The token that a start makes where the API is reachable from elsewhere and nobody has configured who may call it.
 *
 * @module
 */
import { isLoopbackAddress } from "../config/mod.ts";
import { errorMessage } from "../core/mod.ts";
import { type ApiOptions, TOKEN_BYTES, tokenHash, tokenOf } from "../http/mod.ts";

/** Where it is kept, from `work_dir`. */
export const API_TOKEN_FILE = "objs/srs.api_token";
/** Only the user of this process may read it. */
const PRIVATE = 0o600;
const OTHERS = 0o077;
const FORM = /^srs_[\w-]{43}$/;

/** Whether the configuration itself says who may call. */
export function hasCredentials({ auth }: Pick<ApiOptions, "auth">): boolean {
  return auth.basic !== undefined || auth.tokens.length > 0;
}

/** Whether all that reach the API, by HTTP or HTTPS, would be let in. */
export function needsToken(options: ApiOptions): boolean {
  const { enabled, listen, https } = options;
  const addresses = https.enabled ? [...listen, ...https.listen] : listen;
  return enabled && !hasCredentials(options) && !addresses.every(isLoopbackAddress);
}

/**
 * The options with the token of the file in the current directory, which is made where there is none; as they are where
 * none is needed.
 *
 * @throws {Error} The file cannot be kept to this user: nothing may listen then.
 */
export function withApiToken(options: ApiOptions): ApiOptions {
  if (!needsToken(options)) return options;
  const token = { name: "generated", scope: "admin", sha256: tokenHash(keptToken() ?? newToken()) } as const;
  return { ...options, auth: { ...options.auth, tokens: [token] } };
}

/**
 * The token that a start has made.
 *
 * @returns `undefined` where there is none.
 * @throws {Error} The file cannot be read, has something else in it, or is open to others and cannot be closed.
 */
export function keptToken(path: string = API_TOKEN_FILE): string | undefined {
  try {
    const { mode } = Deno.statSync(path);
    if (mode !== null && (mode & OTHERS) !== 0) Deno.chmodSync(path, PRIVATE);
    const token = Deno.readTextFileSync(path).trim();
    if (FORM.test(token)) return token;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw failure("use", path, errorMessage(error));
  }
  throw failure("use", path, "it is not a token; remove it");
}

function newToken(): string {
  const token = tokenOf(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)));
  try {
    Deno.mkdirSync("objs", { recursive: true });
    Deno.writeTextFileSync(API_TOKEN_FILE, `${token}\n`, { mode: PRIVATE, createNew: true });
  } catch (error) {
    throw failure("write", API_TOKEN_FILE, errorMessage(error));
  }
  return token;
}

function failure(verb: string, path: string, why: string): Error {
  return new Error(
    `Cannot ${verb} the API's token in ${path}: ${why}. The API listens beyond loopback: set http_api.auth or ` +
      "http_api.tokens, or listen on 127.0.0.1",
  );
}
