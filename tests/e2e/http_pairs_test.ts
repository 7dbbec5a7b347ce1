/**
 * Viewers by HTTP and WebSocket come and go at random, with kicks, refusals and a service that is down for a while: the
 * service's record pairs up exactly.
 *
 * `SRS_SHOW=full`: 200 viewers of each protocol for two minutes, the service down for 20 s.
 *
 * @module
 */
import type { ReceivedHook } from "../support/hooks/hook_request_reader.ts";
import { FlvClient } from "../support/http/flv_client.ts";
import { HookHarness } from "../support/hooks/hook_harness.ts";
import { LivePublisher } from "../support/rtmp/live_client.ts";
import { pause, random, showFigure, shown } from "../support/process/show.ts";
import { assert, assertEquals, assertGreater } from "../support/assert.ts";

const VIEWERS = shown(200, 20);
const SECONDS = shown(120, 12);
const DOWN_SECONDS = shown(20, 2);
const STREAMS = 4;
const HTTP_LINE = /Listening for players by HTTP address=127\.0\.0\.1:(\d+)/;

/** What viewers saw. */
interface Seen {
  readonly statuses: Map<number, number>;
  tags: number;
}

async function visit(port: number, webSocket: boolean, seen: Seen): Promise<void> {
  const name = random(10) === 0 ? "no" : `cam${random(STREAMS)}`;
  await using viewer = await FlvClient.send({ port, path: `/live/${name}.flv`, webSocket });
  if (random(10) === 0) return await pause(random(30));
  const answered = viewer.status().catch(() => 0);
  const status = await Promise.race([answered, pause(2000).then(() => 0)]);
  seen.statuses.set(status, (seen.statuses.get(status) ?? 0) + 1);
  if (status !== 200 && status !== 101) return;
  const end = viewer.end();
  await Promise.race([end, pause(random(1500))]);
  seen.tags += viewer.tags.items.length;
  if (random(3) === 0) await viewer.conn.closeWrite().catch((error: unknown) => error);
}

/** Says no to what is called "no", yes to the rest, some of it late. */
async function answer({ json }: ReceivedHook): Promise<number> {
  if (json.stream === "no") return 1;
  if (random(4) === 0) await pause(random(60));
  return 0;
}

async function kickSome(api: string, until: number): Promise<number> {
  let kicked = 0;
  while (performance.now() < until) {
    await pause(500);
    const { clients } = await (await fetch(`${api}/api/v1/clients?count=1000`)).json();
    const players = clients.filter(({ type }: { type: string }) => type === "flv-play");
    const chosen = players[random(players.length)];
    if (chosen === undefined) continue;
    const reply = await fetch(`${api}/api/v1/clients/${chosen.id}`, { method: "DELETE" });
    if ((await reply.json()).code === 0) kicked++;
  }
  return kicked;
}

/** Every on_play that was allowed has one on_stop, and nothing else does. */
function checkPairs(requests: readonly ReceivedHook[]): number {
  // A call that was cut off with the service may come again, with the id of the first time.
  const once = new Map(requests.map((request) => [request.headers["webhook-id"], request])).values();
  let pairs = 0;
  for (const [session, events] of Map.groupBy(once, ({ json }) => String(json.session_id))) {
    const [start, ...rest] = events;
    if (start?.action === "on_publish" || start?.action === "on_connect") continue;
    if (start?.json.reason === "abandoned") {
      assertEquals(rest, []);
      continue;
    }
    assertEquals(start?.action, "on_play", session);
    assert(start?.json.protocol === "http-flv" || start?.json.protocol === "ws-flv");
    const isRefused = start.json.stream === "no";
    const reasons = rest.map(({ json }) => String(json.reason));
    if (isRefused) assert(rest.length === 0 || reasons.join() === "abandoned", `${session}: ${reasons}`);
    else {
      assertEquals(rest.map(({ action }) => action), ["on_stop"], session);
      pairs++;
    }
  }
  return pairs;
}

for (const workers of [1, 2]) {
  Deno.test(`${VIEWERS} viewers of each protocol for ${SECONDS} s, workers = ${workers}: each play begins and ends once`, async () => {
    await using stage = await HookHarness.open({ top: [`workers = ${workers}`], players: true });
    const { receiver, server } = stage;
    receiver.reply("*", answer);
    const port = Number(HTTP_LINE.exec(await server.waitForLine(HTTP_LINE))?.[1]);
    const api = /address=(\S+)/.exec(await server.waitForLine(/Listening for the API/))?.[1];
    const seen: Seen = { statuses: new Map(), tags: 0 };
    const until = performance.now() + SECONDS * 1000;
    const publishers = await Promise.all(
      Array.from({ length: STREAMS }, (_, i) => LivePublisher.publish(stage.port, `cam${i}`)),
    );
    const viewers = Array.from({ length: 2 * VIEWERS }, async (_, i) => {
      while (performance.now() < until) {
        await visit(port, i % 2 === 0, seen);
        await pause(random(300));
      }
    });
    const kicking = kickSome(`http://${api}`, until);
    await pause((SECONDS - DOWN_SECONDS) * 500);
    await receiver.stop();
    await pause(DOWN_SECONDS * 1000);
    receiver.listen();
    await Promise.all(viewers);
    const kicked = await kicking;
    for (const publisher of publishers) await publisher[Symbol.asyncDispose]();
    assertEquals((await server.stop()).code, 0);
    // What the stop could not deliver is delivered by the next start.
    await (await stage.start()).stop();
    const pairs = checkPairs(receiver.requests);
    for (const status of [101, 200, 403, 503]) {
      assertGreater(seen.statuses.get(status) ?? 0, 0, `status ${status}`);
    }
    assertGreater(kicked, 0);
    assertGreater(seen.tags, VIEWERS);
    const statuses = JSON.stringify(Object.fromEntries(seen.statuses));
    showFigure(`workers ${workers}: ${pairs} plays paired, ${kicked} kicked, statuses ${statuses}`);
  });
}
