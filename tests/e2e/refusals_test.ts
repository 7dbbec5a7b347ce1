/**
 * Every asked event met by every row of the answer table: what the client sees, and which endings follow.
 *
 * @module
 */
import { Amf0Object } from "../../rtmp/wire/amf0.ts";
import type { Command } from "../../rtmp/wire/command.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import type { HookReply } from "../support/hooks/hook_receiver.ts";
import { HookedServer } from "../support/hooks/hooked_server.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";

/** A call that takes longer is given up, seconds. */
const TIMEOUT_S = 2;

interface Row {
  readonly name: string;
  readonly reply: HookReply;
  /** What the client gets to read, where the service says it. */
  readonly says?: string;
  /** No whole answer came: the service may have said yes, so it gets the ending. */
  readonly abandoned?: boolean;
}

const ROWS: readonly Row[] = [
  { name: "a number", reply: 1 },
  { name: "an object", reply: { code: 403, msg: "Your key has expired" }, says: "Your key has expired" },
  { name: "status 403", reply: { status: 403, body: "" } },
  { name: "status 500", reply: { status: 500, body: "0" } },
  { name: "status 204", reply: { status: 204, body: "" } },
  { name: "an empty body", reply: { status: 200, body: "" } },
  { name: "a redirect", reply: { status: 302, body: "0", headers: { location: "/elsewhere" } } },
  { name: "text", reply: { status: 200, body: "OK" } },
  { name: "a connection that is closed", reply: "close", abandoned: true },
  { name: "half an answer", reply: "closeMidBody", abandoned: true },
  { name: "a hang past the timeout", reply: "hang", abandoned: true },
];

interface Asked {
  readonly event: "on_connect" | "on_publish" | "on_play";
  readonly ending: string;
  readonly code: string;
}

const EVENTS: readonly Asked[] = [
  { event: "on_connect", ending: "on_close", code: "NetConnection.Connect.Rejected" },
  { event: "on_publish", ending: "on_unpublish", code: "NetStream.Publish.Rejected" },
  { event: "on_play", ending: "on_stop", code: "NetStream.Play.Failed" },
];

/** What a client gets for its request. */
interface Reply {
  readonly level: string;
  readonly code: string;
  readonly description: string;
}

/** A client that is about to ask for what raises the event. */
async function prepare(port: number, event: Asked["event"]): Promise<RtmpTestClient> {
  if (event === "on_connect") return await RtmpTestClient.open({ port });
  const client = await RtmpTestClient.connect({ port });
  await client.createStream();
  return client;
}

/** Ask; what the client gets. */
async function request(client: RtmpTestClient, port: number, event: Asked["event"]): Promise<Reply> {
  if (event === "on_connect") return infoOf(await client.connectApp({ port }));
  return event === "on_publish" ? await client.publish("livestream") : await client.play("livestream");
}

function infoOf({ name, args }: Command): Reply {
  const info = args.findLast((arg) => arg instanceof Amf0Object);
  const text = (key: string) => info instanceof Amf0Object ? String(info.get(key)) : "";
  return {
    level: name === "_error" ? "error" : text("level"),
    code: text("code"),
    description: text("description"),
  };
}

for (const { event, ending, code } of EVENTS) {
  Deno.test(`${event} is refused by every row of the answer table`, async (test) => {
    await using hooked = await HookedServer.start(`timeout = ${TIMEOUT_S}`, `ask_timeout = ${TIMEOUT_S}`);
    const { receiver, server: { port } } = hooked;
    /** By session, which row it met and whether it is owed an ending. */
    const owed = new Map<string, { readonly name: string; readonly abandoned: boolean }>();

    const refused = async (client: RtmpTestClient, { name, says, abandoned }: Row): Promise<void> => {
      const before = receiver.requests.length;
      const reply = await request(client, port, event);
      assertEquals([reply.level, reply.code], ["error", code]);
      if (says === undefined) {
        assert(reply.description !== "");
        assert(
          !/127\.0\.0\.1|http:|\/hooks/.test(reply.description),
          `it shows internals: ${reply.description}`,
        );
      } else assertEquals(reply.description, says);
      assertEquals(await client.closed, "fin");
      const [ask] = receiver.requests.slice(before).filter(({ action }) => action === event);
      if (ask !== undefined) owed.set(String(ask.json.session_id), { name, abandoned: abandoned === true });
    };
    /** The next client is welcome: a bad answer is nobody's but its client's. */
    const welcomed = async (): Promise<void> => {
      receiver.reply(event, 0);
      await using client = await prepare(port, event);
      assert((await request(client, port, event)).level !== "error");
    };

    for (const row of ROWS) {
      await test.step(row.name, async () => {
        receiver.reply(event, row.reply);
        await using client = await prepare(port, event);
        await refused(client, row);
        await welcomed();
      });
    }

    await test.step("a closed port", async () => {
      await using client = await prepare(port, event);
      await receiver.stop();
      await refused(client, { name: "a closed port", reply: 0 });
      receiver.listen();
      await welcomed();
    });

    await test.step("the client goes while it is asked", async () => {
      receiver.reply(event, "hang");
      const client = await prepare(port, event);
      const asks = receiver.requests.filter(({ action }) => action === event).length;
      const requested = request(client, port, event).catch((error: unknown) => error);
      const session = (await receiver.waitFor(event, asks + 1)).at(-1)?.json.session_id;
      await client.close();
      await requested;
      const [notified] = await receiver.waitFor(({ action, json }) =>
        action === ending && json.session_id === session
      );
      assertEquals(notified?.json.reason, "abandoned");
      await welcomed();
    });

    // Whatever is owed is delivered before the server ends.
    await hooked.stop();
    for (const [session, { name, abandoned }] of owed) {
      const endings = (hooked.sessions.get(session) ?? []).filter(({ action }) => action === ending);
      assertEquals(endings.map(({ json }) => json.reason), abandoned ? ["abandoned"] : [], name);
    }
    assertEquals(owed.size, ROWS.length);
    // A client that was welcome just closes: for a publisher that is a lost network, for one that is still being asked
    // about it is not. The stop may overtake the leaving of the last one.
    const left = event === "on_publish" ? "client|network" : "client";
    const reasons = new RegExp(`^(?:${left}|rejected|abandoned|shutdown)$`);
    for (const { json } of receiver.requests.filter(({ action }) => action === "on_close")) {
      assertMatch(String(json.reason), reasons);
    }
  });
}
