/**
 * Asks and endings of a media thread: `RemoteHooks` and `ThreadGateway`, joined by clones of what they say.
 *
 * @module
 */
import { testHlsState } from "../../support/hls/hls_state.ts";
import type { Ending, HookRequest, Revocation, Verdict } from "../../../core/mod.ts";
import { NameDirectory } from "../../../app/threads/name_directory.ts";
import { IdPool } from "../../../app/threads/id_pool.ts";
import { RemoteHooks } from "../../../app/threads/remote_hooks.ts";
import type { FromThread, ToThread } from "../../../app/threads/thread_messages.ts";
import { ThreadGateway } from "../../../app/threads/thread_gateway.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { turn } from "../../support/wait.ts";
import { HookScript } from "../../support/hooks/hook_script.ts";
import { NO_RECORDINGS } from "../../support/record/no_recordings.ts";

const VHOST = "__defaultVhost__";
const ENDING: Ending = { reason: "client", sendBytes: 10, recvBytes: 20 };

/** A media thread's hooks and its gateway. Messages are cloned, and delivered when `settle` is awaited. */
class Joined {
  readonly script = new HookScript();
  readonly logged: unknown[] = [];
  readonly toThread: ToThread[] = [];
  readonly shared: ToThread[] = [];
  readonly fromThread: FromThread[] = [];
  readonly remote: RemoteHooks;
  readonly gateway: ThreadGateway;
  readonly revoked: Revocation[] = [];
  readonly counters = { sendBytes: 1, recvBytes: 2 };
  #lastId = 0;

