/**
 * The hooks as a media thread sees them: requests and endings go to the main thread, which has the one hook client.
 *
 * @module
 */
import type {
  Ending,
  HookRequest,
  HookRequestContext,
  Hooks,
  Lease,
  StreamInfo,
  Verdict,
} from "../../core/mod.ts";
import type { FromThread, RequestCounters, ToThread } from "./thread_messages.ts";

/** A request that was sent, until its ending is recorded. */
interface OpenRequest {
  readonly context: HookRequestContext;
  readonly answer: (verdict: Verdict) => void;
  readonly recorded: () => void;
  readonly whenRecorded: Promise<void>;
  /** The session ended here: a revocation that crossed its ending is void. */
  ended: boolean;
}

/** Hands requests to the main thread. */
export class RemoteHooks implements Hooks {
  readonly #send: (message: FromThread) => void;
  #hookedVhosts: ReadonlySet<string> = new Set();
  readonly #open = new Map<number, OpenRequest>();
  #lastRequestId = 0;

  /** @param hookedVhosts In all others every request is allowed, and ends are not reported. */
  constructor(send: (message: FromThread) => void, hookedVhosts: Iterable<string>) {
    this.#send = send;
    this.setHookedVhosts(hookedVhosts);
  }

  /** From now on requests of these vhosts are sent, and no others. */
  setHookedVhosts(hookedVhosts: Iterable<string>): void {
    this.#hookedVhosts = new Set(hookedVhosts);
  }

  /** @inheritdoc */
  request(request: HookRequest, context: HookRequestContext): Promise<Verdict> {
    if (!this.#hookedVhosts.has(request.client.vhost)) return Promise.resolve(WITHOUT_HOOKS);
    const requestId = ++this.#lastRequestId;
    const { promise: verdict, resolve: answer } = Promise.withResolvers<Verdict>();
    const { promise: whenRecorded, resolve: recorded } = Promise.withResolvers<void>();
    this.#open.set(requestId, { context, answer, recorded, whenRecorded, ended: false });
    this.#send({ kind: "request", requestId, request });
    const abort = (): void => this.#send({ kind: "abort", requestId });
    if (context.signal.aborted) abort();
    else context.signal.addEventListener("abort", abort, { once: true });
    return verdict.finally(() => context.signal.removeEventListener("abort", abort));
  }

  /** Take an answer, a revocation or a receipt of the main thread. */
  receive(message: Extract<ToThread, { kind: "verdict" | "revoke" | "recorded" }>): void {
    const open = this.#open.get(message.requestId);
    if (open === undefined) return;
    switch (message.kind) {
      case "verdict": {
        const { verdict } = message;
        if (verdict.kind === "allow") {
          return open.answer({ ...verdict, lease: this.#lease(message.requestId, open) });
        }
        this.#open.delete(message.requestId);
        return open.answer(verdict);
      }
      case "revoke":
        return open.ended ? undefined : open.context.revoke(message.revocation);
      case "recorded":
        this.#open.delete(message.requestId);
        return open.recorded();
      default:
        message satisfies never;
    }
  }

  /** Tell how the bytes of the open sessions stand: what is known of them after a crash. */
  report(): void {
    const counters: RequestCounters[] = [...this.#open].map((
      [requestId, { context }],
    ) => [requestId, context.counters()]);
    if (counters.length > 0) this.#send({ kind: "counters", counters });
  }

  #lease(requestId: number, open: OpenRequest): Lease {
    return {
      rename: (app: string, stream: StreamInfo) => this.#send({ kind: "rename", requestId, app, stream }),
      end: (ending: Ending) => {
        if (!open.ended) this.#send({ kind: "end", requestId, ending });
        open.ended = true;
        return open.whenRecorded;
      },
    };
  }
}

/** The verdict of a vhost without hooks. */
const WITHOUT_HOOKS: Verdict = {
  kind: "allow",
  decisions: {},
  lease: { rename: () => undefined, end: () => Promise.resolve() },
};
