/**
 * Reloads one after the other, half of them of files with problems, while clients come, stay and go: nobody is lost that
 * no change was about. With `SRS_SHOW=full` it prints how long a reload of 100 vhosts takes, and how long media paused.
 *
 * @module
 */
import { assertEquals, assertGreater } from "../support/assert.ts";
import { HookReceiver } from "../support/hooks/hook_receiver.ts";
import { pause, percentile, showFigure, shown } from "../support/process/show.ts";
import { ReloadTrial } from "../support/reload/reload_trial.ts";
import { GapPlayer, LivePublisher } from "../support/rtmp/live_client.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { VIDEO_FRAME_MS } from "../support/stream/media.ts";
import { until } from "../support/wait.ts";

const RELOADS = shown(200, 10);
const VHOSTS = shown(100, 20);
const STREAMS = shown(8, 3);
/** How long frames are watched before the first reload, milliseconds. */
const UNCHANGED_MS = shown(8000, 0);

/** Vhosts whose hooks and options are those of the round. */
function vhosts(round: number, url: string): Record<string, string> {
  const settings: Record<string, string> = {};
  for (let n = 0; n < VHOSTS; n++) {
    const vhost = `vhost."v${n}.example"`;
    settings[`${vhost}.play.queue_length`] = String(10 + round % 5);
    settings[`${vhost}.http_hooks.enabled`] = "true";
    settings[`${vhost}.http_hooks.on_publish`] = `"${url}?round=${round}"`;
    settings[`${vhost}.http_hooks.on_unpublish`] = `"${url}?round=${round}"`;
  }
  return settings;
}

/** Clients that connect, publish for a moment and leave, until they are stopped. */
class Visitors implements AsyncDisposable {
  visits = 0;
  readonly failures: string[] = [];
  readonly #port: number;
  readonly #coming: Promise<void>;
  #isOver = false;

  constructor(port: number) {
    this.#port = port;
    this.#coming = this.#come();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#coming;
  }

  async #come(): Promise<void> {
    while (!this.#isOver) {
      try {
        const tcUrl = `rtmp://v${this.visits % VHOSTS}.example/live`;
        await using client = await RtmpTestClient.connect({ port: this.#port, tcUrl });
        const { code, description } = await client.publish(`visit${this.visits}`);
        if (code !== "NetStream.Publish.Start") throw new Error(`${code} ${description}`);
        this.visits++;
      } catch (error) {
        this.failures.push(String(error));
      }
    }
  }
}

for (const workers of [1, 2]) {
  Deno.test(`${RELOADS} reloads with ${workers} workers, half of them bad: no session is lost`, async () => {
    await using receiver = await HookReceiver.start();
    const url = receiver.url();
    await using trial = await ReloadTrial.start({ workers: `${workers}`, ...vhosts(0, url) });
    const { port } = trial.server;
    await using clients = new AsyncDisposableStack();
    const players = [trial.player];
    for (let n = 0; n < STREAMS; n++) {
      clients.use(await LivePublisher.publish(port, `cam${n}`));
      players.push(clients.use(await GapPlayer.play(port, `cam${n}`)));
    }
    await using visitors = new Visitors(port);
    await until(() => visitors.visits > 1);
    const unchangedFrom = performance.now();
    await pause(UNCHANGED_MS);
    const from = performance.now();
    const good: number[] = [];
    for (let round = 1; round <= RELOADS; round++) {
      const isBad = round % 2 === 0;
      await trial.write({ ...vhosts(round, url), max_connections: isBad ? '"many"' : undefined });
      const began = performance.now();
      const { status, changed } = await trial.post();
      if (!isBad) good.push(performance.now() - began);
      assertEquals([status, changed.length], isBad ? [400, 0] : [200, 3 * VHOSTS]);
    }
    await trial.assertAllThere();
    await Promise.all(players.map(async (player) => {
      const { frames } = player;
      await until(() => player.frames > frames);
    }));
    const lateness = (begin: number, end = Infinity) =>
      players.flatMap((player) => player.gapsSince(begin, end)).map((gap) => gap - VIDEO_FRAME_MS);
    const gaps = lateness(from);
    const before = lateness(unchangedFrom, from);
    assertEquals(visitors.failures, []);
    assertGreater(visitors.visits, 1);
    const ms = (value: number) => `${Math.round(value)} ms`;
    const lines = trial.server.lines.flatMap((line) =>
      /Configuration reloaded .* ms=(\d+)/.exec(line)?.[1] ?? []
    );
    const inside = lines.map(Number);
    showFigure(
      `workers ${workers}: a reload of ${VHOSTS} vhosts takes ${ms(percentile(inside, 0.5))} (99 %: ` +
        `${ms(percentile(inside, 0.99))}), by the API ${ms(percentile(good, 0.5))}; frames came late by ` +
        `${ms(percentile(gaps, 0.99))} at 99 %, ${ms(Math.max(...gaps))} at most (without a reload ` +
        `${ms(percentile(before, 0.99))} and ${
          ms(Math.max(...before))
        }); ${visitors.visits} visits; the first ` +
        `reloads ${inside.slice(0, 4).join(", ")} ms`,
    );
  });
}
