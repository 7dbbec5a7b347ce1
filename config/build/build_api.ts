/**
 * The options of the API: its credentials come from several keys and a file.
 *
 * @module
 */

import { errorMessage } from "../../core/mod.ts";
import type { ApiOptions, ApiTokenOptions } from "../../http/options.ts";
import type { Diagnostics } from "../problems/diagnostics.ts";
import { HTTP_KEYS } from "../schema/schema_http.ts";
import type { OptionsOf } from "../schema/schema_section.ts";
import type { SettingReader } from "../schema/setting_reader.ts";
import { API_TOKENS, PASSWORD } from "../types/api_auth_types.ts";
import type { FileReader } from "./file_reader.ts";
import { type FileProblem, readSecretFile } from "./secret_file.ts";
import { RootDiagnostics } from "./root_diagnostics.ts";

const KEYS = HTTP_KEYS.api;

/**
 * Put the options together.
 *
 * @param files Reads the file of tokens.
 */
export function buildApi(
  section: OptionsOf<typeof KEYS>,
  reader: SettingReader,
  diagnostics: Diagnostics,
  files: FileReader,
): Omit<ApiOptions, "https" | "trustedProxies"> {
  const { auth, tokens, tokensFile, maxAuthFailures, crossdomain, ...rest } = section;
  const root = new RootDiagnostics(reader, diagnostics);
  const { enabled, username, passwordFile } = auth;
  const problem: FileProblem = (message, suggestion) =>
    root.problem(KEYS.auth.passwordFile, message, suggestion);
  if (auth.password !== "" && passwordFile !== "") {
    problem("auth.password is set too: which of them counts is not clear", "leave one out");
  }
  const one = { isSingle: true };
  const password = readSecretFile(passwordFile, PASSWORD, files, problem, one) ?? auth.password;
  // What is wrong with a file has been said.
  const hasPassword = password !== "" || passwordFile !== "";
  if (enabled && (username === "" || !hasPassword)) {
    const key = username === "" ? KEYS.auth.username : KEYS.auth.password;
    root.problem(key, "auth.enabled needs a username and a password", "set both");
  }
  if (username.includes(":")) root.problem(KEYS.auth.username, "A user with a colon cannot be sent");
  if (!enabled && password !== "") {
    root.warning(KEYS.auth.password, "Has no effect: auth.enabled is off", "set enabled = true");
  }
  const all = [...tokens, ...tokensOfFile(tokensFile, root, files)];
  if (crossdomain && all.length === 0) {
    root.warning(KEYS.crossdomain, "Has no effect: pages of other sites need a token", "set http_api.tokens");
  }
  return Object.freeze({
    ...rest,
    auth: Object.freeze({
      ...(enabled ? { basic: Object.freeze({ username, password }) } : {}),
      tokens: Object.freeze(all),
      maxFailures: maxAuthFailures,
    }),
    crossdomain: crossdomain && all.length > 0,
  });
}

function tokensOfFile(path: string, root: RootDiagnostics, files: FileReader): readonly ApiTokenOptions[] {
  if (path === "") return [];
  let text: string | undefined;
  try {
    text = files.readFile?.(path);
  } catch (error) {
    root.problem(KEYS.tokensFile, `Cannot read ${path}: ${errorMessage(error)}`);
    return [];
  }
  if (text === undefined) {
    root.problem(KEYS.tokensFile, `Cannot read ${path}: files are not read here`);
    return [];
  }
  const tokens = text.split("\n").flatMap((line, index) => {
    if (/^\s*(?:#.*)?$/.test(line)) return [];
    const token = API_TOKENS.parse(line);
    if (token.ok) return token.value;
    root.problem(KEYS.tokensFile, `${path}:${index + 1}: ${token.message}`, token.suggestion);
    return [];
  });
  if (tokens.length === 0) root.problem(KEYS.tokensFile, `${path} has no token in it`, "srs token makes one");
  return tokens;
}
