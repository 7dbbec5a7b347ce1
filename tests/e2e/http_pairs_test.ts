/**
 * Viewers by HTTP, WebSocket and HLS come and go at random, with kicks, refusals and a service that is down for a while:
 * the service's record pairs up exactly.
 *
 * `SRS_SHOW=full`: 200 viewers of each protocol for two minutes, the service down for 20 s.
 *
 * @module
 */
import type { ReceivedHook } from "../support/hooks/hook_request_reader.ts";
import { FlvClient } from "../support/http/flv_client.ts";
import { HookHarness } from "../support/hooks/hook_harness.ts";
import { Inbox, PATIENCE_MS } from "../support/inbox.ts";
import { LivePublisher } from "../support/rtmp/live_client.ts";
import { pause, random, showFigure, shown } from "../support/process/show.ts";
import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "../support/assert.ts";

const VIEWERS = shown(200, 20);
const SECONDS = shown(120, 12);
const DOWN_SECONDS = shown(20, 2);
const STREAMS = 4;
const HTTP_LINE = /Listening for players by HTTP address=127\.0\.0\.1:(\d+)/;

/** What an allowed play is answered with. */
const WELCOME = { "http-flv": 200, "ws-flv": 101, hls: 200 } as const;
const REFUSED = 403;
const UNDECIDED = 503;
const KICKED = 410;
/** The connection ended without an answer. */
const NO_ANSWER = 0;

type Protocol = keyof typeof WELCOME;
const PROTOCOLS: readonly Protocol[] = ["http-flv", "ws-flv", "hls"];

/** What the service does meanwhile. */
type Phase = "up" | "between" | "down" | "back";

/**
 * A service that is slow is not one that is down: only its end makes a play undecided, however busy the machine is, and
 * plays are decided again soon after it is back.
 */
const HOOKS = ["timeout = 120", "ask_timeout = 120", "breaker_open = 1"];

/** The first answers of plays that began and were answered while the service did one thing, and what came after. */
class Seen {
  phase: Phase = "up";
  kicked = 0;
  tags = 0;
  /** Statuses of the later requests of viewers by HLS. */
  readonly later = new Map<number, number>();
  /** First answers that welcomed, in all phases and between them. */
  welcomed = 0;
  /** Plays that were kicked before their first answer. */
  unanswered = 0;
  readonly #counts = new Map<string, number>();
  readonly #news = new Inbox<string>(PATIENCE_MS, (line) => line);

