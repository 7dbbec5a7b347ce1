import { checkRow, type Row, row } from "./support.ts";

const CLIENTS: readonly [string, Row][] = [
  [
    "OBS, everything in the server field, empty key",
    row("rtmp://h/comp1/comp2?key=val", "", {
      app: "comp1",
      stream: "comp2",
      param: "?key=val",
    }),
  ],
  [
    "OBS, multi-rendition, key with a query only",
    row("rtmp://h/comp1/comp2", "?key=val", {
      app: "comp1",
      stream: "comp2",
      param: "?key=val",
    }),
  ],
  [
    "OBS, query in the stream key",
    row("rtmp://h:1936/live", "cam?user=u&pass=p", {
      port: 1936,
      app: "live",
      stream: "cam",
      param: "?user=u&pass=p",
    }),
  ],
  [
    "OBS, query in both",
    row("rtmp://h/live?a=1", "cam?b=2", { app: "live", stream: "cam", param: "?a=1&b=2" }),
  ],
  [
    "OBS, stream behind the tcUrl's query",
    row("rtmp://h/live?secret=x/livestream", "", {
      app: "live",
      stream: "livestream",
      param: "?secret=x",
    }),
  ],
  [
    "OBS, stream alone behind the tcUrl's mark",
    row("rtmp://h/live?/livestream", "", { app: "live", stream: "livestream", param: "" }),
  ],
  ["Neko, quote in front", row("'rtmp://h/live", "cam", { schema: "rtmp", host: "h", app: "live" })],
  ["Neko, quotes around", row(`"rtmp://h/live"`, "cam", { schema: "rtmp", host: "h", app: "live" })],
  ["Neko, quotes of both kinds", row(`'"rtmp://h/it's"'`, "cam", { schema: "rtmp", host: "h", app: "it's" })],
  [
    "ZLM, arguments in the tcUrl",
    row("rtmp://h/live?args=1?more=2", "cam", {
      app: "live",
      stream: "cam",
      param: "?args=1?more=2",
    }),
  ],
  [
    "GStreamer, path in the stream name",
    row("rtmp://h/live", "room/cam", { app: "live/room", stream: "cam" }),
  ],
  ["librtmp, app cut elsewhere", row("rtmp://h/live/room", "cam", { app: "live/room", stream: "cam" })],
  ["DJI, port written out", row("rtmp://192.168.1.10:1935/live/", "drone", { port: 1935, app: "live" })],
];

for (const [name, vector] of CLIENTS) checkRow(name, vector);
