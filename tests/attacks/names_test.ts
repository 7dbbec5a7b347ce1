/**
 * Attacks by what things are called: paths, hidden characters, addresses that cannot be read.
 *
 * @module
 */
import { Amf0Object } from "../../rtmp/wire/amf0.ts";
import { isRefererAllowed } from "../../stream/admission/access/referer.ts";
import { attackTest } from "../support/attacks/attacks.ts";
import { assert, assertEquals, assertNotEquals } from "../support/assert.ts";
import { bytes } from "../support/bytes.ts";
import { LivePublisher } from "../support/rtmp/live_client.ts";
import { avcKeyFrame } from "../support/stream/media.ts";
import { RtmpHarness } from "../support/rtmp/rtmp_harness.ts";
import { commandBody, sendCommandBody, underAttack } from "./support.ts";

const BAD_NAMES: readonly string[] = [
  ...[
    "../../../etc/passwd",
    "..",
    "x/../../y",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e/x",
    "a\\..\\b",
    "C:x",
    "c:\\x",
  ],
  ...[
    "a\0b",
    "a\x1b[31mb",
    "a\u202eb",
    "<script>",
    "a|b",
    'a"b',
    "x".repeat(256),
    "é".repeat(128),
  ],
];

attackTest(
  1,
  "publish and play under such a name are refused with a reason, and no hook is called",
  () =>
    underAttack({}, async (harness) => {
      const asked = harness.hooks.records.length;
      for (const name of BAD_NAMES) {
        const publisher = await harness.client();
        const publish = await publisher.publish(name);
        assertEquals([publish.level, publish.code], ["error", "NetStream.Publish.Rejected"], name);
        assertNotEquals(publish.description, "");
        const player = await harness.client();
        assertEquals((await player.play(name)).code, "NetStream.Play.Failed", name);
        await Promise.all([publisher.close(), player.close()]);
      }
      const events = harness.hooks.records.slice(asked).map(({ event }) => event);
      assertEquals(events.filter((event) => event === "on_publish" || event === "on_play"), []);
    }),
);

attackTest(
  1,
  "connect to an app with such a name is refused, and no hook is called",
  () =>
    underAttack({}, async (harness) => {
      const asked = harness.hooks.records.length;
      for (const app of ["..", "a/../b", "a\\b", "a\0b", "<b>", "%2e%2e"]) {
        const client = harness.keep(await harness.open());
        const reply = await client.connectApp({ port: harness.port, tcUrl: `rtmp://127.0.0.1/${app}` });
        assertEquals(reply.name, "_error", app);
        await client.close();
      }
      assertEquals(harness.hooks.records.length, asked);
    }),
);

attackTest(2, "a host that only begins or ends like a listed one is another host", () => {
  const options = { enabled: true, all: ["www.example.com"], publish: [], play: [] };
  for (const host of ["www.example.com.evil.test", "evilwww.example.com", "www.example.comx"]) {
    assert(!isRefererAllowed(options, "all", `https://${host}/`), host);
  }
});

const BAD_URLS: readonly string[] = [
  ...[
    "",
    "rtmp://",
    "rtmp:///live",
    "rtmp://[::1",
    "rtmp://host:99999/live",
    "rtmp://host:abc/live",
    "http//x",
  ],
  ...["rtmp://%zz/live", "::::", "rtmp://[::1]x/live", `rtmp://${"h".repeat(5000)}/live`, "rtmp://a b/\0"],
  ...["javascript:alert(1)", "rtmp://host/live?vhost=%00", `rtmp://h/${"a/".repeat(4000)}`],
];

attackTest(
  9,
  "connect ends alone, with an answer or without, whatever the address is",
  () =>
    underAttack({}, async (harness) => {
      for (const tcUrl of BAD_URLS) {
        const client = harness.keep(await harness.open());
        const reply = await client.connectApp({ port: harness.port, tcUrl }).catch((error: unknown) => {
          if (!(error instanceof Error)) throw error;
          return undefined;
        });
        assert(reply === undefined || reply.name === "_error" || reply.name === "_result", tcUrl);
        await client.close();
      }
    }),
);

