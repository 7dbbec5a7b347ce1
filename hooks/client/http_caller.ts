/**
 * One HTTP call to the service: `POST`, a limit on time and size, one repeat where the kept connection was already
 * closed. Redirects are never followed and no proxy of the environment is used.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import { fetchErrorDetail, fetchErrorText } from "../../system/mod.ts";
import { MAX_ANSWER_BYTES, readAnswerBody, readAnswerStart } from "../contract/answer_body.ts";
import type { VhostHookOptions } from "../options.ts";
import { RenewedClient } from "./renewed_client.ts";

/** What to send. */
export interface Call {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From connect to the last byte. */
  readonly timeoutMs: number;
  /** Aborts the call. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Why a whole answer is missing. `unsent` (aborted before) and `connect`: nothing of the request was sent. `gone`: the
 * connection that took the request, or may have taken it, ended, and the repeat could not connect.
 */
export type CallFailure = "unsent" | "connect" | "gone" | "timeout" | "aborted" | "broken" | "too_large";

/** How a call ended. */
export type CallOutcome =
  | {
    readonly kind: "answered";
    readonly status: number;
    readonly body: Uint8Array;
    /** From the answer's `Retry-After`, in milliseconds. */
    readonly retryAfterMs: number | undefined;
  }
  | {
    readonly kind: "failed";
    readonly failure: CallFailure;
    readonly detail: string;
    /** Of an answer whose body did not arrive whole. */
    readonly status: number | undefined;
  };

/** How a call goes out. */
interface SentForm {
  readonly method: "GET" | "POST";
  readonly body?: string;
}

/** Sends a call and says how its answer is read: `undefined` where that is too large. */
type Send = (
  client: Deno.HttpClient,
  signal: AbortSignal,
  repeating: () => void,
) => Promise<{ readonly response: Response; readonly read: () => Promise<Uint8Array | undefined> }>;

/** Less than the 5 s after which common services close an idle connection, so that reuse does not race with it. */
const POOL_IDLE_MS = 4000;
/** Idle connections kept to one origin. */
const POOL_MAX_IDLE = 256;

/** Makes the calls of one set of TLS and proxy options; keeps its connections. */
export class HttpCaller {
  readonly #clock: Clock;
  readonly #clients: RenewedClient;
  /** When each origin last answered, monotonic milliseconds: connections to it may be kept since. */
  readonly #answeredMs = new Map<string, number>();

  /** @param options Whose certificates and proxy are used; a bad PEM text throws here. */
  constructor(
    options: Pick<VhostHookOptions, "caCert" | "clientCert" | "clientKey" | "proxy">,
    clock: Clock,
  ) {
    this.#clock = clock;
    const { caCert, clientCert, clientKey, proxy } = options;
    const pool = {
      poolIdleTimeout: POOL_IDLE_MS,
      poolMaxIdlePerHost: POOL_MAX_IDLE,
      http2: false,
      ...(caCert === undefined ? {} : { caCerts: [caCert] }),
      ...(proxy === undefined ? {} : { proxy: { url: proxy } }),
    };
    const make = () =>
      clientCert === undefined || clientKey === undefined
        ? Deno.createHttpClient(pool)
        : Deno.createHttpClient({ ...pool, cert: clientCert, key: clientKey });
    this.#clients = new RenewedClient(make, clock);
  }

