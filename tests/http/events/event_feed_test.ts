/**
 * Events over real connections: nothing missing, nothing twice, and what is gone is counted.
 *
 * @module
 */
import type { Clock } from "../../../core/mod.ts";
import { EventFeed } from "../../../http/events/event_feed.ts";
import { SystemClock } from "../../../system/mod.ts";
import { maskSecrets } from "../../../system/log/mask.ts";
import { assert, assertEquals, assertLess, assertMatch } from "../../support/assert.ts";
import { ApiHarness } from "../../support/http/api_harness.ts";
import { EventClient, openListener } from "../../support/http/event_client.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { playEvent } from "../../support/http/activity_events.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";
import { turn, until } from "../../support/wait.ts";

interface Trial {
  readonly feed: EventFeed;
  readonly api: ApiHarness;
  readonly port: number;
}

async function withFeed(
  kept: number,
  run: (trial: Trial) => Promise<void>,
  clock: Clock = new SystemClock(),
): Promise<void> {
  const feed = new EventFeed(kept, { clock, serviceId: "abcdefgh", mask: maskSecrets });
  await using rtmp = RtmpHarness.start();
  await using api = await ApiHarness.start(rtmp.server, { events: feed });
  await run({ feed, api, port: api.port });
}

function emit(feed: EventFeed, from: number, to: number): void {
  for (let clientId = from; clientId <= to; clientId++) feed.emit(playEvent({ clientId }));
}

Deno.test("a listener gets what happens from then on, and the server ends it at its own end", async () => {
  let ended: Promise<void> | undefined;
  await withFeed(100, async ({ feed, port }) => {
    emit(feed, 1, 3);
    const client = await EventClient.listen({ port });
    assertMatch(client.head, /^HTTP\/1\.1 200 OK\r\n[\s\S]*content-type: text\/event-stream/i);
    assertMatch(client.head, /cache-control: no-store/i);
    emit(feed, 4, 5);
    const first = await client.next();
    assertEquals([first.kind, first.id, first.data["client_id"]], ["on_play", "abcdefgh-4", 4]);
    assertEquals([first.data["param"], first.data["tcUrl"]], ["?token=***", "rtmp://h/live?secret=***"]);
    assertEquals((await client.next()).id, "abcdefgh-5");
    // What happens last is still sent.
    emit(feed, 6, 6);
    ended = client.next().then((event) => assertEquals(event.id, "abcdefgh-6")).then(() => client.ended)
      .then(() => client[Symbol.asyncDispose]());
  });
  await ended;
});

Deno.test("listeners get what they chose alone", async () => {
  await withFeed(100, async ({ feed, port }) => {
    await using stops = await EventClient.listen({ port, query: "?kind=on_stop&app=live" });
    await using other = await EventClient.listen({ port, query: "?stream=other" });
    emit(feed, 1, 2);
    feed.emit(playEvent({ kind: "on_stop", clientId: 3 }));
    feed.emit(playEvent({ stream: "other", clientId: 4 }));
    assertEquals((await stops.next()).id, "abcdefgh-3");
    assertEquals((await other.next()).id, "abcdefgh-4");
  });
});

Deno.test("a listener that comes back 100 times under load misses nothing and gets nothing twice", async () => {
  await withFeed(10_000, async ({ feed, port }) => {
    const TOTAL = 4000;
    let emitted = 0;
    let running = true;
    const load = (async () => {
      for (; emitted < TOTAL && running; emitted += 20) {
        emit(feed, emitted + 1, emitted + 20);
        await turn();
      }
    })();
    const got: number[] = [];
    let lastEventId = "abcdefgh-0";
    let visits = 0;
    while (visits < 100 || got.length < TOTAL) {
      await using client = await EventClient.listen({ port, lastEventId });
      visits++;
      const wanted = visits < 100 ? 1 + visits % 40 : TOTAL - got.length;
      for (let i = 0; i < wanted && got.length < TOTAL; i++) {
        const { id, kind, data } = await client.next();
        assertEquals(kind, "on_play");
        got.push(Number(data["client_id"]));
        // What was received and not looked at is asked for again.
        lastEventId = id;
      }
    }
    running = false;
    await load;
    assert(visits >= 100, `${visits} visits`);
    assertEquals(got, Array.from({ length: TOTAL }, (_, i) => i + 1));
  });
});

Deno.test("what is no longer kept is lost, with its count, and the rest follows", async () => {
  await withFeed(10, async ({ feed, port }) => {
    emit(feed, 1, 25);
    await using client = await EventClient.listen({ port, lastEventId: "abcdefgh-4" });
    const lost = await client.next();
    assertEquals([lost.kind, lost.id], ["lost", "abcdefgh-15"]);
    assertEquals(lost.data, { action: "lost", count: 11, cause: "absent" });
    for (let number = 16; number <= 25; number++) {
      assertEquals((await client.next()).data["client_id"], number);
    }
  });
});

