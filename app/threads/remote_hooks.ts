/**
 * The hooks as a media thread sees them: asks and endings go to the main thread, which has the one dispatcher.
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
import type { CountersOfAsk, FromThread, ToThread } from "./thread_messages.ts";

/** An ask that was sent, until its ending is recorded. */
interface OpenAsk {
  readonly context: HookRequestContext;
  readonly answer: (verdict: Verdict) => void;
  readonly recorded: () => void;
  readonly whenRecorded: Promise<void>;
  /** The session ended here: a revocation that crossed its ending is void. */
  ended: boolean;
}

/** Asks the main thread. */
export class RemoteHooks implements Hooks {
  readonly #send: (message: FromThread) => void;
  readonly #hookedVhosts: ReadonlySet<string>;
  readonly #open = new Map<number, OpenAsk>();
  #lastAsk = 0;

  /** @param hookedVhosts In all others every request is allowed, and ends are not reported. */
  constructor(send: (message: FromThread) => void, hookedVhosts: Iterable<string>) {
    this.#send = send;
    this.#hookedVhosts = new Set(hookedVhosts);
  }

  /** @inheritdoc */
  ask(request: HookRequest, context: HookRequestContext): Promise<Verdict> {
    if (!this.#hookedVhosts.has(request.client.vhost)) return Promise.resolve(UNASKED);
    const ask = ++this.#lastAsk;
    const { promise: verdict, resolve: answer } = Promise.withResolvers<Verdict>();
    const { promise: whenRecorded, resolve: recorded } = Promise.withResolvers<void>();
    this.#open.set(ask, { context, answer, recorded, whenRecorded, ended: false });
    this.#send({ kind: "ask", ask, request });
    const abort = (): void => this.#send({ kind: "abort", ask });
    if (context.signal.aborted) abort();
    else context.signal.addEventListener("abort", abort, { once: true });
    return verdict.finally(() => context.signal.removeEventListener("abort", abort));
  }

  /** Take an answer, a revocation or a receipt of the main thread. */
  receive(message: Extract<ToThread, { kind: "verdict" | "revoke" | "recorded" }>): void {
    const open = this.#open.get(message.ask);
    if (open === undefined) return;
    switch (message.kind) {
      case "verdict": {
        const { verdict } = message;
        if (verdict.kind === "allow") {
          return open.answer({ ...verdict, lease: this.#lease(message.ask, open) });
        }
        this.#open.delete(message.ask);
        return open.answer(verdict);
      }
      case "revoke":
        return open.ended ? undefined : open.context.revoke(message.revocation);
      case "recorded":
        this.#open.delete(message.ask);
        return open.recorded();
      default:
        message satisfies never;
    }
  }

  /** Tell how the bytes of the open sessions stand: what is known of them after a crash. */
  report(): void {
    const counters: CountersOfAsk[] = [...this.#open].map(([ask, { context }]) => [ask, context.counters()]);
    if (counters.length > 0) this.#send({ kind: "counters", counters });
  }

  #lease(ask: number, open: OpenAsk): Lease {
    return {
      rename: (app: string, stream: StreamInfo) => this.#send({ kind: "rename", ask, app, stream }),
      end: (ending: Ending) => {
        if (!open.ended) this.#send({ kind: "end", ask, ending });
        open.ended = true;
        return open.whenRecorded;
      },
    };
  }
}

/** The verdict of a vhost without hooks. */
const UNASKED: Verdict = {
  kind: "allow",
  decisions: {},
  lease: { rename: () => undefined, end: () => Promise.resolve() },
};
