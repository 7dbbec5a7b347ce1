import { shownTcUrl } from "../../../../stream/admission/names/shown_tc_url.ts";
import { assertEquals } from "../../../support/assert.ts";

for (
  const { name, tcUrl, app, shown } of [
    { name: "a plain tcUrl", tcUrl: "rtmp://h:1935/live", app: "live", shown: "rtmp://h:1935/live" },
    {
      name: "an app of two segments",
      tcUrl: "rtmp://h/live/a?x=1",
      app: "live/a",
      shown: "rtmp://h/live/a?x=1",
    },
    {
      name: "a relay's, with the stream",
      tcUrl: "rtmp://h/live/key",
      app: "live",
      shown: "rtmp://h/live/***",
    },
    {
      name: "one with parameters",
      tcUrl: "rtmp://h/live/key?vhost=v",
      app: "live",
      shown: "rtmp://h/live/***?vhost=v",
    },
    { name: "one in quotes", tcUrl: '"rtmp://h/live/key"', app: "live", shown: "/live/***" },
  ]
) {
  Deno.test(`shownTcUrl(): ${name}`, () => assertEquals(shownTcUrl(tcUrl, app), shown));
}
