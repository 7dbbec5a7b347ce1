/**
 * `limits.max_egress_kbps` of a whole server, whatever thread serves a player: those beyond it are refused or sent
 * elsewhere, those that watch go on, and each that leaves makes room.
 *
 * @module
 */
import { errorMessage } from "../../core/mod.ts";
import { Amf0Object } from "../../rtmp/wire/amf0.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { showFigure } from "../support/process/show.ts";
import { ReloadTrial } from "../support/reload/reload_trial.ts";
import { GapPlayer } from "../support/rtmp/live_client.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { until } from "../support/wait.ts";

/** Room for five or six players of a `LivePublisher`, which sends 224 kbit/s. */
const MOST_KBPS = 1300;
/** More than that do not fit, however the rate is measured. */
const MOST_PLAYERS = 8;
/** The rate may be measured between a look and a player: that player is refused, and the next look shows it. */
const MOST_TRIES = 2 * MOST_PLAYERS;
const REASON = "This server sends as much as it may";

/** What a play by RTMP is answered. */
async function playOnce(port: number): Promise<{ code: string; description: string; info: Amf0Object }> {
  await using client = await RtmpTestClient.connect({ port });
  return await client.play("cam?token=t");
}

/** A player that goes on, until `watching` ends; none where the server has no room for it. */
async function playIfLetIn(port: number, watching: AsyncDisposableStack): Promise<readonly GapPlayer[]> {
  try {
    return [watching.use(await GapPlayer.play(port, "cam"))];
  } catch (error) {
    assertMatch(errorMessage(error), /NetStream\.Play\.Failed/);
    return [];
  }
}

/** A play's answer by HTTP: the status, and where it leads. */
async function answerOf(url: string): Promise<readonly [number, string | null]> {
  const reply = await fetch(url, { redirect: "manual" });
  await reply.body?.cancel();
  return [reply.status, reply.headers.get("location")];
}

/** A play's answer by HTTP once it is not let in: on a busy machine less is sent for a moment, and there is room. */
async function refusedAt(
  url: string,
  players: readonly GapPlayer[],
): Promise<readonly [number, string | null]> {
  let answer = await answerOf(url);
  for (let tries = 0; answer[0] === 200 && tries < MOST_TRIES; tries++) {
    await playOn(players);
    answer = await answerOf(url);
  }
  return answer;
}

/** Frames come to all of them for a while. */
async function playOn(players: readonly GapPlayer[]): Promise<void> {
  await Promise.all(players.map(async (player) => {
    const { frames } = player;
    await until(() => player.frames > frames + 10);
  }));
}

/** Players, as the API counts them. */
async function playersOf({ api }: ReloadTrial): Promise<number> {
  const { clients } = await (await fetch(`${api}/api/v1/clients?count=1000`)).json();
  return clients.filter(({ publish }: { publish: boolean }) => !publish).length;
}

for (const workers of [1, 2]) {
  Deno.test(`limits.max_egress_kbps with ${workers} workers: refused beyond it, redirected, let in again`, async () => {
    const limit = { "limits.max_egress_kbps": String(MOST_KBPS) };
    await using trial = await ReloadTrial.start({ workers: `${workers}`, ...limit });
    const { port } = trial.server;
    await using watching = new AsyncDisposableStack();
    const players = [trial.player];
    let refusal: { code: string; description: string } | undefined;
    for (let tries = 0; refusal === undefined && tries < MOST_TRIES; tries++) {
      // The stream's bitrate is known after a moment.
      await playOn(players);
      const answer = await playOnce(port);
      if (answer.code !== "NetStream.Play.Start") refusal = answer;
      else players.push(...await playIfLetIn(port, watching));
    }
    assertEquals([refusal?.code, refusal?.description], ["NetStream.Play.Failed", REASON]);
    assert(players.length > 2 && players.length <= MOST_PLAYERS, `${players.length} players`);
    for (const name of ["cam.flv", "cam.m3u8"]) {
      assertEquals(await refusedAt(`${trial.http}/live/${name}`, players), [503, null]);
    }
    showFigure(`workers ${workers}: ${players.length} players of 224 kbit/s within ${MOST_KBPS} kbit/s`);

    await trial.reload({
      "limits.redirect": '["rtmp://edge2.example.com", "http://edge2.example.com:8080"]',
    });
    // On a busy machine less is sent for a moment: who is let in then takes some of it, and leaves.
    let elsewhere: unknown;
    for (let tries = 0; !(elsewhere instanceof Amf0Object) && tries < MOST_TRIES; tries++) {
      if (tries > 0) await playOn(players);
      elsewhere = (await playOnce(port)).info.get("ex");
    }
    assert(elsewhere instanceof Amf0Object);
    assertEquals([elsewhere.get("code"), elsewhere.get("redirect")], [
      302,
      "rtmp://edge2.example.com/live/cam?token=t",
    ]);
    for (const name of ["cam.flv", "cam.m3u8"]) {
      const location = `http://edge2.example.com:8080/live/${name}`;
      assertEquals(await refusedAt(`${trial.http}/live/${name}`, players), [302, location]);
    }
    assertEquals(await playersOf(trial), players.length);
    await playOn(players);

    await watching.disposeAsync();
    // Each attempt takes some of what may be sent, too.
    while ((await playOnce(port)).code !== "NetStream.Play.Start") await playOn([trial.player]);
    await trial.assertAllThere();
  });
}
