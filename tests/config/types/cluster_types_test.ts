import { FORWARD_TARGETS, ORIGIN_SERVERS } from "../../../config/types/cluster_types.ts";
import { assertEquals } from "../../support/assert.ts";

const TARGETS = [
  { text: "10.0.0.9", target: "rtmp://10.0.0.9:1935/[app]/[stream]" },
  { text: "Host:1936", target: "rtmp://host:1936/[app]/[stream]" },
  { text: "rtmps://host", target: "rtmps://host:443/[app]/[stream]" },
  { text: "RTMPS://host:1443", target: "rtmps://host:1443/[app]/[stream]" },
  { text: "host:0", target: undefined },
  { text: "host:65536", target: undefined },
  { text: "rtmp://host/app/key", target: "rtmp://host/app/key" },
  { text: "rtmp://[::1]:1936/app/a?b=c", target: "rtmp://[::1]:1936/app/a?b=c" },
  {
    text: "rtmps://[vhost].example.com/[app]/x-[stream]",
    target: "rtmps://[vhost].example.com/[app]/x-[stream]",
  },
  { text: "rtmp://host:65536/app/key", target: undefined },
  { text: "rtmp://user:word@host/app/key", target: undefined },
  { text: "rtmp://host/app/?a=b", target: undefined },
  { text: "rtmp://host/app", target: undefined },
  { text: "http://host/app/key", target: undefined },
];
for (const { text, target } of TARGETS) {
  Deno.test(`FORWARD_TARGETS reads ${text}`, () => {
    const found = FORWARD_TARGETS.parse(text);
    assertEquals(found.ok ? found.value : undefined, target === undefined ? undefined : [target]);
  });
}

Deno.test("ORIGIN_SERVERS have the port of their scheme, and one that there is", () => {
  const found = ["a", "rtmps://b", "rtmp://c:1936", "d:65536", "e:0", "rtmp://f/live"].map((text) => {
    const server = ORIGIN_SERVERS.parse(text);
    return server.ok ? server.value[0] : undefined;
  });
  assertEquals(found, ["rtmp://a:1935", "rtmps://b:443", "rtmp://c:1936", undefined, undefined, undefined]);
});

Deno.test("FORWARD_TARGETS and ORIGIN_SERVERS say which entry is wrong, and whether it is its port", () => {
  const targets = FORWARD_TARGETS.parse(["host", "rtmp://host/app/", "other"]);
  const suggestion = 'write "host:port" or "rtmp://host/app/[stream]"';
  assertEquals(targets, { ok: false, message: "Entry 2: Not a target", suggestion });
  const port = "port 65536 is not 1 to 65535";
  assertEquals(FORWARD_TARGETS.parse("rtmp://host:65536/app/key"), {
    ...{ ok: false, message: "Not a target", suggestion: port },
  });
  assertEquals(ORIGIN_SERVERS.parse(["a", "rtmps://[::1]:65536"]), {
    ...{ ok: false, message: 'Entry 2: "rtmps://[::1]:65536" is not a server', suggestion: port },
  });
});

Deno.test("FORWARD_TARGETS repeats no digits that are too many for a port: they may be a key", () => {
  for (const target of ["host:123456789", "rtmp://host:123456789/app/[stream]"]) {
    const { suggestion } = { suggestion: undefined, ...FORWARD_TARGETS.parse(target) };
    assertEquals(suggestion, 'write "host:port" or "rtmp://host/app/[stream]"');
  }
});