  /** Make a call. Never rejects. */
  call(call: Call): Promise<CallOutcome> {
    return this.#call(call, async (client, signal, repeating) => {
      const response = await fetchTwice(client, { method: "POST", ...call }, signal, repeating);
      return { response, read: () => readAnswerBody(response) };
    });
  }

  /**
   * Ask for an address, and read no more than `maxBytes` of the answer: the rest does not matter. Never rejects.
   */
  get(call: Omit<Call, "body">, maxBytes: number): Promise<CallOutcome> {
    return this.#call(call, async (client, signal, repeating) => {
      const response = await fetchTwice(client, { method: "GET", ...call }, signal, repeating);
      return { response, read: () => readAnswerStart(response, maxBytes) };
    });
  }

  async #call(call: Omit<Call, "body">, send: Send): Promise<CallOutcome> {
    if (call.signal?.aborted) return failed("unsent", "aborted before it was sent");
    const abort = new AbortController();
    let timedOut = false;
    const timer = this.#clock.setTimeout(() => {
      timedOut = true;
      abort.abort();
    }, call.timeoutMs);
    const give = () => abort.abort();
    call.signal?.addEventListener("abort", give);
    const { origin } = new URL(call.url);
    // On a kept connection the runtime may repeat a request by itself, and tell of the repeat alone.
    let repeated = this.#mayBeKept(origin);
    let status: number | undefined;
    const explain = (error: unknown): CallOutcome => {
      if (timedOut) return failed("timeout", `no full answer in ${call.timeoutMs} ms`, status);
      if (abort.signal.aborted) return failed("aborted", "aborted", status);
      const { neverSent, detail } = explainFetchError(error);
      if (neverSent) return failed(repeated ? "gone" : "connect", detail, status);
      return failed("broken", detail, status);
    };
    try {
      using lent = this.#clients.lend();
      const { response, read } = await send(lent.client, abort.signal, () => repeated = true);
      status = response.status;
      const body = await read();
      if (body === undefined) return failed("too_large", `answer over ${MAX_ANSWER_BYTES} bytes`, status);
      this.#answeredMs.set(origin, this.#clock.now());
      return { kind: "answered", status, body, retryAfterMs: retryAfter(response, this.#clock.wallNow()) };
    } catch (error) {
      return explain(error);
    } finally {
      timer.clear();
      call.signal?.removeEventListener("abort", give);
    }
  }

  /** No further call is expected: close connections as soon as those under way are over. */
  retire(): void {
    this.#clients.retire();
  }

  /** Close idle connections. */
  close(): void {
    this.#clients.close();
  }

  #mayBeKept(origin: string): boolean {
    const answeredMs = this.#answeredMs.get(origin);
    return answeredMs !== undefined && this.#clock.now() - answeredMs <= POOL_IDLE_MS;
  }
}

/** Repeat once where the service had just closed the kept connection: it has not answered then. */
async function fetchTwice(
  client: Deno.HttpClient,
  { url, method, headers, body }: Pick<Call, "url" | "headers"> & SentForm,
  signal: AbortSignal,
  repeating: () => void,
): Promise<Response> {
  const init = {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    redirect: "manual",
    signal,
    client,
  } as const;
  try {
    return await fetch(url, init);
  } catch (error) {
    if (signal.aborted || !explainFetchError(error).closedEarly) throw error;
    repeating();
    return await fetch(url, init);
  }
}

function failed(failure: CallFailure, detail: string, status?: number): CallOutcome {
  return { kind: "failed", failure, detail, status };
}

/** Milliseconds. A date counts from the answer's own `Date`, if it has one: this machine's clock may be wrong. */
function retryAfter({ headers }: Response, wallNow: number): number | undefined {
  const text = headers.get("retry-after");
  if (text === null) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return undefined;
  const sent = Date.parse(headers.get("date") ?? "");
  return Math.max(0, at - (Number.isNaN(sent) ? wallNow : sent));
}

/** Classify a rejection of `fetch`. */
function explainFetchError(error: unknown): { neverSent: boolean; closedEarly: boolean; detail: string } {
  const text = fetchErrorText(error);
  const neverSent = text.includes("client error (Connect)") || text.includes("are blocked");
  const closedEarly = !neverSent && text.includes("client error (SendRequest)") &&
    /connection closed|reset|broken pipe|canceled|closed before/i.test(text);
  return { neverSent, closedEarly, detail: fetchErrorDetail(error) };
}