  /** The first answer to a play that began in `since`. */
  answered(protocol: Protocol, name: string, status: number, since: Phase): void {
    const expected = name === "no" ? REFUSED : WELCOME[protocol];
    if (status === WELCOME[protocol]) this.welcomed++;
    const isWithin = since === this.phase;
    if (status === KICKED || status === NO_ANSWER) this.unanswered++;
    else {
      let allowed = [expected, UNDECIDED];
      if (isWithin && since === "up") allowed = [expected];
      if (isWithin && since === "down") allowed = [UNDECIDED];
      assert(allowed.includes(status), `${protocol} ${name}, service ${since}: status ${status}`);
    }
    if (isWithin) add(this.#counts, `${since} ${protocol} ${status}`);
    this.#news.notify();
  }

  /** Wait for each of these statuses of each protocol in this phase, and `ms` at least. */
  async during(ms: number, statusesOf: (protocol: Protocol) => readonly number[]): Promise<void> {
    const wanted = PROTOCOLS.flatMap((protocol) =>
      statusesOf(protocol).map((status) => `${this.phase} ${protocol} ${status}`)
    );
    const isMissing = (key: string) => !this.#counts.has(key);
    await pause(ms);
    try {
      await this.#news.until(() => !wanted.some(isMissing), "answers");
    } catch (cause) {
      throw new Error(`Nobody was answered: ${wanted.filter(isMissing).join(", ")}`, { cause });
    }
  }

  /** For the figures. */
  toString(): string {
    return JSON.stringify([this.#counts, this.later].map((counts) => Object.fromEntries(counts)));
  }
}

function add<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function randomName(): string {
  return random(10) === 0 ? "no" : `cam${random(STREAMS)}`;
}

async function visit(port: number, protocol: "http-flv" | "ws-flv", seen: Seen): Promise<void> {
  const name = randomName();
  const since = seen.phase;
  const webSocket = protocol === "ws-flv";
  await using viewer = await FlvClient.send({ port, path: `/live/${name}.flv`, webSocket });
  if (random(10) === 0) return await pause(random(30));
  const end = viewer.end();
  const status = await viewer.status().catch(async () => {
    await end;
    return NO_ANSWER;
  });
  seen.answered(protocol, name, status, since);
  if (status !== WELCOME[protocol]) return;
  await Promise.race([end, pause(random(1500))]);
  seen.tags += viewer.tags.items.length;
  if (random(3) === 0) await viewer.conn.closeWrite().catch((error: unknown) => error);
}

/** A viewer of HLS plays for a moment, and is away without a word: its session ends idle, or with the server. */
async function visitHls(port: number, client: Deno.HttpClient, seen: Seen): Promise<void> {
  const name = randomName();
  const since = seen.phase;
  const base = `http://127.0.0.1:${port}/live/`;
  const signal = random(10) === 0 ? AbortSignal.timeout(random(30)) : new AbortController().signal;
  const options = { client, signal };
  try {
    const first = await fetch(`${base}${name}.m3u8`, options);
    const master = await first.text();
    // On a busy machine the first segment may take longer than a viewer is held: allowed, and ended.
    if (/Nobody publishes/.test(master)) return;
    seen.answered("hls", name, first.status, since);
    if (!first.ok) return;
    const media = `${base}${master.trim().split("\n").at(-1)}`;
    for (let i = random(4); i >= 0; i--) {
      const playlist = await later(media, options, seen);
      const segment = playlist?.split("\n").findLast((line) => line.startsWith("s"));
      if (segment === undefined) return;
      await later(new URL(segment, media).href, options, seen);
      await pause(random(300));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function later(
  url: string,
  options: RequestInit & { client: Deno.HttpClient },
  seen: Seen,
): Promise<string | undefined> {
  const response = await fetch(url, options);
  const text = await response.text();
  add(seen.later, response.status);
  return response.ok ? text : undefined;
}

/** Says no to what is called "no", yes to the rest, some of it late. */
async function answer({ json }: ReceivedHook): Promise<number> {
  if (json.stream === "no") return 1;
  if (random(4) === 0) await pause(random(60));
  return 0;
}

async function kickSome(api: string, seen: Seen, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await pause(500);
    const { clients } = await (await fetch(`${api}/api/v1/clients?count=1000`)).json();
    const players = clients.filter(({ type }: { type: string }) =>
      type === "flv-play" || type === "hls-play"
    );
    const chosen = players[random(players.length)];
    if (chosen === undefined) continue;
    const reply = await fetch(`${api}/api/v1/clients/${chosen.id}`, { method: "DELETE" });
    if ((await reply.json()).code === 0) seen.kicked++;
  }
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
    assert(start !== undefined && ["http-flv", "ws-flv", "hls"].includes(String(start.json.protocol)));
    const isRefused = start.json.stream === "no";
    const reasons = rest.map(({ json }) => String(json.reason));
    // The server ended as asked: there was nothing for its next start to repair.
    assert(!reasons.includes("server_restart"), `${session}: its ending was lost`);
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
    await using stage = await HookHarness.open({
      top: [`workers = ${workers}`],
      hooks: HOOKS,
      players: true,
    });
    const { receiver, server } = stage;
    receiver.reply("*", answer);
    const port = Number(HTTP_LINE.exec(await server.waitForLine(HTTP_LINE))?.[1]);
    const api = /address=(\S+)/.exec(await server.waitForLine(/Listening for the API/))?.[1];
    const seen = new Seen();
    // Less than the server's head_timeout: it closes what fetch() opened and has not used, and a request that goes out
    // on a connection that is just being closed has no answer.
    using client = Deno.createHttpClient({ poolIdleTimeout: 3000 });
    const publishers = await Promise.all(
      Array.from({ length: STREAMS }, (_, i) => LivePublisher.publish(stage.port, `cam${i}`)),
    );
    let isOver = false;
    const viewers = Promise.all(Array.from({ length: 3 * VIEWERS }, async (_, i) => {
      while (!isOver) {
        const protocol = PROTOCOLS[i % 3] ?? "hls";
        await (protocol === "hls" ? visitHls(port, client, seen) : visit(port, protocol, seen));
        await pause(random(300));
      }
    }));
    const kicking = kickSome(`http://${api}`, seen, () => isOver);
    const upMs = (SECONDS - DOWN_SECONDS) * 500;
    const phases = async () => {
      await seen.during(upMs, (protocol) => [WELCOME[protocol], REFUSED]);
      seen.phase = "between";
      await receiver.stop();
      seen.phase = "down";
      await seen.during(DOWN_SECONDS * 1000, () => [UNDECIDED]);
      seen.phase = "back";
      receiver.listen();
      await seen.during(upMs, (protocol) => [WELCOME[protocol], REFUSED]);
      isOver = true;
    };
    // What fails in a viewer ends the test at once.
    await Promise.all([phases(), viewers, kicking]);
    for (const publisher of publishers) await publisher[Symbol.asyncDispose]();
    assertEquals((await server.stop()).code, 0);
    // What the stop could not deliver is delivered by the next start.
    await (await stage.start()).stop();
    const pairs = checkPairs(receiver.requests);
    assertGreaterOrEqual(pairs, seen.welcomed);
    assertLessOrEqual(seen.unanswered, seen.kicked);
    assertEquals([...seen.later.keys()].filter((status) => status !== 200 && status !== KICKED), []);
    assertGreaterOrEqual(seen.kicked, 1);
    assertGreaterOrEqual(seen.tags, VIEWERS);
    showFigure(`workers ${workers}: ${pairs} plays paired, ${seen.kicked} kicked, ${seen}`);
  });
}
