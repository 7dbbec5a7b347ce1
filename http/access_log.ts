/**
 * The access log: a line for each request that was answered, when its response has ended.
 *
 * `combined` is the format of Apache and nginx, which tools that count visits read; `log` is a line like all others
 * of the server's log.
 *
 * @module
 */
import type { Log } from "../core/mod.ts";
import type { PlayerServerOptions } from "./options.ts";
import type { HttpVersion } from "./server/request_head.ts";

/** How requests are logged. */
export type AccessLogFormat = PlayerServerOptions["accessLog"];

/** A request whose response has ended. */
export interface ServedRequest {
  readonly ip: string;
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly version: HttpVersion;
  readonly status: number;
  /** Of the response that were written, its head included. */
  readonly sentBytes: number;
  /** From the request's end to the response's, milliseconds. */
  readonly durationMs: number;
  readonly referer: string | null;
  readonly userAgent: string | null;
  /** The player that the response was for; absent for anything else. */
  readonly clientId?: number | undefined;
}

/** What an access log needs. */
export interface AccessLogDeps {
  /** Takes lines of the log; masks and escapes what clients name. */
  readonly log: Log;
  /** Write a line as it is. */
  writePlain(line: string): void;
  /** `text` without secrets, and without anything that ends a line or moves a cursor. */
  clean(text: string): string;
  /** Milliseconds since 1970. */
  wallNow(): number;
}

/** What a client can make of one field, characters. */
const MAX_FIELD_LENGTH = 1000;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Logs requests. */
export class AccessLog {
  readonly #format: AccessLogFormat;
  readonly #deps: AccessLogDeps;

  /** A log in this format. */
  constructor(format: AccessLogFormat, deps: AccessLogDeps) {
    this.#format = format;
    this.#deps = deps;
  }

  /** Log a request. */
  served(request: ServedRequest): void {
    if (this.#format === "combined") return this.#combined(request);
    if (this.#format === "log") this.#line(request);
  }

  #line(request: ServedRequest): void {
    const { clientId, ip, method, target, status, sentBytes, durationMs, referer, userAgent } = request;
    this.#deps.log.write("trace", clientId, "HTTP request", {
      ...{ method, target, status, bytes: sentBytes, ms: Math.round(durationMs), ip },
      ...{ referer: referer ?? undefined, agent: userAgent ?? undefined },
    });
  }

  #combined(
    { ip, method, target, version, status, sentBytes, referer, userAgent }: ServedRequest,
  ): void {
    const line = this.#quoted(`${method} ${target} HTTP/${version}`);
    const client = `${this.#quoted(referer ?? "-")} ${this.#quoted(userAgent ?? "-")}`;
    this.#deps.writePlain(
      `${ip} - - [${combinedTime(this.#deps.wallNow())}] ${line} ${status} ${sentBytes} ${client}`,
    );
  }

  /** A quote in it cannot end the field. */
  #quoted(text: string): string {
    const clean = this.#deps.clean(text.slice(0, MAX_FIELD_LENGTH));
    return `"${clean.replaceAll('"', '\\"')}"`;
  }
}

/** `29/Nov/2026:13:05:09 +0000`. */
function combinedTime(wallMs: number): string {
  const iso = new Date(wallMs).toISOString();
  const month = MONTHS[Number(iso.slice(5, 7)) - 1] ?? "";
  return `${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}
