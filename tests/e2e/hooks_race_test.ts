/**
 * Two publishers want one name at the same moment, again and again, and the service answers when it likes.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import { assertPairs, withoutRepeats } from "../support/hooks/hook_record.ts";
import { HookHarness } from "../support/hooks/hook_harness.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { pause, random, showFigure, shown } from "../support/process/show.ts";

const ROUNDS = shown(1000, 150);
/** Names that are raced for at the same time. */
const NAMES = 10;
const MAX_DELAY_MS = 20;
/** A winner that stays and sends nothing is replaced, which takes its time. */
const TAKEOVER_AFTER_S = 1;

/** Who holds a name by what the clients were answered. */
interface Holders {
  now: number;
  most: number;
}

/** One of the two: whether it was accepted. */
async function race(client: RtmpTestClient, name: string, holders: Holders): Promise<boolean> {
  const { code } = await client.publish(name);
  if (code !== "NetStream.Publish.Start") {
    assert(/\.(?:BadName|Rejected)$/.test(code), code);
    return false;
  }
  holders.most = Math.max(holders.most, ++holders.now);
  await pause(random(10));
  holders.now--;
  const way = random(3);
  if (way === 0) await client.leave(name);
  if (way === 1) await client.close();
  return true;
}

for (const workers of [1, 2]) {
  Deno.test(`two publishers race for a name ${ROUNDS} times, workers = ${workers}: one at a time, in order`, async () => {
    await using stage = await HookHarness.open({
      top: [`workers = ${workers}`],
      sections: ["[vhost.__defaultVhost__.publish]", `takeover_after = ${TAKEOVER_AFTER_S}`],
    });
    const { receiver, port } = stage;
    const said = new Map<unknown, number>();
    receiver.reply("*", async ({ action, json }) => {
      await pause(random(MAX_DELAY_MS));
      const answer = action === "on_publish" && random(10) === 0 ? 1 : 0;
      if (action === "on_publish") said.set(json.session_id, answer);
      // An ending that is not taken at once is retried, and the next request still comes after it.
      return action === "on_unpublish" && random(10) === 0 ? { status: 500 } : answer;
    });
    const wins = [0, 0, 0];
    const run = async (name: string): Promise<void> => {
      const holders: Holders = { now: 0, most: 0 };
      for (let round = 0; round < ROUNDS / NAMES; round++) {
        await using one = await RtmpTestClient.connect({ port });
        await using two = await RtmpTestClient.connect({ port });
        await Promise.all([one.createStream(), two.createStream()]);
        const won = await Promise.all([race(one, name, holders), race(two, name, holders)]);
        const count = won.filter(Boolean).length;
        wins[count] = (wins[count] ?? 0) + 1;
      }
      assertEquals(holders.most, 1, `${name} had two publishers`);
    };
    await Promise.all(Array.from({ length: NAMES }, (_, index) => run(`name${index}`)));
    await stage.settled();

    const isNo = ({ action, json }: { action: string; json: Readonly<Record<string, unknown>> }) =>
      action === "on_publish" && said.get(json.session_id) === 1;
    const counts = assertPairs(receiver.requests, isNo);
    assertEquals(counts.unseen, 0);
    for (
      const [url, events] of Map.groupBy(withoutRepeats(receiver.requests), ({ json }) => json.stream_url)
    ) {
      let holder: unknown;
      for (const { action, json } of events) {
        if (action === "on_publish") {
          assertEquals(holder, undefined, `${url} was asked for before its ending was delivered`);
          if (said.get(json.session_id) === 0) holder = json.session_id;
        }
        if (action === "on_unpublish") {
          assertEquals(json.session_id, holder, `${url} ended out of order`);
          holder = undefined;
        }
      }
    }
    showFigure(
      `${ROUNDS} races, workers = ${workers}: none, one, both in turn accepted ${wins.join(", ")}; ` +
        `${counts.pairs} pairs, ${counts.refused} refused, ${counts.repeats} repeats`,
    );
  });
}
