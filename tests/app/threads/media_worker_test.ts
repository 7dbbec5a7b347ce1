/**
 * A media thread, with the test as its main thread and as its peer.
 *
 * @module
 */
import { KEY_ATTEMPT_CELLS } from "../../../stream/admission/access/key_attempt_limiter.ts";
import { COUNT_CELLS } from "../../../system/limits/shared_counters.ts";
import { LIMIT_CELLS } from "../../../system/limits/limit_counters.ts";
import type {
  BetweenThreads,
  FromThread,
  QueryReply,
  StartThread,
  ToThread,
} from "../../../app/threads/thread_messages.ts";
import { LogThreshold } from "../../../system/log/log_threshold.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { Inbox, PATIENCE_MS } from "../../support/inbox.ts";
import { avcKeyFrame } from "../../support/stream/media.ts";
import { testPlayerOptions, testRtmpOptions } from "../../support/rtmp/rtmp_harness.ts";
import { NO_TRACKS } from "../../../stream/media/known_tracks.ts";
import { RtmpTestClient } from "../../support/rtmp/rtmp_client.ts";

const KEY = "__defaultVhost__/live/livestream";

/** A media thread that was started with the numbers from 1 on. */
class TestThread implements Disposable {
  readonly inbox = new Inbox<FromThread>(PATIENCE_MS, ({ kind }) => kind);
  readonly #worker: Worker;
  readonly #line: MessagePort;
  readonly #peer: MessagePort;

  constructor(port = 0) {
    this.#worker = new Worker(new URL("../../../app/threads/media_worker.ts", import.meta.url), {
      type: "module",
    });
    const { port1: line, port2: far } = new MessageChannel();
    const { port1: peer, port2: farNeighbour } = new MessageChannel();
    this.#line = line;
    this.#peer = peer;
    line.onmessage = ({ data }: MessageEvent<FromThread>) => this.inbox.put(data);
    this.#worker.postMessage(undefined, [far]);
    const cells = (count: number) => new Int32Array(new SharedArrayBuffer(4 * count));
    const start: StartThread = {
      bans: [],
      certificates: {},
      kind: "start",
      options: {
        rtmp: { ...testRtmpOptions({}), listen: [{ hostname: "127.0.0.1", port }] },
        http: testPlayerOptions(),
      },
      hookedVhosts: [],
      sinkVhosts: [],
      logLevelCell: LogThreshold.at("trace").cell,
      followed: true,
      salt: new Uint8Array(16),
      clientIds: [[1, 2], [3, 4]],
      connections: cells(1),
      httpConnections: cells(1),
      countCells: cells(COUNT_CELLS),
      keyAttemptCells: new BigUint64Array(new SharedArrayBuffer(8 * KEY_ATTEMPT_CELLS)),
      limitCells: cells(LIMIT_CELLS),
      ports: [farNeighbour],
      thread: 0,
      viewerKey: new Uint8Array(32),
      firstDiscontinuity: 1,
    };
    line.postMessage(start, [farNeighbour]);
  }

  say(message: ToThread): void {
    this.#line.postMessage(message);
  }

  sayAsNeighbour(message: BetweenThreads): void {
    this.#peer.postMessage(message);
  }

  async heard<K extends FromThread["kind"]>(kind: K): Promise<Extract<FromThread, { kind: K }>> {
    const message = await this.inbox.take((candidate) => candidate.kind === kind, kind);
    if (!isOf(message, kind)) throw new Error(`${message.kind} is not ${kind}`);
    return message;
  }

  /** What it answers to `describe`. */
  async described(): Promise<Extract<QueryReply, { kind: "described" }>> {
    const { answer } = await this.heard("answer");
    if (answer.kind !== "described") throw new Error(`${answer.kind} is not described`);
    return answer;
  }

  async port(): Promise<number> {
    return (await this.heard("listening")).addresses.rtmp[0]?.port ?? 0;
  }

  /** Give a client its name, as the main thread does. */
  async grant(): Promise<void> {
    const { claim } = await this.heard("claim");
    this.say({ kind: "claimed", claim, holder: undefined, time: 0 });
  }

  [Symbol.dispose](): void {
    this.#line.close();
    this.#peer.close();
    this.#worker.terminate();
  }
}

