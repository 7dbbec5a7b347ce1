/** Recordings are reported with the facts of their publish, also by the process that finds them after a crash. */
import type { FinishedRecording } from "../../../core/mod.ts";
import { assertEquals, assertNotEquals } from "../../support/assert.ts";
import {
  allEvents,
  CLIENT_LEFT,
  hooksOptions,
  ServiceUnderTest,
  vhostHooks,
} from "../../support/hooks/hook_fixtures.ts";
import { HookReceiver } from "../../support/hooks/hook_receiver.ts";

function recording(number: number): FinishedRecording {
  return {
    ...{
      id: `rec-${number}`,
      number,
      clientId: 4,
      vhost: "__defaultVhost__",
      app: "live",
      stream: "livestream",
    },
    ...{
      file: `./rec/${number}.mp4`,
      root: "./rec",
      startMs: 0,
      durationMs: 2000,
      bytes: 1000,
      reason: "segment",
    },
  };
}

Deno.test("Each file of a publish is reported once, in order, also after the end of the publish", async () => {
  await using receiver = await HookReceiver.start();
  const url = receiver.url();
  await using tested = await ServiceUnderTest.open(
    hooksOptions(vhostHooks({ ...allEvents(url), on_dvr: url })),
  );
  const lease = await tested.admitted("on_publish", { clientId: 4 });
  const { recordings } = tested.service;
  const facts = recordings.factsOf(recording(0));
  recordings.report(recording(0), facts);
  recordings.report(recording(1), facts);
  await lease.end(CLIENT_LEFT);
  recordings.report(recording(2), facts);
  const reported = await receiver.waitFor("on_dvr", 3);
  assertEquals(reported.map(({ json }) => json.file), ["./rec/0.mp4", "./rec/1.mp4", "./rec/2.mp4"]);
  const [start] = receiver.requests;
  assertEquals(new Set(reported.map(({ json }) => json.session_id)), new Set([start?.json.session_id]));
  assertEquals(new Set(reported.map(({ headers }) => headers["webhook-id"])).size, 3);
});

Deno.test("A recording that another process reports again has the same webhook id", async () => {
  await using receiver = await HookReceiver.start();
  const options = hooksOptions(vhostHooks({ on_dvr: receiver.url() }));
  let facts = "";
  {
    await using first = await ServiceUnderTest.open(options);
    await first.admitted("on_publish", { clientId: 4 });
    facts = first.service.recordings.factsOf(recording(0));
    first.service.recordings.report(recording(0), facts);
    await receiver.waitFor("on_dvr");
  }
  await using next = await ServiceUnderTest.open(options);
  next.service.recordings.report(recording(0), facts);
  next.service.recordings.report(recording(1), facts);
  const ids = (await receiver.waitFor("on_dvr", 3)).map(({ headers }) => headers["webhook-id"]);
  assertEquals(ids[0], ids[1]);
  assertNotEquals(ids[1], ids[2]);
});

Deno.test("Where there is no address for recordings, nothing is kept of a publish", async () => {
  await using receiver = await HookReceiver.start();
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks(allEvents(receiver.url()))));
  await tested.admitted("on_publish", { clientId: 4 });
  assertEquals(tested.service.recordings.factsOf(recording(0)), "");
  assertEquals(tested.service.recordings.factsOf({ ...recording(0), clientId: 5 }), "");
  tested.service.recordings.report(recording(0), "");
});

Deno.test("A client that publishes two streams has its files reported with the facts of each", async () => {
  await using receiver = await HookReceiver.start();
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks({ on_dvr: receiver.url() })));
  await tested.admitted("on_publish", { clientId: 4, stream: "one" });
  await tested.admitted("on_publish", { clientId: 4, stream: "two" });
  const { recordings } = tested.service;
  for (const stream of ["one", "two"]) {
    const file = { ...recording(0), stream };
    recordings.report(file, recordings.factsOf(file));
  }
  const reported = await receiver.waitFor("on_dvr", 2);
  assertEquals(reported.map(({ json }) => json.stream).sort(), ["one", "two"]);
});

Deno.test("A recording whose vhost a reload has removed is reported to where it was to be reported", async () => {
  await using receiver = await HookReceiver.start();
  const before = vhostHooks({ on_dvr: receiver.url("/before") });
  const after = vhostHooks({ on_dvr: receiver.url("/after") });
  await using tested = await ServiceUnderTest.open(hooksOptions(before));
  await tested.admitted("on_publish", { clientId: 4 });
  const { service } = tested;
  const facts = service.recordings.factsOf(recording(0));
  await service.reload(hooksOptions(after));
  await service.reload({ ...hooksOptions(after), vhosts: new Map() });
  service.recordings.report(recording(0), facts);
  await service.reload(hooksOptions(before));
  service.recordings.report(recording(1), facts);
  const reported = await receiver.waitFor("on_dvr", 2);
  assertEquals(reported.map(({ path, json }) => `${path} ${json.file}`).sort(), [
    "/after ./rec/0.mp4",
    "/before ./rec/1.mp4",
  ]);
});
