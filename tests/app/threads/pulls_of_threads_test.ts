import { pullOfThreads } from "../../../app/threads/pulls_of_threads.ts";
import type { PullAnswer, PullInfo, PullOrder } from "../../../core/mod.ts";
import { assertEquals } from "../../support/assert.ts";

function pull(id: string, state: PullInfo["state"]): PullInfo {
  return {
    ...{ id, kind: "pull", streamId: id, vhost: "v", app: "live", stream: id, address: "rtmp://a/b/c" },
    ...{ by: "api", isOnDemand: true, state, stateMs: 0, attempts: 0, bytes: 0, kbps: 0, lastError: "" },
  };
}

function threadsThat(answers: readonly PullAnswer[], orders: PullOrder[] = []) {
  return answers.map((answer) => ({
    pull: (order: PullOrder) => {
      orders.push(order);
      return Promise.resolve(answer);
    },
  }));
}

const ADD: PullOrder = {
  kind: "add",
  pull: { vhost: "v", app: "live", stream: "a", url: "rtmp://a/b/c", isOnDemand: true },
};

Deno.test("pullOfThreads() lists a pull once, as the thread that pulls has it", async () => {
  const threads = threadsThat([
    { kind: "pulls", pulls: [pull("a", "idle"), pull("b", "live")] },
    { kind: "pulls", pulls: [pull("a", "waiting"), pull("b", "idle")] },
    { kind: "unknown" },
  ]);
  const answer = await pullOfThreads(threads, { kind: "list" });
  const states = answer.kind === "pulls" ? answer.pulls.map(({ id, state }) => `${id} ${state}`) : [];
  assertEquals(states, ["a waiting", "b live"]);
});

Deno.test("pullOfThreads() adds a pull to all threads or to none", async () => {
  const added: PullAnswer = { kind: "added", pull: pull("a", "connecting") };
  const refused: PullAnswer = { kind: "refused", reason: "No" };
  assertEquals((await pullOfThreads(threadsThat([added, added]), ADD)).kind, "added");
  const orders: PullOrder[] = [];
  assertEquals(await pullOfThreads(threadsThat([added, refused], orders), ADD), refused);
  assertEquals(orders.slice(2), [{ kind: "remove", id: "a" }, { kind: "remove", id: "a" }]);
  assertEquals((await pullOfThreads(threadsThat([{ kind: "unknown" }]), ADD)).kind, "refused");
});

Deno.test("pullOfThreads() ends a pull wherever it is", async () => {
  const remove = { kind: "remove", id: "a" } as const;
  const answers: PullAnswer[] = [{ kind: "unknown" }, { kind: "removed" }];
  assertEquals((await pullOfThreads(threadsThat(answers), remove)).kind, "removed");
  assertEquals((await pullOfThreads(threadsThat([{ kind: "unknown" }]), remove)).kind, "unknown");
});
