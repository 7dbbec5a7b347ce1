/**
 * An origin and two edges, each with a service behind its hooks and an outbox on disk. A publisher at one edge, viewers
 * of all protocols at both: the origin takes one push and serves one pull. Then each of the three is killed and comes
 * back, and in the end every session has begun and ended once at the service that was asked.
 *
 * `SRS_SHOW=full`: 150 players by RTMP, 150 by HTTP-FLV and 50 viewers of HLS at each edge.
 *
 * @module
 */
import { assert, assertEquals, assertGreaterOrEqual } from "../support/assert.ts";
import { isConnectionEnd, type ReceivedHook } from "../support/hooks/hook_request_reader.ts";
import { HookHarness } from "../support/hooks/hook_harness.ts";
import { freePort } from "../support/net/free_ports.ts";
import { pause, showFigure, shown } from "../support/process/show.ts";
import { GapPlayer, LivePublisher } from "../support/rtmp/live_client.ts";
import { until } from "../support/wait.ts";

const RTMP_PLAYERS = shown(150, 4);
const FLV_PLAYERS = shown(150, 4);
const HLS_VIEWERS = shown(50, 2);
/** More than the time between two writes to a player. */
const FLUSH_MS = 500;
const HTTP_LINE = /Listening for players by HTTP address=127\.0\.0\.1:(\d+)/;
const CLUSTER = ["[cluster]", 'secret = "a-secret-of-this-test"', 'relay_allow = "127.0.0.1"'];
const TOP = ["max_connections = 2000"];
const ENDINGS: Readonly<Record<string, string>> = {
  on_connect: "on_close",
  on_publish: "on_unpublish",
  on_play: "on_stop",
};

/** A player by HTTP-FLV that counts what comes. */
class ByteCounter implements AsyncDisposable {
  readonly #conn: Deno.TcpConn;
  readonly #reading: Promise<void>;
  bytes = 0;

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    this.#reading = this.#read();
  }

  static async play(port: number): Promise<ByteCounter> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    await conn.write(new TextEncoder().encode("GET /live/cam.flv HTTP/1.0\r\nHost: localhost\r\n\r\n"));
    return new ByteCounter(conn);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#conn.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
    await this.#reading;
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(65_536);
    try {
      for (let n = await this.#conn.read(buffer); n !== null; n = await this.#conn.read(buffer)) {
        this.bytes += n;
      }
    } catch (error) {
      // The server is killed, or the player has closed.
      if (!isConnectionEnd(error)) throw error;
    }
  }
}

/** Those who watch at one edge. */
class Audience implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly #rtmp: GapPlayer[] = [];
  readonly #flv: ByteCounter[] = [];
  readonly #leaving = new AbortController();
  readonly #hls: Promise<void>[] = [];

  static async open(edge: HookHarness): Promise<Audience> {
    const http = Number(HTTP_LINE.exec(await edge.server.waitForLine(HTTP_LINE))?.[1]);
    const audience = new Audience();
    for (let i = 0; i < RTMP_PLAYERS; i++) {
      audience.#rtmp.push(audience.#stack.use(await GapPlayer.play(edge.port, "cam")));
    }
    for (let i = 0; i < FLV_PLAYERS; i++) {
      audience.#flv.push(audience.#stack.use(await ByteCounter.play(http)));
    }
    for (let i = 0; i < HLS_VIEWERS; i++) audience.#hls.push(audience.#watchHls(http));
    await audience.more();
    return audience;
  }

  /** Wait until each of them has got a second of media more. */
  async more(): Promise<void> {
    const frames = this.#rtmp.map((player) => player.frames);
    const bytes = this.#flv.map((player) => player.bytes);
    await until(() =>
      this.#rtmp.every((player, i) => player.frames > (frames[i] ?? 0) + 25) &&
      this.#flv.every((player, i) => player.bytes > (bytes[i] ?? 0) + 30_000)
    );
  }

  /** The longest pause of a player's pictures, one that had begun at this moment too, milliseconds. */
  longestGap(since: number): number {
    return Math.max(...this.#rtmp.flatMap((player) => player.gapsSince(since - FLUSH_MS)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving.abort();
    await Promise.all(this.#hls);
    await this.#stack[Symbol.asyncDispose]();
  }

  async #watchHls(port: number): Promise<void> {
    const { signal } = this.#leaving;
    const first = new URL(`http://127.0.0.1:${port}/live/cam.m3u8`);
    try {
      const master = await (await fetch(first, { signal })).text();
      const list = new URL(master.trim().split("\n").at(-1) ?? "", first);
      while (!signal.aborted) {
        const text = await (await fetch(list, { signal })).text();
        const name = text.split("\n").findLast((line) => line !== "" && !line.startsWith("#"));
        if (name !== undefined) await (await fetch(new URL(name, list), { signal })).arrayBuffer();
        await pause(1000);
      }
    } catch (error) {
      // The server is killed, or the viewer leaves.
      if (!signal.aborted && !(error instanceof TypeError)) throw error;
    }
  }
}