  constructor() {
    this.remote = new RemoteHooks((message) => this.fromThread.push(structuredClone(message)), [VHOST]);
    this.gateway = new ThreadGateway({
      hooks: this.script,
      log: { write: (...line) => this.logged.push(line), writePlain: () => {} },
      clientIds: { next: () => (this.#lastId += this.#lastId === 700 ? 5001 : 1) },
      names: new NameDirectory(() => 0),
      hls: testHlsState(),
      recordings: NO_RECORDINGS,
      share: (message) => this.shared.push(message),
    }, {
      send: (message) => void this.toThread.push(structuredClone(message)),
      describe: () => Promise.resolve(undefined),
    });
  }

  request(signal: AbortSignal = new AbortController().signal): Promise<Verdict> {
    return this.remote.request(request(), {
      signal,
      counters: () => this.counters,
      revoke: (revocation) => this.revoked.push(revocation),
    });
  }

  /** Deliver until nobody has anything to say. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet++) {
      // A turn of the event loop: all promises that can settle have settled.
      await turn();
      for (const message of this.fromThread.splice(0)) {
        quiet = 0;
        switch (message.kind) {
          case "listening":
          case "failed":
          case "answer":
          case "drained":
            break;
          default:
            this.gateway.receive(message);
        }
      }
      for (const message of this.toThread.splice(0)) {
        quiet = 0;
        if (message.kind === "verdict" || message.kind === "revoke" || message.kind === "recorded") {
          this.remote.receive(message);
        }
      }
    }
  }
}

function request(event: HookRequest["event"] = "on_publish", vhost = VHOST): HookRequest {
  return {
    event,
    client: {
      clientId: 7,
      ip: "127.0.0.1",
      vhost,
      app: "live",
      tcUrl: "rtmp://127.0.0.1/live",
      pageUrl: "",
      protocol: "rtmp",
    },
    stream: { stream: "livestream", param: "", streamUrl: "/live/livestream", streamId: "vid-0000000" },
  };
}

async function allowed(joined: Joined): Promise<Extract<Verdict, { kind: "allow" }>> {
  const asked = joined.request();
  await joined.settle();
  const verdict = await asked;
  assert(verdict.kind === "allow");
  return verdict;
}

Deno.test("RemoteHooks.request() brings the answer with its decisions, and the ending resolves when it is recorded", async () => {
  const joined = new Joined();
  const recording = Promise.withResolvers<void>();
  joined.script.recording = recording.promise;
  joined.script.answer = () => ({ yes: { stream: "public", forward: ["rtmp://127.0.0.1/x"] } });
  const { decisions, lease } = await allowed(joined);
  assertEquals(decisions, { stream: "public", forward: ["rtmp://127.0.0.1/x"] });
  let recorded = false;
  const end = lease.end(ENDING).then(() => recorded = true);
  await joined.settle();
  assert(!recorded);
  recording.resolve();
  await joined.settle();
  await end;
  assertEquals(joined.script.lines, [
    "on_publish 7 live/livestream",
    "on_unpublish 7 live/livestream client",
  ]);
  assertEquals(joined.script.records.at(-1)?.ending, ENDING);
});

Deno.test("RemoteHooks: a second end of a lease is not sent, and resolves with the first", async () => {
  const joined = new Joined();
  const { lease } = await allowed(joined);
  const ends = Promise.all([lease.end(ENDING), lease.end({ ...ENDING, reason: "kicked" })]);
  await joined.settle();
  await ends;
  assertEquals(joined.script.lines.slice(1), ["on_unpublish 7 live/livestream client"]);
  assertEquals(joined.script.open, 0);
});

Deno.test("RemoteHooks.request() brings a refusal with its words, and owes no ending", async () => {
  const joined = new Joined();
  joined.script.answer = () => ({ no: "not today", redirect: "rtmp://127.0.0.1/b" });
  const asked = joined.request();
  await joined.settle();
  const redirect = "rtmp://127.0.0.1/b";
  assertEquals(await asked, { kind: "deny", rule: "on_publish", reason: "not today", redirect });
  joined.remote.report();
  assertEquals(joined.fromThread, [], "nothing is open");
});

Deno.test("RemoteHooks.request() of a vhost without hooks is answered where it arises", async () => {
  const joined = new Joined();
  const verdict = await joined.remote.request(request("on_publish", "quiet"), {
    signal: new AbortController().signal,
    counters: () => joined.counters,
    revoke: () => {},
  });
  assert(verdict.kind === "allow");
  verdict.lease.rename("app", { stream: "x", param: "", streamUrl: "/app/x", streamId: "" });
  await verdict.lease.end(ENDING);
  assertEquals(joined.fromThread, []);
});

Deno.test("RemoteHooks.request() is aborted over the line, before and while it is answered", async () => {
  for (const early of [true, false]) {
    const joined = new Joined();
    joined.script.answer = () => new Promise(() => {});
    const aborter = new AbortController();
    if (early) aborter.abort("gone");
    const asked = joined.request(aborter.signal);
    if (!early) {
      await joined.settle();
      aborter.abort("gone");
    }
    await joined.settle();
    assertEquals(await asked, { kind: "aborted" });
    assertEquals(joined.script.open, 0);
  }
});

Deno.test("RemoteHooks: an abort that crosses a yes leaves a lease, which is ended once", async () => {
  const joined = new Joined();
  const aborter = new AbortController();
  const asked = joined.request(aborter.signal);
  for (const message of joined.fromThread.splice(0)) {
    if (message.kind === "request") joined.gateway.receive(message);
  }
  await turn();
  assertEquals(joined.script.open, 1);
  aborter.abort("gone");
  await joined.settle();
  const verdict = await asked;
  assert(verdict.kind === "allow");
  const ended = verdict.lease.end(ENDING);
  await joined.settle();
  await ended;
  assertEquals(joined.script.open, 0);
});

Deno.test("RemoteHooks: a revocation reaches the session, not one that has ended", async () => {
  const joined = new Joined();
  const { lease } = await allowed(joined);
  joined.script.revoke("on_publish", { reason: "kicked", description: "out" });
  await joined.settle();
  assertEquals(joined.revoked, [{ reason: "kicked", description: "out" }]);
  const ended = lease.end(ENDING);
  const late = {
    kind: "revoke",
    requestId: 1,
    revocation: { reason: "kicked", description: "late" },
  } as const;
  joined.remote.receive(late);
  await joined.settle();
  await ended;
  joined.remote.receive(late);
  assertEquals(joined.revoked.length, 1);
});

Deno.test("RemoteHooks: a rename is sent before the ending that follows it", async () => {
  const joined = new Joined();
  const { lease } = await allowed(joined);
  lease.rename("live", { stream: "public", param: "", streamUrl: "/live/public", streamId: "vid-1" });
  const ended = lease.end(ENDING);
  await joined.settle();
  await ended;
  assertEquals(joined.script.lines.at(-1), "on_unpublish 7 live/public client");
});

Deno.test("RemoteHooks.report() tells how the bytes of open sessions stand", async () => {
  const joined = new Joined();
  const contexts: (() => unknown)[] = [];
  const forward = joined.script.request.bind(joined.script);
  joined.script.request = (asked, context) => {
    contexts.push(() => context.counters());
    return forward(asked, context);
  };
  await allowed(joined);
  assertEquals(contexts[0]?.(), { sendBytes: 0, recvBytes: 0 });
  joined.remote.report();
  await joined.settle();
  assertEquals(contexts[0]?.(), { sendBytes: 1, recvBytes: 2 });
});

Deno.test("ThreadGateway gives blocks of numbers as they come, each once", async () => {
  const joined = new Joined();
  const first = joined.gateway.firstIdBlocks().flat();
  joined.gateway.receive({ kind: "moreClientIds" });
  const message = joined.toThread.find(({ kind }) => kind === "clientIds");
  assert(message?.kind === "clientIds");
  const all = [...first, ...message.block];
  assertEquals(
    all,
    Array.from(all, (_, i) => 1 + i + (i < 700 ? 0 : 5000)),
    "a gap where the source has one",
  );
  await joined.settle();
});

Deno.test("a crowd that comes while the main thread is seconds behind has a number for each client", () => {
  const joined = new Joined();
  let asked = 0;
  const ids = new IdPool(joined.gateway.firstIdBlocks(), () => asked++);
  const given = new Set(Array.from({ length: 9000 }, () => ids.next()));
  assertEquals(given.size, 9000);
  assert(asked > 0);
});

Deno.test("ThreadGateway passes log lines on as they are", () => {
  const joined = new Joined();
  joined.gateway.receive({
    kind: "log",
    lines: [["trace", 3, "Play accepted", { url: "/live/a" }], ["warn", undefined, "x", undefined]],
  });
  assertEquals(joined.logged, [["trace", 3, "Play accepted", { url: "/live/a" }], [
    "warn",
    undefined,
    "x",
    undefined,
  ]]);
});

Deno.test("ThreadGateway reports a thread's fault as one of the process", () => {
  const joined = new Joined();
  const faults: string[] = [];
  const catchError = (event: ErrorEvent): void => {
    event.preventDefault();
    faults.push(event.message);
  };
  addEventListener("error", catchError);
  joined.gateway.receive({ kind: "fault", error: "RangeError: x" });
  removeEventListener("error", catchError);
  assertEquals(faults.length, 1);
  assert(faults[0]?.includes("RangeError: x"));
});
