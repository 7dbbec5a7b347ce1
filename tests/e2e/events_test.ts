/**
 * A listener of events that comes back again and again while sessions begin and end: it misses nothing and gets nothing
 * twice, or gets the number of those that are lost.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { EventClient, type ReceivedEvent } from "../support/http/event_client.ts";
import { SessionDriver } from "../support/load/session_driver.ts";
import { ServerProcess } from "../support/process/server_process.ts";
import { pause, random, showFigure, shown } from "../support/process/show.ts";
import { until } from "../support/wait.ts";

const RETURNS = shown(100, 10);
/** Each is four events. */
const SESSION_EVERY_MS = 20;
/** What a listener that leaves is mostly away for, at most, and now and then. */
const MAX_AWAY_MS = 300;
const LONG_AWAY_MS = 1500;
const LONG_EACH = 4;
/** The banner's line of the API. */
const API = /http:\/\/\S+:(\d+)\/api\/v1/;

/** Sessions, one after the other, until it is disposed of. */
class Sessions implements AsyncDisposable {
  readonly #driver: SessionDriver;
  readonly #running: Promise<void>;
  #isOver = false;

  constructor(port: number) {
    this.#driver = new SessionDriver(port);
    this.#running = this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      await this.#driver.run();
      await pause(SESSION_EVERY_MS);
    }
  }
}

/** Listen, take something or nothing, leave, and come back; all that came, in its order. */
async function comeBack(port: number): Promise<{ seen: ReceivedEvent[]; lastEventId: string }> {
  const seen: ReceivedEvent[] = [];
  let lastEventId = "";
  for (let i = 0; i <= RETURNS; i++) {
    const client = await EventClient.listen({ port, lastEventId });
    try {
      if (i === 0) await until(() => client.events.items.length > 0);
      else await pause(random(MAX_AWAY_MS));
    } finally {
      await client[Symbol.asyncDispose]();
    }
    seen.push(...client.events.items);
    lastEventId = client.lastEventId;
    await pause(i % LONG_EACH === 0 ? LONG_AWAY_MS : random(MAX_AWAY_MS));
  }
  return { seen, lastEventId };
}

/** The rest, up to the event of this id. */
async function catchUp(port: number, lastEventId: string, end: string): Promise<readonly ReceivedEvent[]> {
  if (lastEventId === end) return [];
  await using client = await EventClient.listen({ port, lastEventId });
  await until(() => client.lastEventId === end);
  return client.events.items;
}

/** Events are numbered. */
function numberOf(id: string): number {
  return Number(/\d+$/.exec(id)?.[0]);
}

/** How many the `lost` among these say. */
function lostOf(events: readonly ReceivedEvent[]): number {
  return events.reduce((sum, { kind, data }) => sum + (kind === "lost" ? Number(data["count"]) : 0), 0);
}

for (const kept of [10_000, 40]) {
  Deno.test(`a listener of events that comes back misses nothing, of ${kept} that are kept, or learns how many are lost`, async () => {
    await using server = await ServerProcess.start({
      toml: `listen = "127.0.0.1:0"
http_api = { listen = "127.0.0.1:0", events_kept = ${kept} }
http_server.enabled = false
hooks.outbox.path = ""
`,
    });
    const port = Number(API.exec(await server.waitForLine(API))?.[1]);
    await using stayed = await EventClient.listen({ port });
    const sessions = new Sessions(server.port);
    const { seen, lastEventId } = await comeBack(port);
    await sessions[Symbol.asyncDispose]();
    // The last session's end is an event too.
    await until(() => stayed.events.items.filter(({ kind }) => kind === "on_close").length >= 2);
    let quiet = "";
    while (quiet !== stayed.lastEventId) {
      quiet = stayed.lastEventId;
      await pause(1000);
    }
    seen.push(...await catchUp(port, lastEventId, quiet));

    const numbers = seen.filter(({ kind }) => kind !== "lost").map(({ id }) => numberOf(id));
    const [first = 0] = numbers;
    const lost = lostOf(seen);
    // Each has the number after the one before: those that are not there are those that are said to be lost.
    assertEquals(numbers.toSorted((a, b) => a - b), [...new Set(numbers)]);
    assertEquals(numbers.length + lost, numberOf(quiet) - first + 1);
    assertEquals(lost > 0, kept < 100);
    showFigure(
      `${RETURNS} returns, ${numbers.length} events, ${kept} kept: ${lost} lost, and known to be`,
    );
  });
}
