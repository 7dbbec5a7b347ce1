/**
 * What an HTTP answer means: the tables of the hook contract, for requests and for notifications.
 * Pure: status and bytes in, a value out.
 *
 * @module
 */
import type { Decisions } from "../../core/mod.ts";

/** What the service decided when it allowed a session, `ttlMs` included. */
export interface AnswerDecisions extends Decisions {
  /** Milliseconds after which the session ends unless an update renews it. */
  readonly ttlMs?: number;
}

/**
 * How a request to one address ended. `mayHaveAllowed`: the service may have allowed the session in an answer that
 * did not arrive, so that the paired ending is owed.
 */
export type RequestOutcome =
  | { readonly kind: "allow"; readonly decisions: AnswerDecisions }
  | { readonly kind: "deny"; readonly msg: string | undefined; readonly redirect: string | undefined }
  | { readonly kind: "error"; readonly cause: string; readonly mayHaveAllowed: boolean }
  | { readonly kind: "aborted"; readonly mayHaveAllowed: boolean };

/** What a whole answer to a request can mean. */
export type Answer = Exclude<RequestOutcome, { kind: "aborted" }>;

/** What to do with a notification after the status of its answer arrived. */
export type DeliveryVerdict = "delivered" | "retry" | "dead";

/** A client shows the text in one line. */
const MAX_MSG_LENGTH = 512;
const MAX_NAME_LENGTH = 1024;
const MAX_ADDRESS_LENGTH = 2048;
const MAX_FORWARDS = 16;
/** Ten years; a longer time is meant as no limit. */
const MAX_TTL_MS = 10 * 365 * 86_400_000;

/** 4xx statuses that mean "retry later", not "deny". */
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

/** Invalid UTF-8 is decoded with replacement characters: `code` decides, whatever the text's bytes. */
const UTF8 = new TextDecoder();
const NO_DECISIONS: AnswerDecisions = {};
const PLAIN_ALLOW: Answer = { kind: "allow", decisions: NO_DECISIONS };
const ZERO = 0x30;

/**
 * Read a whole answer to a request.
 *
 * @param status HTTP status, 100 to 599.
 * @param body All bytes of the body; neither kept nor changed.
 */
export function parseAnswer(status: number, body: Uint8Array): Answer {
  if (status === 200 || status === 201) return parseBody(body);
  if (status >= 400 && status < 500 && !LATER.has(status)) {
    const object = readObject(body);
    return denial(object);
  }
  return invalid(`status ${status}`);
}

/** Read a whole answer to `on_forward`: SRS's form, addresses in `data.urls`; none is a list that is empty. */
export function parseForwardAnswer(status: number, body: Uint8Array): Answer {
  const answer = parseAnswer(status, body);
  if (answer.kind !== "allow") return answer;
  const data = readObject(body)?.data;
  const urls = isRecord(data) ? data.urls : undefined;
  if (!Array.isArray(urls)) return invalid("body has no array named data.urls");
  return { kind: "allow", decisions: { forward: urls.filter(isRtmpAddress).slice(0, MAX_FORWARDS) } };
}

/** Read the status that answered a notification. */
export function classifyDelivery(status: number): DeliveryVerdict {
  if (status >= 200 && status < 300) return "delivered";
  if (status >= 400 && status < 500 && !LATER.has(status)) return "dead";
  return "retry";
}

function parseBody(body: Uint8Array): Answer {
  if (body.length === 1 && body[0] === ZERO) return PLAIN_ALLOW;
  const value = readJson(body);
  if (value === undefined) {
    return invalid(body.length === 0 ? "empty body" : "body is not JSON");
  }
  if (typeof value === "number") {
    return value === 0 ? PLAIN_ALLOW : { kind: "deny", msg: undefined, redirect: undefined };
  }
  if (!isRecord(value)) return invalid("body is neither a number nor an object");
  if (typeof value.code !== "number") return invalid("body has no number named code");
  // Whatever its address: a service that sends the client elsewhere does not want it here.
  if (value.code !== 0 || redirectOf(value) !== undefined) return denial(value);
  return { kind: "allow", decisions: readDecisions(value.data) };
}

/** A whole answer, so the service did not allow anything by it. */
function invalid(cause: string): Answer {
  return { kind: "error", cause, mayHaveAllowed: false };
}

function denial(object: Record<string, unknown> | undefined): Answer {
  return { kind: "deny", msg: readMsg(object?.msg), redirect: readRedirect(object) };
}

function readObject(body: Uint8Array): Record<string, unknown> | undefined {
  const value = readJson(body);
  return isRecord(value) ? value : undefined;
}

/** `undefined` for what is not JSON: JSON itself has no such value. */
function readJson(body: Uint8Array): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(UTF8.decode(body));
  } catch (error) {
    // Expected: a service may answer with anything.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readMsg(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  // deno-lint-ignore no-control-regex -- a client's status description is one line of text
  const line = value.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").trim();
  if (line === "") return undefined;
  return line.length > MAX_MSG_LENGTH ? line.slice(0, MAX_MSG_LENGTH) : line;
}

function readRedirect(object: Record<string, unknown> | undefined): string | undefined {
  const redirect = redirectOf(object);
  return redirect !== undefined && (isRtmpAddress(redirect) || isHttpAddress(redirect))
    ? redirect
    : undefined;
}

function redirectOf(object: Record<string, unknown> | undefined): string | undefined {
  const data = object?.data;
  return isRecord(data) && typeof data.redirect === "string" ? data.redirect : undefined;
}

function isRtmpAddress(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_ADDRESS_LENGTH && /^rtmps?:\/\/[^\s/]/.test(value);
}

function isFlvAddress(value: unknown): value is string {
  return typeof value === "string" && isHttpAddress(value);
}

/** It becomes a header of an answer, so no byte of it may end one. */
function isHttpAddress(value: string): boolean {
  return value.length <= MAX_ADDRESS_LENGTH && /^https?:\/\/[!-~]+$/.test(value) && URL.canParse(value);
}

function readDecisions(data: unknown): AnswerDecisions {
  if (!isRecord(data)) return NO_DECISIONS;
  const { app, stream, ttl, max_bitrate_kbps: maxBitrateKbps, forward, pull, record } = data;
  return {
    ...(isName(app) ? { app } : {}),
    ...(isName(stream) ? { stream } : {}),
    ...(isPositive(ttl) ? { ttlMs: Math.min(Math.ceil(ttl * 1000), MAX_TTL_MS) } : {}),
    ...(isPositive(maxBitrateKbps) ? { maxBitrateKbps } : {}),
    ...(Array.isArray(forward) ? { forward: forward.filter(isRtmpAddress).slice(0, MAX_FORWARDS) } : {}),
    ...(isRtmpAddress(pull) || isFlvAddress(pull) ? { pull } : {}),
    ...(typeof record === "boolean" || isName(record) ? { record } : {}),
  };
}

/** Checks only the length; the grammar of names is checked where streams are reserved. */
function isName(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= MAX_NAME_LENGTH;
}

function isPositive(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}