Deno.test("100 returns to a small ring under load: every event is had once, or counted as lost", async () => {
  await withFeed(50, async ({ feed, port }) => {
    let emitted = 0;
    let accounted = 0;
    let lostEvents = 0;
    let lastEventId = "abcdefgh-0";
    for (let visit = 0; visit < 100; visit++) {
      const burst = visit % 3 === 0 ? 120 : 20;
      emit(feed, emitted + 1, emitted + burst);
      emitted += burst;
      await using client = await EventClient.listen({ port, lastEventId });
      const wanted = visit === 99 ? Infinity : 1 + visit % 25;
      for (let i = 0; i < wanted && accounted < emitted; i++) {
        const { id, kind, data } = await client.next();
        if (kind === "lost") {
          accounted += Number(data["count"]);
          lostEvents++;
        } else {
          accounted++;
          assertEquals(data["client_id"], accounted);
        }
        assertEquals(id, `abcdefgh-${accounted}`);
        lastEventId = id;
      }
    }
    assertEquals(accounted, emitted);
    assert(lostEvents > 10, `${lostEvents} times lost`);
  });
});

Deno.test("the id of an earlier process: what there is, after a lost without a count", async () => {
  await withFeed(10, async ({ feed, port }) => {
    emit(feed, 1, 2);
    await using client = await EventClient.listen({ port, lastEventId: "zzzzzzzz-900" });
    const lost = await client.next();
    assertEquals(lost.data, { action: "lost", count: null, cause: "restart" });
    assertEquals((await client.next()).id, "abcdefgh-1");
    assertEquals((await client.next()).id, "abcdefgh-2");
    // Where nothing has happened yet it is said all the same.
  });
  await withFeed(10, async ({ port }) => {
    await using client = await EventClient.listen({ port, lastEventId: "zzzzzzzz-900" });
    assertEquals((await client.next()).kind, "lost");
  });
});

const REFUSED = [
  { name: "an id that nobody gave", path: "?last_event_id=abcdefgh-77" },
  { name: "what is not an id", path: "?last_event_id=77" },
  { name: "an unknown kind", path: "?kind=on_plya" },
];
for (const { name, path } of REFUSED) {
  Deno.test(`${name} is refused with 400`, async () => {
    await withFeed(10, async ({ api }) => {
      const reply = await fetch(`${api.url}/api/v1/events${path}`);
      const { code } = await reply.json();
      assertEquals([reply.status, code], [400, 4904]);
    });
  });
}

Deno.test("HEAD gets the head alone", async () => {
  await withFeed(10, async ({ api, feed }) => {
    const reply = await fetch(`${api.url}/api/v1/events`, { method: "HEAD" });
    assertEquals([reply.status, reply.headers.get("content-type"), feed.listenerCount], [
      200,
      "text/event-stream",
      0,
    ]);
  });
});

Deno.test("listeners that do not read hold a bounded memory, and are ended", async () => {
  const clock = new ManualClock();
  await withFeed(2000, async ({ feed, port, api }) => {
    const conns = await Promise.all(Array.from({ length: 50 }, () => openListener({ port })));
    await until(() => feed.listenerCount === 50);
    const before = Deno.memoryUsage();
    // Far more than the sockets take: 50 listeners would owe 50 times 40 MB. The process has garbage of its own.
    for (let i = 0; i < 200; i++) {
      for (let j = 0; j < 200; j++) feed.emit(playEvent({ pageUrl: `http://page/${"x".repeat(900)}` }));
      await clock.advance(10);
      const { rss, external } = Deno.memoryUsage();
      assertLess(external - before.external, 64e6);
      assertLess(rss - before.rss, 500e6);
    }
    assertEquals(feed.listenerCount, 50);
    await clock.advance(12_000);
    assertEquals(feed.listenerCount, 0);
    assert(api.hits.filter((hit) => hit === "http_api.write_timeout").length === 50, api.hits.join(" "));
    assertLess(feed.heldBytes, 2000 * 1024 + 1);
    for (const conn of conns) conn.close();
  }, clock);
});

Deno.test("a slow listener goes on after a lost with the right count", async () => {
  await withFeed(100, async ({ feed, port }) => {
    const conn = await openListener({ port });
    await until(() => feed.listenerCount === 1);
    // More than the sockets between take, while nobody reads.
    let emitted = 0;
    for (; emitted < 20_000; emitted += 100) {
      for (let i = 1; i <= 100; i++) {
        feed.emit(playEvent({ clientId: emitted + i, pageUrl: `http://page/${"x".repeat(900)}` }));
      }
      await turn();
    }
    let text = "";
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(256 * 1024);
    while (!text.includes(`"client_id":${emitted},`)) {
      const length = await conn.read(buffer);
      assert(length !== null, "the listener was ended");
      text += decoder.decode(buffer.subarray(0, length), { stream: true });
    }
    conn.close();
    const bodies = [...text.matchAll(/^data: (.*)$/gm)].map(([, json = ""]) => JSON.parse(json));
    let accounted = 0;
    let lost = 0;
    for (const body of bodies) {
      if (body.action === "lost") {
        assertEquals(body.cause, "slow");
        lost += body.count;
        accounted += body.count;
      } else assertEquals(body.client_id, ++accounted);
    }
    assertEquals(accounted, emitted);
    assert(lost > 1000, `${lost} lost`);
  });
});
