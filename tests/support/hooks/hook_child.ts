/**
 * A process with a `HookService` that a test can kill: opens sessions, says so, and waits.
 *
 * Arguments: the receiver's address, the outbox file, how many publishers and players.
 *
 * @module
 */
import { HookService } from "../../../hooks/hook_service.ts";
import { SystemClock } from "../../../system/mod.ts";
import {
  allEvents,
  FAST_TIMINGS,
  hookRequest,
  hooksOptions,
  MemoryLog,
  TestContext,
  vhostHooks,
} from "./hook_fixtures.ts";

const [url = "", path = "", count = "1", onError = "deny"] = Deno.args;
const vhost = vhostHooks(allEvents(url), { onError: { default: onError === "allow" ? "allow" : "deny" } });
const log = new MemoryLog();
const service = await HookService.open(hooksOptions(vhost, { path }), {
  log,
  clock: new SystemClock(),
  timings: FAST_TIMINGS,
});
const say = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
const opened = [];
for (let i = 0; i < Number(count); i++) {
  const clientId = service.clientIds.next();
  opened.push((async () => {
    const event = i % 2 === 0 ? "on_publish" : "on_play";
    await service.decisions.request(hookRequest("on_connect", { clientId }), new TestContext());
    await service.decisions.request(hookRequest(event, { clientId, stream: `s${i}` }), new TestContext());
    say(`client ${clientId}`);
  })());
}
say("asking");
await Promise.all(opened);
say(log.text().includes("outbox cannot be written") ? "outbox alarm" : "outbox fine");
say("open");
// Some checkpoints later there is something known of the sessions.
setTimeout(() => say("checkpointed"), FAST_TIMINGS.checkpointMs * 12);
