/**
 * Connections come and go at random; the service's record pairs up exactly.
 *
 * @module
 */
import type { ReceivedHook } from "../support/hooks/hook_request_reader.ts";
import { assert, assertEquals, assertGreater } from "../support/assert.ts";
import { HookHarness } from "../support/hooks/hook_harness.ts";
import { aacFrame, avcInterFrame, avcKeyFrame, avcSequenceHeader } from "../support/stream/media.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { pause, random, shown } from "../support/process/show.ts";

const CONNECTIONS = 30;
const SECONDS = shown(60, 10);
const STREAMS = 6;

const ENDINGS: Readonly<Record<string, string>> = {
  on_connect: "on_close",
  on_publish: "on_unpublish",
  on_play: "on_stop",
};

/** One visit of one client, by chance. What the server does to it meanwhile does not fail the test. */
async function visit(port: number): Promise<void> {
  const client = await RtmpTestClient.open({ port, waitMs: 5000 });
  try {
    await act(client, port);
  } catch (error) {
    // It was refused, or left in the middle of a wait: the record tells whether all is well.
    if (!(error instanceof Error)) throw error;
  } finally {
    await client.close();
  }
}

async function act(client: RtmpTestClient, port: number): Promise<void> {
  const connected = client.connectApp({ port, app: random(10) === 0 ? "no" : "live" });
  if (random(12) === 0) return leave(connected, random(6));
  if ((await connected).name !== "_result") return;
  for (let round = random(3); round >= 0; round--) {
    const name = random(12) === 0 ? "no" : `stream${random(STREAMS)}`;
    const publishes = random(2) === 0;
    const started = publishes ? client.publish(name) : client.play(name);
    if (random(12) === 0) return leave(started, random(6));
    if ((await started).level === "error") return void await client.closed;
    if (publishes) await sendFrames(client, random(20));
    else await pause(random(400));
    const way = random(5);
    if (way === 0) return await client.leave(name);
    if (way === 1) return;
    if (way === 2) return await client.sendBytes(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
    await client.streamCommand("closeStream");
  }
}

/** Leave without waiting for an answer. */
async function leave(waiting: Promise<unknown>, afterMs: number): Promise<void> {
  const ignored = waiting.catch((error: unknown) => error);
  await Promise.race([ignored, pause(afterMs)]);
}

async function sendFrames(client: RtmpTestClient, count: number): Promise<void> {
  await client.sendVideo(avcSequenceHeader(), 0);
  for (let i = 0; i < count; i++) {
    await client.sendVideo(
      i % 10 === 0 ? avcKeyFrame({ size: 4000 }) : avcInterFrame(i % 10, { size: 800 }),
      i * 40,
    );
    await client.sendAudio(aacFrame(), i * 40);
    await pause(10);
  }
}

/** Says no to what is called "no", yes to the rest, some of it late. */
async function answer({ json, action }: ReceivedHook): Promise<number> {
  if (ENDINGS[action] === undefined) return 0;
  if (json.app === "no" || json.stream === "no") return 1;
  if (random(4) === 0) await pause(random(60));
  return 0;
}

/** Visits for `seconds`, then the end of the server; the service's record of it. */
async function record(stage: HookHarness, seconds: number): Promise<readonly ReceivedHook[]> {
  const { receiver, server } = stage;
  receiver.reply("*", answer);
  const until = performance.now() + seconds * 1000;
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    while (performance.now() < until) {
      await visit(server.port);
      await pause(random(300));
    }
  }));
  assertEquals((await server.stop()).code, 0);
  assert(!server.lines.some((line) => /\[error\]|bug/i.test(line)), "the server logged an error");
  return receiver.requests;
}

function checkSessions(requests: readonly ReceivedHook[], atLeast: number): void {
  const ids = requests.map(({ headers }) => headers["webhook-id"]);
  assertEquals(new Set(ids).size, ids.length, "something was reported twice");
  const counts: Record<string, number> = {};
  for (const [session, events] of Map.groupBy(requests, ({ json }) => String(json.session_id))) {
    const [start, ...rest] = events;
    assert(start !== undefined);
    const ending = ENDINGS[start.action];
    if (start.json.reason === "abandoned") {
      // The client left while its ask was on the way: the call was cut off before the service had read it whole.
      assertEquals(rest, []);
      continue;
    }
    assert(ending !== undefined, `${session} begins with ${start.action}`);
    const isRefused = start.json.app === "no" || start.json.stream === "no";
    const reasons = rest.map(({ json }) => json.reason);
    // A client that left before the answer no was read is owed an ending, as nobody knows what was answered.
    if (isRefused) assert(rest.length === 0 || reasons.join() === "abandoned", `${session}: ${reasons}`);
    else assertEquals(rest.map(({ action }) => action), [ending], `${session} of ${start.action}`);
    counts[start.action] = (counts[start.action] ?? 0) + 1;
  }
  for (const event of Object.keys(ENDINGS)) assertGreater(counts[event] ?? 0, atLeast, `too few of ${event}`);
}

function checkOrder(requests: readonly ReceivedHook[]): void {
  for (const events of Map.groupBy(requests, ({ json }) => json.client_id).values()) {
    assert(events[0]?.action === "on_connect" || events[0]?.json.reason === "abandoned");
    const close = events.findIndex(({ action }) => action === "on_close");
    assert(close < 0 || close === events.length - 1, "something came after on_close");
  }
  // One publisher a name at a time: the record is in the order in which the server sent requests and notifications.
  for (const events of Map.groupBy(requests, ({ json }) => json.stream_url).values()) {
    let publisher: unknown;
    for (const { action, json } of events) {
      if (action === "on_publish" && json.stream !== "no") {
        assertEquals(publisher, undefined, `${json.stream} has two publishers`);
        publisher = json.session_id;
      }
      if (action === "on_unpublish") publisher = undefined;
    }
  }
}

for (const { workers, seconds } of [{ workers: 1, seconds: SECONDS }, { workers: 2, seconds: SECONDS / 2 }]) {
  const title = `${CONNECTIONS} connections for ${seconds} s, workers = ${workers}, each at random`;
  Deno.test(`${title}: what begins ends, once and in order`, async () => {
    await using stage = await HookHarness.open({ top: [`workers = ${workers}`] });
    const requests = await record(stage, seconds);
    checkSessions(requests, seconds);
    checkOrder(requests);
  });
}
