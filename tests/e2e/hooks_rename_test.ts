/**
 * A secret stream key becomes a public name: the key is nowhere to be seen.
 *
 * @module
 */
import { MessageType, type RtmpMessage } from "../../rtmp/wire/message.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { HookHarness } from "../support/hooks/hook_harness.ts";
import { LivePublisher } from "../support/rtmp/live_client.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";

const KEY = "sk-9f2c71d4e8";
const PARAM = "sig-55aa01";
const PUBLIC = "morning-show";
const RESOURCES = ["versions", "summaries", "vhosts", "streams", "clients", "hooks"];
const PATHS = ["/api/v1", "/metrics", ...RESOURCES.map((resource) => `/api/v1/${resource}`)];

/** Every text of the API, one behind the other. */
async function apiText(stage: HookHarness): Promise<string> {
  return (await Promise.all(PATHS.map((path) => stage.api(path)))).join("\n");
}

/** What came to a player and lies there untaken, as text. */
function textFor(client: RtmpTestClient): string {
  return client.pending.map(({ payload }) => new TextDecoder("latin1").decode(payload)).join("\n");
}

for (const level of ["verbose", "info", "trace"]) {
  Deno.test(`a key that the service renames is in no log line, API answer or later event, level ${level}`, async () => {
    await using stage = await HookHarness.open({ top: [`srs_log_level = "${level}"`] });
    const { receiver, port, server } = stage;
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    receiver.reply("on_publish", async () => {
      asked.resolve();
      await answer.promise;
      return { code: 0, data: { stream: PUBLIC } };
    });
    await using early = await RtmpTestClient.connect({ port });
    await early.play(PUBLIC);
    const publishing = await RtmpTestClient.connect({ port });
    await publishing.streamCommand("releaseStream", KEY);
    await publishing.streamCommand("FCPublish", KEY);
    const started = publishing.publish(`${KEY}?token=${PARAM}`);
    await asked.promise;
    const whileAsked = await apiText(stage);
    answer.resolve();
    assertEquals((await started).code, "NetStream.Publish.Start");
    const publisher = await LivePublisher.begin(publishing);

    await using late = await RtmpTestClient.connect({ port });
    await late.play(PUBLIC);
    const texts: string[] = [];
    for (const player of [early, late]) {
      texts.push(textFor(player));
      await player.waitFor(isVideo, "video");
      texts.push(textFor(player));
    }
    const whileLive = await apiText(stage);
    assert(whileLive.includes(PUBLIC));
    // Under the key itself there is nothing to play.
    await using byKey = await RtmpTestClient.connect({ port });
    await byKey.play(KEY);
    await late.waitFor(isVideo, "video");
    assertEquals(byKey.pending.filter(isVideo), []);
    await byKey.close();
    await receiver.waitFor(({ action, json }) => action === "on_stop" && json.stream === KEY);
    await publisher.leave(KEY);
    for (const player of [early, late]) texts.push(textFor(player));
    for (const player of [early, late]) await player.close();
    await stage.settled();
    const afterwards = await apiText(stage);
    // All of its log is there once it has ended.
    await stage.stop();

    for (const secret of [KEY, PARAM]) {
      const seen = {
        whileAsked,
        whileLive,
        afterwards,
        players: texts.join("\n"),
      };
      for (const [where, text] of Object.entries(seen)) assertEquals(excerpts(text, secret), [], where);
    }
    // A client that asks to play the key names it itself; the lines of all others must not have it.
    const asker = receiver.requests.find(({ action, json }) => action === "on_play" && json.stream === KEY);
    const others = server.lines.filter((line) => !line.includes(`][${asker?.json.client_id}]`));
    assertEquals(others.filter((line) => line.includes(KEY) || line.includes(PARAM)), []);
    const events = receiver.requests.filter(({ body, json }) =>
      body.includes(KEY) && json.client_id !== asker?.json.client_id
    );
    assertEquals(events.map(({ action }) => action), ["on_publish"]);
    const ending = receiver.requests.find(({ action }) => action === "on_unpublish");
    assertEquals([ending?.json.stream, ending?.json.stream_url], [PUBLIC, `/live/${PUBLIC}`]);
  });
}

function isVideo({ typeId }: RtmpMessage): boolean {
  return typeId === MessageType.Video;
}

/** Where a secret is in a text. */
function excerpts(text: string, secret: string): string[] {
  return text.split(secret).slice(0, -1).map((before) => `${before.slice(-60)}${secret}`);
}
