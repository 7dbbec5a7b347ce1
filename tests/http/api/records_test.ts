/** Recordings over the API: the list, the files, a start, a stop and a removal. */
import type { ListedRecording, RecordingAnswer, RecordingOrder } from "../../../core/mod.ts";
import { RecordingLibrary } from "../../../app/recording_library.ts";
import type { RecordingDesk } from "../../../http/recording_desk.ts";
import { assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { ApiHarness, asBody, type Body, withStream } from "../../support/http/api_harness.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";

function recording(number: number, facts: Partial<ListedRecording> = {}): ListedRecording {
  return {
    ...{ id: `rec-${number}`, number: 0, clientId: 4, vhost: "v", app: "live", stream: `cam${number % 2}` },
    ...{ file: `rec/${number}.mp4`, root: "rec", startMs: 1000 * number, durationMs: 1500, bytes: 10 },
    ...{ reason: "client", sessionId: "", ...facts },
  };
}

/** Recordings in memory. */
function kept(list: readonly ListedRecording[], answer: RecordingAnswer = { kind: "none" }): {
  readonly recordings: RecordingDesk;
  readonly orders: readonly RecordingOrder[];
  readonly removed: readonly string[];
} {
  const clock = new ManualClock();
  const orders: RecordingOrder[] = [];
  const removed: string[] = [];
  const account = { catalogue: undefined, changed: () => {} };
  const library = new RecordingLibrary({ account, media: { record: () => Promise.resolve(answer) }, clock });
  const recordings: RecordingDesk = {
    list: ({ stream, untilMs = Infinity, running, start, count }) => {
      const wanted = list.filter((one) =>
        (stream === undefined || one.stream === stream) && one.startMs <= untilMs &&
        (running === undefined || running === (one.reason === undefined))
      ).sort((a, b) => b.startMs - a.startMs);
      return Promise.resolve({ total: wanted.length, entries: wanted.slice(start, start + count) });
    },
    get: (id) => Promise.resolve(list.find((one) => one.id === id)),
    record: (order) => {
      orders.push(order);
      return Promise.resolve(answer);
    },
    remove: ({ id }) => Promise.resolve(void removed.push(id)),
    fileInfo: (one) => library.fileInfo(one),
  };
  return { recordings, orders, removed };
}

function idsOf(body: Body): unknown {
  const { records } = body;
  return Array.isArray(records) ? records.map((record) => asBody(record)["id"]) : undefined;
}

Deno.test("GET /api/v1/records gives pages of those that had begun at the first page, by filters", async () => {
  const list = Array.from({ length: 5 }, (_, i) => recording(i + 1));
  const { recordings } = kept(list);
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server, { recordings });
  const first = await api.json("records?count=2");
  assertEquals([first["total"], idsOf(first)], [5, ["rec-5", "rec-4"]]);
  list.push({ ...recording(6), reason: undefined });
  const second = await api.json(String(first["next"]).replace("/api/v1/", ""));
  assertEquals(idsOf(second), ["rec-3", "rec-2"]);
  const last = await api.json(String(second["next"]).replace("/api/v1/", ""));
  assertEquals([idsOf(last), last["next"]], [["rec-1"], null]);
  assertEquals(idsOf(await api.json("records?stream=cam1&count=100")), ["rec-5", "rec-3", "rec-1"]);
  assertEquals(idsOf(await api.json("records?running=true")), ["rec-6"]);
  assertEquals(idsOf(await api.json("records?running=false&count=1")), ["rec-5"]);
  assertEquals((await api.json("records/rec-2"))["record"], {
    ...{ id: "rec-2", vhost: "v", app: "live", stream: "cam0", file: "rec/2.mp4" },
    ...{ start: "1970-01-01T00:00:02.000Z", duration: 1.5, bytes: 10, running: false, reason: "client" },
    ...{ client_id: 4, session_id: null },
  });
  assertEquals((await api.json("records/rec-9"))["code"], 4914);
});