async function relaysOf(origin: HookHarness): Promise<Readonly<Record<string, number>>> {
  const { clients } = JSON.parse(await origin.api("/api/v1/clients?count=1000"));
  assert(Array.isArray(clients));
  const pushes = clients.filter(({ publish }) => publish === true).length;
  return { pushes, pulls: clients.length - pushes };
}

/** @returns How many sessions began and ended. */
function checkPairs(requests: readonly ReceivedHook[]): number {
  // A call that was cut off by a kill may come again, with the id of the first time.
  const once = new Map(requests.map((request) => [request.headers["webhook-id"], request])).values();
  let pairs = 0;
  for (const [session, events] of Map.groupBy(once, ({ json }) => String(json.session_id))) {
    const [start, ...rest] = events;
    // Killed while its ask was on the way: nobody knows the answer, so it is owed an ending alone.
    if (start?.json.reason === "abandoned" || start?.json.reason === "server_restart") continue;
    const ending = ENDINGS[start?.action ?? ""];
    assert(ending !== undefined, `${session} begins with ${start?.action}`);
    assertEquals(rest.map(({ action }) => action), [ending], `${session} of ${start?.action}`);
    pairs++;
  }
  return pairs;
}

Deno.test("an origin and two edges are killed in turn: one push and one pull, all see the stream again, all hooks pair", async () => {
  const port = freePort();
  await using origin = await HookHarness.open({ top: TOP, listen: `127.0.0.1:${port}`, sections: CLUSTER });
  const remote = ["[vhost.__defaultVhost__.cluster]", 'mode = "remote"', `origin = "127.0.0.1:${port}"`];
  const edge = () => HookHarness.open({ top: TOP, players: true, sections: [...CLUSTER, ...remote] });
  await using a = await edge();
  await using b = await edge();
  await using people = new AsyncDisposableStack();
  let publisher = people.use(await LivePublisher.publish(a.port, "cam"));
  let atA = people.use(await Audience.open(a));
  let atB = people.use(await Audience.open(b));
  assertEquals(await relaysOf(origin), { pushes: 1, pulls: 1 });

  let from = performance.now();
  await origin.kill();
  await origin.start();
  const absence = performance.now() - from;
  await atB.more();
  const gap = atB.longestGap(from);
  showFigure(
    `the origin was away for ${absence.toFixed()} ms, players at the other edge for ${gap.toFixed()} ms`,
  );
  assertEquals(await relaysOf(origin), { pushes: 1, pulls: 1 });

  await b.kill();
  await atB[Symbol.asyncDispose]();
  await b.start();
  atB = people.use(await Audience.open(b));

  from = performance.now();
  await a.kill();
  await atA[Symbol.asyncDispose]();
  await publisher[Symbol.asyncDispose]();
  await a.start();
  publisher = people.use(await LivePublisher.publish(a.port, "cam"));
  atA = people.use(await Audience.open(a));
  await atB.more();
  showFigure(
    `the publisher's edge was killed: players at the other one paused for ${
      atB.longestGap(from).toFixed()
    } ms`,
  );
  assertEquals(await relaysOf(origin), { pushes: 1, pulls: 1 });

  await atA[Symbol.asyncDispose]();
  await atB[Symbol.asyncDispose]();
  await publisher[Symbol.asyncDispose]();
  for (const server of [a, b, origin]) {
    await server.settled();
    await server.stop();
  }
  const pairs = [a, b, origin].map(({ receiver }) => checkPairs(receiver.requests));
  showFigure(`sessions that began and ended at the edges and the origin: ${pairs.join(", ")}`);
  // Both audiences came twice; each play by RTMP is a connection too.
  for (const count of pairs.slice(0, 2)) assertGreaterOrEqual(count, 2 * (2 * RTMP_PLAYERS + FLV_PLAYERS));
});
