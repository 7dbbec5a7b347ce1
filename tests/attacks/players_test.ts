/**
 * Attacks on the server for players: requests that two servers read differently, connections without an end, and
 * viewers that read nothing.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import { attackTest } from "../support/attacks/attacks.ts";
import type { FlvClient } from "../support/http/flv_client.ts";
import { PlayerHarness, type PlayerHarnessOptions } from "../support/http/player_harness.ts";
import { maskedFrame } from "../support/http/web_socket_client.ts";
import { avcInterFrame, avcKeyFrame, avcSequenceHeader } from "../support/stream/media.ts";
import { until } from "../support/wait.ts";
import { LivePublisher } from "../support/rtmp/live_client.ts";

const HOST = "Host: h";
const PATH = "/live/livestream.flv";
const GET = `GET ${PATH} HTTP/1.1`;
const SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";

/** Requests, and what each is answered. */
const MALFORMED: readonly (readonly [what: string, status: number, text: string])[] = [
  ["a Content-Length", 400, `${GET}\r\n${HOST}\r\nContent-Length: 5\r\n\r\nhello`],
  ["a POST with a body", 400, `POST ${PATH} HTTP/1.1\r\n${HOST}\r\nContent-Length: 5\r\n\r\nhello`],
  ["chunks", 400, `POST ${PATH} HTTP/1.1\r\n${HOST}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ["chunks in a GET", 400, `${GET}\r\n${HOST}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  [
    "a length and chunks",
    400,
    `${GET}\r\n${HOST}\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ["an encoding with a tab", 400, `${GET}\r\n${HOST}\r\nTransfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n`],
  ["an encoding that is none", 400, `${GET}\r\n${HOST}\r\nTransfer-Encoding: identity\r\n\r\n`],
  ["two lengths", 400, `${GET}\r\n${HOST}\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n`],
  ["a signed length", 400, `${GET}\r\n${HOST}\r\nContent-Length: +0\r\n\r\n`],
  ["a length in hex", 400, `${GET}\r\n${HOST}\r\nContent-Length: 0x0\r\n\r\n`],
  ["no Host", 400, `${GET}\r\n\r\n`],
  ["two Hosts", 400, `${GET}\r\n${HOST}\r\n${HOST}\r\n\r\n`],
  ["a Host with credentials", 400, `${GET}\r\nHost: a@h\r\n\r\n`],
  ["a bare LF", 400, `${GET}\n${HOST}\n\n`],
  ["a bare CR", 400, `${GET}\r\n${HOST}\rX: y\r\n\r\n`],
  ["a folded header", 400, `${GET}\r\n${HOST}\r\nX: a\r\n b\r\n\r\n`],
  ["a blank before a colon", 400, `${GET}\r\nHost : h\r\n\r\n`],
  ["a header without a name", 400, `${GET}\r\n${HOST}\r\n: x\r\n\r\n`],
  ["a NUL in a header", 400, `${GET}\r\n${HOST}\r\nX: a\0b\r\n\r\n`],
  ["two blanks in the request line", 400, `GET  ${PATH} HTTP/1.1\r\n${HOST}\r\n\r\n`],
  ["a tab in the request line", 400, `GET\t${PATH} HTTP/1.1\r\n${HOST}\r\n\r\n`],
  ["a fragment", 400, `GET ${PATH}#a HTTP/1.1\r\n${HOST}\r\n\r\n`],
  ["another scheme", 400, `GET https://h${PATH} HTTP/1.1\r\n${HOST}\r\n\r\n`],
  ["no version", 400, `GET ${PATH}\r\n${HOST}\r\n\r\n`],
  ["TLS", 400, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
  ["HTTP/2", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ["HTTP/1.2", 505, `GET ${PATH} HTTP/1.2\r\n${HOST}\r\n\r\n`],
  ["a path without an end", 414, `GET /${"a".repeat(9000)}`],
  ["headers without an end", 431, `${GET}\r\n${HOST}\r\nX: ${"a".repeat(9000)}`],
  ["a hundred and one headers", 431, `${GET}\r\n${HOST}\r\n${"X: y\r\n".repeat(100)}\r\n`],
  ["an Expect", 417, `${GET}\r\n${HOST}\r\nExpect: 200-ok\r\n\r\n`],
  ["an unknown method", 501, `BREW ${PATH} HTTP/1.1\r\n${HOST}\r\n\r\n`],
];

/** All that is answered until the connection is closed. */
async function exchange(port: number, text: string): Promise<string> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(Uint8Array.from(text, (character) => character.charCodeAt(0)));
  let answer = "";
  const buffer = new Uint8Array(65_536);
  for (let length = await conn.read(buffer); length !== null; length = await conn.read(buffer)) {
    answer += new TextDecoder().decode(buffer.subarray(0, length));
  }
  return answer;
}

attackTest(
  32,
  "the server for players refuses 32 of them, each with its status, and answers nothing that follows",
  async () => {
    await using harness = await PlayerHarness.start();
    for (const [what, status, text] of MALFORMED) {
      const answer = await exchange(harness.httpPort, text + SMUGGLED);
      assertEquals([what, /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]], [what, String(status)]);
      assertEquals([what, answer.match(/^HTTP\/1\.1 \d/gm)?.length], [what, 1]);
    }
    assertEquals(harness.hooks.records, []);
  },
);

attackTest(32, "a method that is not served is 405 before its path is looked at", async () => {
  await using harness = await PlayerHarness.start();
  for (const path of [PATH, "/nothing"]) {
    const answer = await exchange(
      harness.httpPort,
      `DELETE ${path} HTTP/1.1\r\n${HOST}\r\nConnection: close\r\n\r\n`,
    );
    assert(answer.startsWith("HTTP/1.1 405 ") && /\r\nallow: GET, HEAD, OPTIONS\r\n/i.test(answer), answer);
  }
});

/** A server that is watched over RTMP and HTTP while `run` attacks it. */
async function watched(
  options: PlayerHarnessOptions,
  run: (harness: PlayerHarness) => Promise<void>,
): Promise<void> {
  await using harness = await PlayerHarness.start(options);
  const client = await harness.client();
  await client.publish("livestream");
  await using _publisher = await LivePublisher.begin(client);
  const player = await harness.send(PATH);
  await player.flags();
  await run(harness);
  const frame = await player.tag();
  assert(frame.payload.length > 0);
}

attackTest(
  34,
  "connections above the bounds are answered 503, those of one address 429, and the others served",
  async () => {
    await watched(
      { http: { limits: { maxConnections: 4, headTimeoutMs: 60_000, idleTimeoutMs: 60_000 } } },
      async (harness) => {
        const idle = await Promise.all(
          Array.from({ length: 3 }, () => Deno.connect({ hostname: "127.0.0.1", port: harness.httpPort })),
        );
        const { limits } = harness.node;
        await until(() => limits.counts()["http_server.max_connections"] === 0);
        assertEquals(await (await harness.send(PATH)).status(), 503);
        for (const conn of idle) conn.close();
        assertEquals(limits.counts()["http_server.max_connections"], 1);
        assertEquals(limits.counts().max_connections, 0, "RTMP has a bound of its own");
      },
    );
    await watched({ limits: { maxConnectionsPerIp: 2 } }, async (harness) => {
      const second = await harness.send(PATH);
      await second.flags();
      assertEquals(await (await harness.send(PATH)).status(), 429);
      assertEquals(harness.node.limitCounts()["http_server.max_connections_per_ip"], 1);
    });
  },
);

attackTest(
  34,
  "a head that does not end is 408, an idle connection is closed, and players are served meanwhile",
  async () => {
    const limits = { maxConnections: 1000, headTimeoutMs: 3000, idleTimeoutMs: 3000 };
    await watched({ http: { limits } }, async (harness) => {
      const late = await Promise.all(Array.from({ length: 200 }, async () => {
        const conn = await Deno.connect({ hostname: "127.0.0.1", port: harness.httpPort });
        await conn.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost:"));
        return conn;
      }));
      const buffer = new Uint8Array(1000);
      const answers = await harness.clock.skipUntil(Promise.all(late.map(async (conn) => {
        const length = await conn.read(buffer.subarray());
        conn.close();
        return length;
      })));
      assert(answers.every((length) => (length ?? 0) > 0));
      assertEquals(harness.node.limitCounts()["http_server.head_timeout"], 200);
    });
  },
);

for (const webSocket of [false, true]) {
  const protocol = webSocket ? "WebSocket" : "HTTP";
  attackTest(
    35,
    `a viewer by ${protocol} that reads nothing is ended, and no other one is delayed`,
    async () => {
      await using harness = await PlayerHarness.start({ play: { sendTimeoutMs: 1000, queueLengthMs: 1000 } });
      const publisher = await harness.client();
      await publisher.publish("livestream");
      await publisher.sendVideo(avcSequenceHeader(), 0);
      await publisher.sendVideo(avcKeyFrame(), 0);
      using deaf = await Deno.connect({ hostname: "127.0.0.1", port: harness.httpPort });
      const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
      await deaf.write(new TextEncoder().encode(`${GET}\r\n${HOST}\r\n${webSocket ? upgrade : ""}\r\n`));
      await harness.logged("Play accepted");
      const honest = await harness.send(PATH, { webSocket });
      await harness.logged("Play accepted");
      let over = false;
      const stopped = harness.hooks.next("on_stop").then((record) => {
        over = true;
        return record;
      });
      for (let frame = 1; !over; frame++) {
        const payload = frame % 10 === 0
          ? avcKeyFrame({ size: 200_000 })
          : avcInterFrame(frame, { size: 200_000 });
        await publisher.sendVideo(payload, frame * 100);
        await harness.clock.skip(100);
        while (honest.tags.items.length > 0) await honest.tag();
      }
      assertEquals((await stopped).ending?.reason, "slow");
      assert(harness.node.limitCounts()["play.send_timeout"] === 1);
      const last = avcKeyFrame({ size: 1234 });
      await publisher.sendVideo(last, 10_000_000);
      for (let tag = await honest.tag(); tag.payload.length !== last.length;) tag = await honest.tag();
    },
  );
}

attackTest(35, "bytes behind a request are thrown away, and a flood of them ends the play", async () => {
  await watched({}, async (harness) => {
    const client = await harness.send(PATH);
    await client.flags();
    const junk = new Uint8Array(1000).fill(65);
    const { ended } = flood(client, junk);
    assertEquals((await harness.hooks.next("on_stop")).ending?.reason, "protocol");
    await ended;
  });
});

attackTest(
  36,
  "a flood of pings is answered within bounds, and a broken frame ends its connection alone",
  async () => {
    await watched({}, async (harness) => {
      const client = await harness.send(PATH, { webSocket: true });
      await client.flags();
      const mask = Uint8Array.of(1, 2, 3, 4);
      const pings = Array.from({ length: 1000 }, () => [...maskedFrame(9, new Uint8Array(100), mask)]).flat();
      await client.conn.write(Uint8Array.from(pings));
      await client.controls.take(({ opcode }) => opcode === 10, "a pong");
      await client.conn.write(Uint8Array.of(0xf1));
      assertEquals((await harness.hooks.next("on_stop")).ending?.reason, "protocol");
    });
  },
);

/** Send until the server has hung up. */
function flood(client: FlvClient, bytes: Uint8Array): { readonly ended: Promise<void> } {
  const ended = (async () => {
    try {
      for (;;) await client.conn.write(bytes);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  })();
  return { ended };
}
