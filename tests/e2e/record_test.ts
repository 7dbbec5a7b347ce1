/**
 * What the service behind the hooks is sent of one publisher and one player, field by field and byte for byte.
 *
 * @module
 */
import type { ReceivedHook } from "../support/hooks/hook_request_reader.ts";
import { assert, assertEquals, assertMatch, assertNotEquals } from "../support/assert.ts";
import { mediaTools, ToolProcess } from "../support/process/ffmpeg.ts";
import { HookedServer } from "../support/hooks/hooked_server.ts";
import { publishStream } from "../support/stream/test_stream.ts";

const PUBLISHER = ["on_connect", "on_publish", "on_unpublish", "on_close"];
const PLAYER = ["on_connect", "on_play", "on_stop", "on_close"];
const STREAM_SEEN = /\[trace\]\[\d+\] Stream format url=\/live\/livestream video=H264/;

interface Visit {
  readonly publisher: readonly ReceivedHook[];
  readonly player: readonly ReceivedHook[];
  readonly port: number;
}

/** ffmpeg publishes, another plays, both leave: the player first. */
async function visit(hooked: HookedServer): Promise<Visit> {
  const { server, receiver } = hooked;
  const tools = await mediaTools();
  const { port } = server;
  const publisher = publishStream(tools, server.rtmpUrl("live/livestream?token=x&b=2"), { gopSeconds: 1 });
  await server.waitForLine(STREAM_SEEN);
  const player = ToolProcess.start(tools.ffmpeg, [
    ...[
      "-v",
      "error",
      "-i",
      server.rtmpUrl("live/livestream?user=y"),
      "-t",
      "1",
      "-c",
      "copy",
      "-f",
      "null",
      "-",
    ],
  ]);
  assertEquals((await player.result).code, 0);
  await receiver.waitFor("on_close");
  await publisher.stop();
  await receiver.waitFor("on_close", 2);
  assertEquals((await hooked.stop()).code, 0);
  const byClient = Map.groupBy(receiver.requests, ({ json }) => Number(json.client_id));
  const visits = [...byClient.values()];
  const find = (event: string) =>
    visits.find((requests) => requests.some(({ action }) => action === event)) ?? [];
  assertEquals(visits.length, 2);
  return { publisher: find("on_publish"), player: find("on_play"), port };
}

function actions(requests: readonly ReceivedHook[]): string[] {
  return requests.map(({ action }) => action);
}

Deno.test("payload full: a publisher's and a player's four events, each field as the contract has it", async () => {
  await using hooked = await HookedServer.start();
  const { publisher, player, port } = await visit(hooked);
  assertEquals(actions(publisher), PUBLISHER);
  assertEquals(actions(player), PLAYER);

  const streamId = publisher[1]?.json.stream_id;
  assertMatch(String(streamId), /^vid-[0-9a-z]{7}$/);
  const [first] = publisher;
  assert(first !== undefined);
  const { server_id, service_id } = first.json;
  assertMatch(String(server_id), /^vid-[0-9a-z]{7}$/);
  assert(typeof service_id === "string" && service_id !== "");

  for (
    const { requests, param } of [
      { requests: publisher, param: "?token=x&b=2" },
      { requests: player, param: "?user=y" },
    ]
  ) {
    const [connect, start, end, close] = requests;
    assert(connect !== undefined && start !== undefined && end !== undefined && close !== undefined);
    const clientId = connect.json.client_id;
    assert(typeof clientId === "number" && Number.isInteger(clientId) && clientId > 0);
    const client = { client_id: clientId, ip: "127.0.0.1", vhost: "__defaultVhost__", app: "live" };
    const tcUrl = `rtmp://127.0.0.1:${port}/live`;
    const stream = { param, stream_url: "/live/livestream", stream_id: streamId };
    const server = { server_id, service_id };
    const tail = (request: ReceivedHook) => ({
      session_id: request.json.session_id,
      protocol: "rtmp",
      time: request.json.time,
    });
    const ending = ({ json }: ReceivedHook) => ({
      reason: "client",
      duration_ms: json.duration_ms,
      send_bytes: json.send_bytes,
      recv_bytes: json.recv_bytes,
    });
    const name = "livestream";
    assertBody(connect, { action: "on_connect", ...client, pageUrl: "", tcUrl, ...server, ...tail(connect) });
    assertBody(start, {
      action: start.action,
      ...client,
      stream: name,
      tcUrl,
      ...(start.action === "on_play" ? { pageUrl: "" } : {}),
      ...stream,
      ...server,
      ...tail(start),
    });
    for (const notification of [end, close]) {
      const fields = {
        action: notification.action,
        ...client,
        stream: name,
        tcUrl,
        ...stream,
        ...server,
        ...tail(notification),
      };
      assertBody(notification, { ...fields, ...ending(notification) });
    }

    assertEquals(start.json.session_id, end.json.session_id);
    assertEquals(connect.json.session_id, close.json.session_id);
    assertNotEquals(connect.json.session_id, start.json.session_id);
    for (const { json } of requests) {
      assertMatch(String(json.time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert(Math.abs(Date.parse(String(json.time)) - Date.now()) < 120_000);
    }
    for (const { json } of [end, close]) {
      for (const field of ["duration_ms", "send_bytes", "recv_bytes"]) {
        const value = json[field];
        assert(typeof value === "number" && Number.isInteger(value) && value > 0, `${field} is ${value}`);
      }
    }
    assert(Number(close.json.duration_ms) >= Number(end.json.duration_ms));
  }
  // The publisher sent a stream, the player got one.
  assert(Number(publisher[2]?.json.recv_bytes) > 50_000);
  assert(Number(player[2]?.json.send_bytes) > 50_000);

  for (const { method, headers } of hooked.receiver.requests) {
    assertEquals(method, "POST");
    assertMatch(headers["content-type"] ?? "", /^application\/json/);
    assertMatch(headers["user-agent"] ?? "", /^srs\(simple rtmp server\)\S+$/);
    assert((headers["webhook-id"] ?? "") !== "" && Number(headers["webhook-timestamp"]) > 0);
  }
  const ids = hooked.receiver.requests.map(({ headers }) => headers["webhook-id"]);
  assertEquals(new Set(ids).size, 8, "nothing is reported twice");
});

Deno.test("payload 1.0: a publisher's and a player's four events, byte for byte", async () => {
  await using hooked = await HookedServer.start('payload = "1.0"');
  const { publisher, player } = await visit(hooked);
  for (
    const { requests, events, stream } of [
      { requests: publisher, events: PUBLISHER, stream: "livestream?token=x&b=2" },
      { requests: player, events: PLAYER, stream: "livestream?user=y" },
    ]
  ) {
    const id = requests[0]?.json.client_id;
    const client = `"client_id":${id},"ip":"127.0.0.1","vhost":"__defaultVhost__","app":"live"`;
    const [, start, end] = events;
    assertEquals(requests.map(({ body }) => body), [
      `{"action":"on_connect",${client},"pageUrl":""}`,
      `{"action":"${start}",${client},"stream":"${stream}"}`,
      `{"action":"${end}",${client},"stream":"${stream}"}`,
      `{"action":"on_close",${client}}`,
    ]);
  }
});

/** The same fields with the same values, in the same order. */
function assertBody({ body, json }: ReceivedHook, expected: Readonly<Record<string, unknown>>): void {
  assertEquals(json, expected);
  assertEquals(body, JSON.stringify(expected));
}
