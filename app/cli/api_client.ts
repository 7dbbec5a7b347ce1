/**
 * The API of a running server, as `srs ctl` calls it: at the address and with the credentials of the configuration.
 *
 * @module
 */
import { resolve } from "node:path";
import type { Config } from "../../config/mod.ts";
import { errorMessage } from "../../core/mod.ts";
import { API_TOKEN_FILE, keptToken, needsToken } from "../api_token.ts";
import { readTextFile } from "../text_file.ts";

/** How long an answer may take, milliseconds. */
const TIMEOUT_MS = 10_000;

/** An answer's members. */
export type ApiMembers = Readonly<Partial<Record<string, unknown>>>;

/** How the API is called. */
export interface ApiClientOptions {
  /** A file with the token; else the configured password is shown, or the token that the start made. */
  readonly tokenFile: string | undefined;
  /** The configuration that was read, `undefined` for the defaults. */
  readonly file: string | undefined;
}

/** Calls the API. */
export class ApiClient {
  readonly #origin: string;
  readonly #headers: Readonly<Record<string, string>>;
  /** Where nobody answers. */
  readonly #hint: string;

  private constructor(origin: string, headers: Readonly<Record<string, string>>, hint: string) {
    this.#origin = origin;
    this.#headers = headers;
    this.#hint = hint;
  }

  /**
   * A client of the server with this configuration.
   *
   * @throws {Error} The API is off, or a file cannot be read.
   */
  static of(
    { http: { api }, process: { workDir } }: Config,
    { tokenFile, file }: ApiClientOptions,
  ): ApiClient {
    const [address] = api.listen;
    if (!api.enabled || address === undefined) throw new Error("The API is off: set http_api.enabled");
    if (address.port === 0) {
      throw new Error("http_api.listen names no port: the server chooses one at each start");
    }
    const headers = authorizationOf(api, workDir, tokenFile);
    const hint = `does the server run${
      file === undefined ? "? If it has a configuration, name it: -c FILE" : "?"
    }`;
    return new ApiClient(`http://${reachable(address.hostname)}:${address.port}`, headers, hint);
  }

  /**
   * Call.
   *
   * @param path Below `/api/v1/`.
   * @throws {Error} No answer, or a refusal, with the server's words.
   */
  async call(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<ApiMembers> {
    const url = `${this.#origin}/api/v1/${path}`;
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = {
      ...this.#headers,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    };
    let reply: Response;
    let answer: unknown;
    try {
      reply = await fetch(url, { method, headers, ...json, signal: AbortSignal.timeout(TIMEOUT_MS) });
      answer = await reply.json();
    } catch (error) {
      throw new Error(`Cannot call the API at ${this.#origin}: ${causeOf(error)}; ${this.#hint}`);
    }
    const members: ApiMembers = typeof answer === "object" && answer !== null
      ? Object.fromEntries(Object.entries(answer))
      : {};
    if (members["code"] === 0) return members;
    const hint = reply.status === 401 ? "; name a file with a token: --token-file FILE" : "";
    throw new Error(`The server refused: ${members["msg"] ?? `status ${reply.status}`}${hint}`);
  }
}

/** The innermost cause: `fetch` repeats the address, which is there already, and says no more itself. */
function causeOf(error: unknown): string {
  if (error instanceof Error && error.cause instanceof Error) return causeOf(error.cause);
  return errorMessage(error).replace(/^error sending request for url \(\S*\): /, "");
}

function authorizationOf(
  api: Config["http"]["api"],
  workDir: string,
  tokenFile: string | undefined,
): Readonly<Record<string, string>> {
  if (tokenFile !== undefined) {
    return { Authorization: `Bearer ${readTextFile(tokenFile, tokenFile).trim()}` };
  }
  const { basic } = api.auth;
  if (basic !== undefined) {
    const credentials = new TextEncoder().encode(`${basic.username}:${basic.password}`);
    return { Authorization: `Basic ${credentials.toBase64()}` };
  }
  const token = needsToken(api) ? keptToken(resolve(workDir, API_TOKEN_FILE)) : undefined;
  return token === undefined ? {} : { Authorization: `Bearer ${token}` };
}

/** An address to connect to, where the configured one stands for all. */
function reachable(hostname: string): string {
  if (hostname === "0.0.0.0") return "127.0.0.1";
  const host = hostname === "::" ? "::1" : hostname;
  return host.includes(":") ? `[${host}]` : host;
}
