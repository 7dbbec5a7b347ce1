/**
 * Questions to a media thread that hangs or dies: nobody waits for it without an end.
 *
 * @module
 */
import { ANSWER_MS, ThreadRpc } from "../../../app/threads/thread_rpc.ts";
import type { ToThread } from "../../../app/threads/thread_messages.ts";
import type { MediaAddresses } from "../../../app/media_server.ts";
import { mergeTotals } from "../../../stream/live/mod.ts";
import { assertEquals, assertRejects } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const TOTALS = mergeTotals([]);
const NOWHERE: MediaAddresses = {
  ...{ rtmp: [], rtmpProxied: [], rtmps: [] },
  ...{ http: [], httpProxied: [], https: [] },
};

/** A thread that answers when the test wants it to. */
class RpcTrial {
  readonly clock = new ManualClock();
  readonly sent: ToThread[] = [];
  readonly states: string[] = [];
  readonly rpc = new ThreadRpc({
    clock: this.clock,
    send: (message) => void this.sent.push(message),
    silent: () => void this.states.push("silent"),
    answering: () => void this.states.push("answering"),
  });

  /** What reached the thread. */
  get kinds(): readonly string[] {
    return this.sent.map(({ kind }) => kind);
  }

  /** The thread answers what reached it at this place, if that was a query for totals. */
  answer(place: number): void {
    const message = this.sent.at(place);
    if (message?.kind !== "totals") throw new Error(`${message?.kind} is not a query for totals`);
    this.rpc.answered({ kind: "totals", query: message.query, totals: TOTALS });
  }

  /** A query that is not answered in time. */
  async fallSilent(): Promise<void> {
    const totals = this.rpc.totals();
    await this.clock.advance(ANSWER_MS);
    assertEquals(await totals, undefined);
  }
}

Deno.test("ThreadRpc gives what the thread answers, and leaves no timer", async () => {
  const trial = new RpcTrial();
  const totals = trial.rpc.totals();
  trial.answer(0);
  assertEquals(await totals, TOTALS);
  assertEquals([trial.clock.timers, trial.states], [0, []]);
});

Deno.test("ThreadRpc waits for each kind of answer only so long", async () => {
  for (
    const [ask, expected] of [
      [(rpc: ThreadRpc) => rpc.snapshot(), undefined],
      [(rpc: ThreadRpc) => rpc.totals(), undefined],
      [(rpc: ThreadRpc) => rpc.describe("vhost/app/stream"), undefined],
      [(rpc: ThreadRpc) => rpc.kick(1), false],
      [(rpc: ThreadRpc) => rpc.record({ kind: "stop", id: "1" }), { kind: "none" }],
      [(rpc: ThreadRpc) => rpc.pull({ kind: "list" }), { kind: "unknown" }],
      [(rpc: ThreadRpc) => rpc.stopAccepting(), undefined],
      [(rpc: ThreadRpc) => rpc.listen("keep", NOWHERE), undefined],
    ] as const
  ) {
    const trial = new RpcTrial();
    let answer: unknown = "none yet";
    const asked = ask(trial.rpc).then((value) => answer = value);
    await trial.clock.advance(ANSWER_MS - 1);
    assertEquals(answer, "none yet");
    await trial.clock.advance(1);
    await asked;
    assertEquals([answer, trial.states], [expected, ["silent"]]);
  }
});

Deno.test("ThreadRpc.listen() throws where a silent thread was to open something: a reload is refused", async () => {
  const trial = new RpcTrial();
  const refused = assertRejects(
    () => trial.rpc.listen("open", NOWHERE),
    Error,
    "A media thread does not answer",
  );
  await trial.clock.advance(ANSWER_MS);
  await refused;
  // At once, as long as it is silent; what takes it back reaches the thread once it is back.
  await assertRejects(() => trial.rpc.listen("open", NOWHERE), Error, "A media thread does not answer");
  assertEquals(await trial.rpc.listen("keep", NOWHERE), undefined);
  assertEquals(trial.kinds, ["listen", "totals", "listen", "listen"]);
});

Deno.test("ThreadRpc does not wait for a silent thread: orders reach it, questions are not sent", async () => {
  const trial = new RpcTrial();
  await trial.fallSilent();
  const before = trial.sent.length;
  assertEquals(await trial.rpc.totals(), undefined);
  assertEquals(await trial.rpc.snapshot(), undefined);
  assertEquals([await trial.rpc.kick(7)], [false]);
  await trial.rpc.stopAccepting();
  assertEquals(trial.kinds.slice(before), ["kick", "stopAccepting"]);
  assertEquals([trial.states, trial.clock.timers], [["silent"], 0]);
});

Deno.test("ThreadRpc asks a thread again that answers what it was asked before it was silent, or since", async () => {
  for (const place of [0, 1]) {
    const trial = new RpcTrial();
    await trial.fallSilent();
    trial.answer(place);
    assertEquals(trial.states, ["silent", "answering"]);
    const totals = trial.rpc.totals();
    trial.answer(-1);
    assertEquals(await totals, TOTALS);
  }
});

Deno.test("ThreadRpc.end() ends what is under way, and nobody says that the thread is silent", async () => {
  const trial = new RpcTrial();
  const asked = [trial.rpc.totals(), trial.rpc.listen("open", NOWHERE)];
  trial.rpc.end();
  assertEquals(await Promise.all(asked), [undefined, undefined]);
  assertEquals(await trial.rpc.listen("open", NOWHERE), undefined);
  await trial.clock.advance(2 * ANSWER_MS);
  assertEquals([trial.states, trial.clock.timers], [[], 0]);
});
