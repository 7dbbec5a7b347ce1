/**
 * A listener of events whose credentials a reload takes away: it ends, and the others go on.
 *
 * @module
 */
import { tokenHash, tokenOf } from "../../../http/api/auth/token_hash.ts";
import { EventFeed } from "../../../http/events/event_feed.ts";
import { maskSecrets } from "../../../system/log/mask.ts";
import { SystemClock } from "../../../system/mod.ts";
import { assertEquals, assertMatch } from "../../support/assert.ts";
import { playEvent } from "../../support/http/activity_events.ts";
import { ApiHarness } from "../../support/http/api_harness.ts";
import { EventClient } from "../../support/http/event_client.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";
import { until } from "../../support/wait.ts";

const STAYS = tokenOf(new Uint8Array(32).fill(1));
const REVOKED = tokenOf(new Uint8Array(32).fill(2));
const tokens = [
  { name: "stays", scope: "read", sha256: tokenHash(STAYS) },
  { name: "revoked", scope: "read", sha256: tokenHash(REVOKED) },
] as const;

async function withListeners(
  run: (trial: {
    readonly api: ApiHarness;
    readonly feed: EventFeed;
    readonly stays: EventClient;
    readonly revoked: EventClient;
  }) => Promise<void>,
): Promise<void> {
  const feed = new EventFeed(100, { clock: new SystemClock(), serviceId: "abcdefgh", mask: maskSecrets });
  await using rtmp = RtmpHarness.start();
  await using api = await ApiHarness.start(rtmp.server, { events: feed, auth: { tokens } });
  const { port } = api;
  await using stays = await EventClient.listen({ port, token: STAYS });
  await using revoked = await EventClient.listen({ port, token: REVOKED });
  await run({ api, feed, stays, revoked });
}

Deno.test("a listener whose token was revoked ends, also where nothing happens, and another one goes on", () =>
  withListeners(async ({ api, feed, stays, revoked }) => {
    api.replaceTokens([tokens[0]]);
    await until(() => feed.listenerCount === 1);
    await revoked.ended;
    feed.emit(playEvent({ clientId: 7 }));
    assertEquals((await stays.next()).data["client_id"], 7);
    assertEquals([feed.listenerCount, api.hits], [1, []]);
    await using again = await EventClient.listen({ port: api.port, token: REVOKED });
    assertMatch(again.head, /^HTTP\/1\.1 401 /);
  }));

Deno.test("what happens after its token was revoked is not sent to a listener", () =>
  withListeners(async ({ api, feed, stays, revoked }) => {
    api.replaceTokens([tokens[0]]);
    feed.emit(playEvent({ clientId: 7 }));
    await stays.next();
    await until(() => feed.listenerCount === 1);
    await revoked.ended;
    assertEquals(revoked.lastEventId, "");
  }));

Deno.test("a reload that leaves the tokens as they are ends no listener", () =>
  withListeners(async ({ api, feed, stays, revoked }) => {
    api.replaceTokens([...tokens].reverse());
    feed.emit(playEvent({ clientId: 7 }));
    for (const client of [stays, revoked]) assertEquals((await client.next()).data["client_id"], 7);
    assertEquals(feed.listenerCount, 2);
  }));