Deno.test("the file of a recording is sent in ranges, a running one and a link in its place are not", async () => {
  await using directory = await temporaryDirectory();
  const file = `${directory.path}/a.mp4`;
  const link = `${directory.path}/b.mp4`;
  await Deno.writeTextFile(file, "0123456789");
  await Deno.symlink(file, link);
  const odd = `${directory.path}/caf\u00e9 "1".mp4`;
  await Deno.writeTextFile(odd, "0");
  const root = directory.path;
  await Deno.mkdir(`${root}/out`);
  await Deno.writeTextFile(`${root}/out/d.mp4`, "0123456789");
  await Deno.mkdir(`${root}/rec`);
  await Deno.symlink(`${root}/out`, `${root}/rec/live`);
  const { recordings } = kept([
    recording(1, { file, root }),
    recording(2, { file: link, root }),
    { ...recording(3, { file, root }), reason: undefined },
    // What was its folder is a file now.
    recording(5, { file: `${file}/c.mp4`, root }),
    recording(6, { file: odd, root }),
    // What was its folder is a link that leads out of the folder of recordings.
    recording(7, { file: `${root}/rec/live/d.mp4`, root: `${root}/rec` }),
  ]);
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server, { recordings });
  const get = (id: string, init: RequestInit = {}) => fetch(`${api.url}/api/v1/records/${id}/file`, init);
  const part = await get("rec-1", { headers: { Range: "bytes=2-4" } });
  assertEquals([part.status, part.headers.get("content-range"), await part.text()], [
    206,
    "bytes 2-4/10",
    "234",
  ]);
  assertEquals(part.headers.get("content-disposition"), 'inline; filename="a.mp4"');
  const quoted = await get("rec-6");
  await quoted.body?.cancel();
  assertEquals(
    quoted.headers.get("content-disposition"),
    `inline; filename="caf_ _1_.mp4"; filename*=UTF-8''caf%C3%A9%20%221%22.mp4`,
  );
  const head = await get("rec-1", { method: "HEAD" });
  assertEquals([head.status, head.headers.get("content-length"), head.headers.get("content-type")], [
    200,
    "10",
    "video/mp4",
  ]);
  const codes = [];
  for (const id of ["rec-2", "rec-3", "rec-4", "rec-5", "rec-7"]) {
    const response = await get(id);
    codes.push([response.status, (await response.json()).code]);
  }
  assertEquals(codes, [[404, 4916], [409, 4915], [404, 4914], [404, 4916], [409, 1000]]);
});

Deno.test("POST /api/v1/records records a published stream, by its url or its id", () =>
  withStream(async (_, harness) => {
    const { recordings, orders } = kept([], { kind: "started", id: "rec-7" });
    await using api = await ApiHarness.start(harness.server, { recordings });
    const post = (body: unknown) =>
      api.json("records", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
    const [stream] = await api.list("streams");
    const started = await post({ stream: "/live/livestream" });
    assertEquals([started["code"], started["id"]], [0, "rec-7"]);
    assertEquals((await post({ stream: stream?.["id"] }))["code"], 0);
    const name = { vhost: "__defaultVhost__", app: "live", stream: "livestream" };
    assertEquals((await post({ stream: "live/livestream" }))["code"], 0);
    assertEquals(orders, Array(3).fill({ kind: "start", stream: name }));
    assertEquals((await post({ stream: "/live/nobody" }))["code"], 2048);
    assertEquals((await post({ stream: "/live/livestream", path: "/etc" }))["code"], 4906);
    assertEquals(orders.length, 3);
  }));

Deno.test("a stream that is recorded already is refused", () =>
  withStream(async (_, harness) => {
    const { recordings } = kept([], { kind: "recording", id: "rec-7" });
    await using api = await ApiHarness.start(harness.server, { recordings });
    const answer = await api.json("records", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ stream: "/live/livestream" }),
    });
    assertEquals(answer["code"], 4915);
    assertStringIncludes(String(answer["msg"]), "DELETE /api/v1/records/rec-7 ");
  }));

Deno.test("a recording whose file cannot be made is refused, with why", () =>
  withStream(async (_, harness) => {
    const { recordings } = kept([], { kind: "failed", error: "Cannot make rec/a.flv: no permission" });
    await using api = await ApiHarness.start(harness.server, { recordings });
    const answer = await fetch(`${api.url}/api/v1/records`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ stream: "/live/livestream" }),
    });
    assertEquals(answer.status, 409);
    assertStringIncludes((await answer.json()).msg, "Cannot make rec/a.flv: no permission; ");
  }));

Deno.test("DELETE stops a running recording, and removes one that is whole", async () => {
  const list = [recording(1), { ...recording(2), reason: undefined }];
  await using harness = RtmpHarness.start();
  for (const [kind, code] of [["stopped", 0], ["none", 4915]] as const) {
    const { recordings, orders, removed } = kept(list, { kind });
    await using api = await ApiHarness.start(harness.server, { recordings });
    const remove = async (id: string) => (await api.json(`records/${id}`, { method: "DELETE" }))["code"];
    assertEquals([await remove("rec-2"), removed, orders], [code, [], [{ kind: "stop", id: "rec-2" }]]);
    assertEquals([await remove("rec-1"), removed, orders.length], [0, ["rec-1"], 1]);
    // Not listed: it may have been started a moment ago.
    assertEquals([await remove("rec-3"), orders[1]], [kind === "none" ? 4914 : 0, {
      kind: "stop",
      id: "rec-3",
    }]);
  }
});
