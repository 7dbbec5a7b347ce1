/**
 * The hooks as a script in memory: it answers as the test says, and keeps requests and notifications in order.
 *
 * @module
 */
import type {
  Decisions,
  Ending,
  HookRequest,
  HookRequestContext,
  Hooks,
  Lease,
  Revocation,
  StreamInfo,
  Verdict,
} from "../../../core/mod.ts";
import { Inbox, PATIENCE_MS } from "../inbox.ts";

const ENDINGS = { on_connect: "on_close", on_publish: "on_unpublish", on_play: "on_stop" } as const;

/** What a test answers. */
export type ScriptedAnswer =
  | "yes"
  | { readonly yes: Decisions }
  | { readonly no: string; readonly redirect?: string };

/** A start or an ending as the hooks saw it. */
export interface HookRecord {
  readonly event: HookRequest["event"] | (typeof ENDINGS)[HookRequest["event"]];
  readonly request: HookRequest;
  /** `app/stream`, or the app alone; an ending's is the public one. */
  readonly name: string;
  /** Of endings. */
  readonly ending?: Ending;
}

/** An admitted session that has not ended. */
interface OpenSession {
  readonly request: HookRequest;
  readonly context: HookRequestContext;
}

/** In-memory hooks. */
export class HookScript implements Hooks {
  /** Gives the answers; allows everything by default. It may wait, and it is not informed of aborts. */
  answer: (request: HookRequest) => ScriptedAnswer | Promise<ScriptedAnswer> = () => "yes";
  /** Whether a request whose client left is answered `aborted` at once, as the contract says. */
  obeysAborts = true;
  /** Settles before an ending is recorded. */
  recording: Promise<void> = Promise.resolve();
  readonly records: HookRecord[] = [];
  readonly #open = new Set<OpenSession>();
  readonly #inbox = new Inbox<HookRecord>(PATIENCE_MS, ({ event }) => event);

  /** Admitted sessions without an ending. */
  get open(): number {
    return this.#open.size;
  }

  /** `event client app/stream` of every record, endings with their reason. */
  get lines(): string[] {
    return this.records.map(({ event, name, request, ending }) =>
      [event, request.client.clientId, name, ...(ending === undefined ? [] : [ending.reason])].join(" ")
    );
  }

  /** The lines about one client, without its number. */
  linesOf(clientId: number): string[] {
    return this.lines.map((line) => line.split(" "))
      .filter(([, id]) => id === String(clientId))
      .map(([event, , ...rest]) => [event, ...rest].join(" "));
  }

  /** The first record of this event that comes from now on or is not yet taken. */
  async next(event: HookRecord["event"]): Promise<HookRecord> {
    return await this.#inbox.take((record) => record.event === event, event);
  }

  /** End admitted sessions of this event, as a kick does. */
  revoke(event: HookRequest["event"], revocation: Revocation): void {
    for (const { request, context } of [...this.#open]) {
      if (request.event === event) context.revoke(revocation);
    }
  }

  /** @inheritdoc */
  async request(request: HookRequest, context: HookRequestContext): Promise<Verdict> {
    this.#record({ event: request.event, request, name: nameOf(request.client.app, request.stream) });
    const answer = await this.#decide(request, context);
    if (answer === undefined) return { kind: "aborted" };
    if (typeof answer === "object" && "no" in answer) {
      const { no, redirect } = answer;
      return {
        kind: "deny",
        rule: request.event,
        reason: no,
        ...(redirect === undefined ? {} : { redirect }),
      };
    }
    const session = { request, context };
    this.#open.add(session);
    return {
      kind: "allow",
      lease: this.#lease(session),
      decisions: answer === "yes" ? {} : answer.yes,
    };
  }

  async #decide(request: HookRequest, { signal }: HookRequestContext): Promise<ScriptedAnswer | undefined> {
    const answer = Promise.resolve(this.answer(request));
    if (!this.obeysAborts) return await answer;
    if (signal.aborted) return undefined;
    const gone = Promise.withResolvers<undefined>();
    const leave = (): void => gone.resolve(undefined);
    signal.addEventListener("abort", leave);
    const first = await Promise.race([answer, gone.promise]);
    signal.removeEventListener("abort", leave);
    return first;
  }

  #lease(session: OpenSession): Lease {
    const { request } = session;
    let name = nameOf(request.client.app, request.stream);
    return {
      rename: (app: string, stream: StreamInfo) => {
        name = nameOf(app, stream);
      },
      end: async (ending: Ending) => {
        if (!this.#open.delete(session)) return;
        await this.recording;
        this.#record({ event: ENDINGS[request.event], request, name, ending });
      },
    };
  }

  #record(record: HookRecord): void {
    this.records.push(record);
    this.#inbox.put(record);
  }
}

function nameOf(app: string, stream: StreamInfo | undefined): string {
  return stream === undefined ? app : `${app}/${stream.stream}`;
}