function isOf<K extends FromThread["kind"]>(
  message: FromThread,
  kind: K,
): message is Extract<FromThread, { kind: K }> {
  return message.kind === kind;
}

Deno.test("A media thread that cannot listen says why", async () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    using thread = new TestThread(taken.addr.port);
    assertEquals((await thread.heard("failed")).failure.name, "AddrInUse");
  } finally {
    taken.close();
  }
});

Deno.test("A media thread tells the main thread of a fault, and goes on", async () => {
  using thread = new TestThread();
  const port = await thread.port();
  await using player = await RtmpTestClient.connect({ port });
  await player.play("livestream");
  // What no thread sends: a piece of a segment that was never lent.
  const start = { headers: [], time: 0 };
  thread.sayAsNeighbour({ kind: "begin", key: KEY, subscription: 1, output: 1, start });
  const state = {
    headers: [],
    gops: { messagesInGop: 0, start: undefined, pictureTime: undefined, longestGopMs: 0 },
    tracks: NO_TRACKS,
  };
  const pieces = [{ segment: 7, memory: undefined, from: 0, to: 1 }];
  const batch = { pieces, entries: new Float64Array(0), state };
  thread.sayAsNeighbour({ kind: "batch", key: KEY, subscription: 1, output: 1, batch });
  assertStringIncludes((await thread.heard("fault")).error, "segment 7 is not known here");
  await using next = await RtmpTestClient.connect({ port });
  assertEquals((await next.play("livestream")).code, "NetStream.Play.Start");
});

Deno.test("A media thread describes who holds a name, and replaces the one that it is asked to replace", async () => {
  using thread = new TestThread();
  await using client = await RtmpTestClient.connect({ port: await thread.port() });
  const published = client.publish("livestream");
  await thread.grant();
  assertEquals((await published).code, "NetStream.Publish.Start");
  thread.say({ kind: "describe", query: 5, key: KEY });
  const { query, holder } = await thread.described();
  assertEquals([query, holder?.ip, holder?.live, holder?.leaving], [5, "127.0.0.1", true, false]);
  assert((holder?.reads.reads ?? 0) > 0 && holder?.reads.waiting === true);
  // Somebody else had the name when it was judged.
  thread.say({ kind: "replace", key: KEY, clientId: 99 });
  thread.say({ kind: "describe", query: 7, key: KEY });
  assert((await thread.described()).holder?.leaving === false);
  thread.say({ kind: "replace", key: KEY, clientId: holder?.id ?? 0 });
  await client.closed;
  await thread.heard("disclaim");
  thread.say({ kind: "describe", query: 6, key: KEY });
  assertEquals(await thread.described(), { kind: "described", query: 6, holder: undefined });
});

Deno.test("A media thread asks for more numbers in time, and says with each name where its stream came to", async () => {
  using thread = new TestThread();
  const port = await thread.port();
  await using client = await RtmpTestClient.connect({ port });
  await using second = await RtmpTestClient.connect({ port });
  await thread.heard("moreClientIds");
  const published = client.publish("livestream");
  await thread.grant();
  await published;
  await client.sendVideo(avcKeyFrame(), 0);
  await client.sendVideo(avcKeyFrame(), 200);
  await client.leave("livestream");
  assertEquals((await thread.heard("disclaim")).time, 200);
  await second.close();
});

Deno.test("A media thread drains, and says so when nothing is left", async () => {
  using thread = new TestThread();
  await using client = await RtmpTestClient.connect({ port: await thread.port() });
  thread.say({ kind: "drain" });
  await thread.heard("drained");
  assertEquals(await client.closed, "fin");
});
