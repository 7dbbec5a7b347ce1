import { endpointText, readRtmpAddress, tcUrlOf } from "../../../rtmp/client/rtmp_address.ts";
import { assertEquals } from "../../support/assert.ts";

const ADDRESSES = [
  {
    url: "rtmp://a.example/live/cam?t=1/2",
    read: { secure: false, hostname: "a.example", port: 1935, app: "live", stream: "cam", param: "?t=1/2" },
  },
  {
    url: "RTMPS://[2001:db8::1]:19350/live/inst/cam",
    read: { secure: true, hostname: "2001:db8::1", port: 19350, app: "live/inst", stream: "cam", param: "" },
  },
  { url: "rtmps://a/x", read: { secure: true, hostname: "a", port: 443, app: "x", stream: "", param: "" } },
  { url: "http://a/live/cam", read: undefined },
  { url: "rtmp://a:0/live/cam", read: undefined },
  { url: "rtmp://a:65536/live/cam", read: undefined },
  { url: "rtmp://u:p@a/live/cam", read: undefined },
  { url: "rtmp:///live/cam", read: undefined },
];
for (const { url, read } of ADDRESSES) {
  Deno.test(`readRtmpAddress() of ${url}`, () => assertEquals(readRtmpAddress(url), read));
}

Deno.test("endpointText() and tcUrlOf() leave out a scheme's own port, and bracket IPv6", () => {
  assertEquals(endpointText({ secure: false, hostname: "a", port: 1935 }), "a");
  assertEquals(endpointText({ secure: true, hostname: "a", port: 1935 }), "a:1935");
  assertEquals(tcUrlOf({ secure: true, hostname: "::1", port: 444 }, "live"), "rtmps://[::1]:444/live");
});
