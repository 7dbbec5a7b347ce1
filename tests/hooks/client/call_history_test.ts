/**
 * What is remembered of the last calls.
 *
 * @module
 */
import { CallHistory, type HookCall } from "../../../hooks/client/call_history.ts";
import { assertEquals } from "../../support/assert.ts";

function call(clientId: number, reason = ""): HookCall {
  return {
    wallMs: 0,
    vhost: "v",
    event: "on_play",
    url: "http://127.0.0.1:9/",
    verdict: "no",
    status: 200,
    ms: 1,
    attempt: 1,
    id: "id",
    clientId,
    reason,
  };
}

Deno.test("CallHistory.list() has the last 500 calls, the newest first", () => {
  const history = new CallHistory();
  for (let clientId = 1; clientId <= 502; clientId++) history.add(call(clientId));
  const expected = Array.from({ length: 500 }, (_, index) => 502 - index);
  assertEquals(history.list().map(({ clientId }) => clientId), expected);
});

Deno.test("CallHistory.add() keeps the first 500 characters of a reason", () => {
  const history = new CallHistory();
  for (const length of [499, 500, 501]) history.add(call(length, "x".repeat(length)));
  assertEquals(history.list().map(({ reason }) => reason.length), [500, 500, 499]);
});
