/**
 * The server is killed with clients on it, again and again, the service up or down; the record pairs up all the same.
 *
 * @module
 */
import { assert, assertEquals, assertGreater } from "../support/assert.ts";
import { assertOwnClientIds, assertPairs } from "../support/hooks/hook_record.ts";
import { HookHarness } from "../support/hooks/hook_harness.ts";
import { LivePublisher } from "../support/rtmp/live_client.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { pause, random, showFigure, shown } from "../support/process/show.ts";

const KILLS = shown(10, 6);
const PUBLISHERS = 20;
const PLAYERS = 50;

/** A number of clients that come at random moments and stay until the server is gone, or leave before. */
class Crowd implements AsyncDisposable {
  readonly #leaving: (() => Promise<void>)[] = [];
  readonly #coming: Promise<void>[] = [];
  accepted = 0;

  /** @param withinMs They come within so long. */
  constructor(port: number, withinMs: number) {
    for (let i = 0; i < PUBLISHERS; i++) {
      this.#come(withinMs, async () => {
        const publisher = await LivePublisher.publish(port, `stream${i}`);
        return () => publisher[Symbol.asyncDispose]();
      });
    }
    for (let i = 0; i < PLAYERS; i++) {
      this.#come(withinMs, async () => {
        const player = await RtmpTestClient.connect({ port });
        this.#leaving.push(() => player.close());
        await player.play(`stream${i % PUBLISHERS}`);
        return () => player.close();
      });
    }
  }

  /** All have come, or were cut off meanwhile. */
  async here(): Promise<void> {
    await Promise.all(this.#coming);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.here();
    await Promise.all(this.#leaving.map((leave) => leave()));
  }

  #come(withinMs: number, come: () => Promise<() => Promise<void>>): void {
    const visit = async (): Promise<void> => {
      await pause(random(withinMs));
      try {
        const leave = await come();
        this.accepted++;
        this.#leaving.push(leave);
        // Some leave while others come.
        if (random(10) === 0) await leave();
      } catch (error) {
        // The server was killed in the middle: that is what the test is about.
        if (!(error instanceof Error)) throw error;
      }
    };
    this.#coming.push(visit());
  }
}

async function killAgainAndAgain(kills: number, workers: number): Promise<void> {
  await using stage = await HookHarness.open({
    top: [`workers = ${workers}`],
    hooks: ['on_error = "allow"'],
  });
  const { receiver } = stage;
  receiver.reply("*", async () => {
    await pause(random(30));
    return 0;
  });
  let up = true;
  const toggle = async (): Promise<void> => {
    if (random(2) === 0) return;
    if (up) await receiver.stop();
    else receiver.listen();
    up = !up;
  };

  let accepted = 0;
  for (let kill = 0; kill < kills; kill++) {
    await using crowd = new Crowd(stage.port, 400);
    // Every other time in the middle of their coming.
    if (kill % 2 === 0) await crowd.here();
    await toggle();
    await pause(random(500));
    await stage.kill();
    await toggle();
    await stage.start();
    await crowd.here();
    accepted += crowd.accepted;
  }
  if (!up) receiver.listen();
  await stage.settled();

  const counts = assertPairs(receiver.requests);
  assertOwnClientIds(receiver.requests);
  const starts = receiver.requests.filter(({ action }) => action === "on_publish" || action === "on_play");
  const known = new Set(starts.map(({ json }) => json.session_id)).size;
  assert(known >= accepted, `${accepted} were accepted, the service knows of ${known}`);
  assertGreater(accepted, kills * (PUBLISHERS + PLAYERS) / 4);
  assertGreater(counts.reasons.server_restart ?? 0, kills * 10);
  const { open, undelivered, dead } = await stage.outbox();
  assertEquals([open, undelivered, dead], [0, 0, 0]);
  showFigure(
    `${kills} kills, workers = ${workers}, ${accepted} accepted: ${counts.pairs} pairs ${
      JSON.stringify(counts.reasons)
    }, ` +
      `${counts.repeats} repeats, ${counts.unseen} endings of asks that never arrived`,
  );
}

for (const { kills, workers } of [{ kills: KILLS, workers: 1 }, { kills: KILLS / 2, workers: 2 }]) {
  const title = `the server is killed ${kills} times, workers = ${workers}`;
  Deno.test(`${title}, with ${PUBLISHERS} publishers and ${PLAYERS} players: starts and endings pair`, async () => {
    await killAgainAndAgain(kills, workers);
  });
}