attackTest(
  18,
  "a name that is not UTF-8 ends its connection, nobody is asked about it",
  () =>
    underAttack({}, async (harness) => {
      const asked = harness.hooks.records.filter(({ event }) => event === "on_publish").length;
      for (const raw of [[0xff], [0xff, 0xfe], [0xc0, 0xaf, 0x61], [0xed, 0xa0, 0x80]]) {
        const client = await harness.client();
        await client.createStream();
        await sendCommandBody(client, bytes(commandBody("publish", null), 0x02, 0, raw.length, raw));
        await client.closed;
        assertEquals((await harness.logged("Protocol error")).fields.code, 2005);
      }
      assertEquals(harness.hooks.records.filter(({ event }) => event === "on_publish").length, asked);
    }),
);

attackTest(
  18,
  "a name with blanks is requested as what it is published as: up to the first of them",
  async () => {
    await using harness = RtmpHarness.start();
    const first = await harness.client();
    await first.publish("livestream live=1\n");
    const { request } = await harness.hooks.next("on_publish");
    assertEquals(request.stream?.stream, "livestream");
    const source = await LivePublisher.begin(first);
    const second = await harness.client();
    assertEquals((await second.publish("livestream")).code, "NetStream.Publish.BadName");
    source.stop();
  },
);

attackTest(18, "a name with NUL is refused and not cut", async () => {
  await using harness = RtmpHarness.start();
  const client = await harness.client();
  assertEquals((await client.publish("livestream\0.secret")).code, "NetStream.Publish.Rejected");
  const holder = await harness.client();
  assertEquals((await holder.publish("livestream")).code, "NetStream.Publish.Start");
});

const WRONG_ARGUMENTS: readonly (readonly [string, unknown])[] = [
  ["a number", 1],
  ["null", null],
  ["nothing", undefined],
  ["true", true],
  ["an object", Amf0Object.of({ name: "x" })],
];
for (const [what, value] of WRONG_ARGUMENTS) {
  attackTest(
    10,
    `publish and play of ${what} end their connection alone`,
    () =>
      underAttack({}, async (harness) => {
        for (const name of ["publish", "play"]) {
          const client = await harness.client();
          await client.createStream();
          const isValue = value === null || value === undefined || typeof value === "number" ||
            typeof value === "boolean" || value instanceof Amf0Object;
          assert(isValue);
          await client.streamCommand(name, value);
          await client.closed;
          assertEquals((await harness.logged("Protocol error")).fields.code, 2006);
        }
      }),
  );
}

attackTest(
  10,
  "publish(false), which encoders send when they stop, is not an error",
  () =>
    underAttack({}, async (harness) => {
      const client = await harness.client();
      await client.publish("livestream");
      await client.sendVideo(avcKeyFrame(), 0);
      const goodbye = false;
      await client.streamCommand("publish", goodbye);
      assertEquals((await harness.hooks.next("on_unpublish")).ending?.reason, "client");
    }),
);

attackTest(
  10,
  "connect with members of other types is refused with a reason",
  () =>
    underAttack({}, async (harness) => {
      for (const tcUrl of [1, true, null, Amf0Object.of({}), ["rtmp://x/live"]]) {
        const client = harness.keep(await harness.open());
        const body = commandBody(
          "connect",
          Amf0Object.of({ app: 7, tcUrl, flashVer: [1], objectEncoding: "3" }),
        );
        await sendCommandBody(client, body);
        const { args } = await client.waitForCommand("_error");
        const info = args.find((arg) => arg instanceof Amf0Object);
        assertEquals(info?.get("code"), "NetConnection.Connect.Rejected");
        assertEquals(await client.closed, "fin");
      }
    }),
);
