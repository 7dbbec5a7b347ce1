import { PULLS } from "../../../config/types/pull_type.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";

const CAM = { url: "rtmp://tv.example.com/live/cam", app: "live", stream: "cam" };

Deno.test("PULLS takes sources of RTMP and of FLV by HTTP", () => {
  const urls = [
    ...["rtmp://host/app/stream", "rtmps://host:443/app/instance/stream?token=1", "rtmp://[::1]/live/x"],
    ...["http://host/x.flv", "https://me:secret@host:8443/live/x.flv?key=1"],
  ];
  for (const url of urls) assert(PULLS.parse([{ ...CAM, url }]).ok, url);
  assertEquals(PULLS.parse([CAM, { ...CAM, stream: "two", on_demand: true }]), {
    ok: true,
    value: [{ ...CAM, isOnDemand: false }, { ...CAM, stream: "two", isOnDemand: true }],
  });
});

Deno.test("PULLS says what is wrong, and shows no address", () => {
  const cases: readonly (readonly [unknown, string])[] = [
    ["rtmp://a/b/c", "Expected an array of tables"],
    [["rtmp://a/b/c"], "Expected a table"],
    [[{ ...CAM, ondemand: true }], '"ondemand" is not a key of a pull'],
    [[{ ...CAM, url: "rtmp://host/secretkey" }], "url is not the address of a stream"],
    [[{ ...CAM, url: "ftp://host/secretkey" }], "url is not the address of a stream"],
    [[{ app: "live", stream: "cam" }], "Pull 1: url is missing"],
    [[CAM, { url: CAM.url, app: "live" }], "Pull 2: stream is missing"],
    [[{ ...CAM, app: "" }], 'app is ""'],
    [[{ ...CAM, stream: "a/b" }], 'stream is "a/b"'],
    [[{ ...CAM, on_demand: "yes" }], 'on_demand is "yes"'],
    [[CAM, CAM], '"live/cam" is named twice'],
    [Array.from({ length: 1001 }, () => CAM), "1001 entries are more than 1000"],
  ];
  for (const [value, message] of cases) {
    const parsed = PULLS.parse(value);
    assertStringIncludes(parsed.ok ? "ok" : parsed.message, message);
    assertEquals(JSON.stringify(parsed).includes("secretkey") ? "shown" : "", "");
  }
});

Deno.test("PULLS writes what it reads, without parameters and credentials where it masks", () => {
  const pulls = [
    { ...CAM, url: "https://me:hush@host/x.flv?key=1", isOnDemand: true },
    { ...CAM, stream: "two", isOnDemand: false },
  ];
  assertEquals(
    PULLS.mask?.(pulls),
    '[{ url = "https://***@host/x.flv?***", app = "live", stream = "cam", on_demand = true }, ' +
      '{ url = "rtmp://tv.example.com/live/cam", app = "live", stream = "two", on_demand = false }]',
  );
  assertEquals(PULLS.mask?.(pulls.slice(1)), undefined);
  assertStringIncludes(PULLS.toToml(pulls), '"https://me:hush@host/x.flv?key=1"');
});
