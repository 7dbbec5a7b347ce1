/**
 * The pulls of several threads as those of one server. Each thread knows all that the operator named; one of them
 * pulls.
 *
 * @module
 */
import type { PullAnswer, PullInfo, PullOrder } from "../../core/mod.ts";
import type { ThreadRpc } from "./thread_rpc.ts";

/** The later one tells more. */
const ORDER: readonly PullInfo["state"][] = ["idle", "ended", "waiting", "connecting", "live"];

/** Have all threads obey, and make one answer of theirs. */
export async function pullOfThreads(
  threads: readonly Pick<ThreadRpc, "pull">[],
  order: PullOrder,
): Promise<PullAnswer> {
  const answers = await Promise.all(threads.map((thread) => thread.pull(order)));
  const refused = answers.find(({ kind }) => kind === "refused");
  switch (order.kind) {
    case "list":
      return {
        kind: "pulls",
        pulls: merged(answers.flatMap((one) => one.kind === "pulls" ? one.pulls : [])),
      };
    case "remove":
      return refused ?? answers.find(({ kind }) => kind === "removed") ?? { kind: "unknown" };
    case "add": {
      const added = answers.flatMap((one) => one.kind === "added" ? [one.pull] : []);
      const [pull] = merged(added);
      if (refused === undefined && pull !== undefined) return { kind: "added", pull };
      // The name may have led elsewhere for one of them: then it is nobody's pull.
      if (pull !== undefined) {
        await Promise.all(threads.map((thread) => thread.pull({ kind: "remove", id: pull.id })));
      }
      return refused ?? { kind: "refused", reason: "The media threads do not answer" };
    }
  }
}

function merged(pulls: readonly PullInfo[]): readonly PullInfo[] {
  const byId = new Map<string, PullInfo>();
  for (const pull of pulls) {
    const known = byId.get(pull.id);
    if (known === undefined || ORDER.indexOf(pull.state) > ORDER.indexOf(known.state)) {
      byId.set(pull.id, pull);
    }
  }
  return [...byId.values()];
}
