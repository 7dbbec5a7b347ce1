/**
 * Urls that no stream can have, and the form that they should have had.
 *
 * @module
 */
import { streamUrlFault } from "../../../../stream/admission/names/stream_url_fault.ts";
import { assertEquals } from "../../../support/assert.ts";

const VHOSTS = new Set(["__defaultVhost__", "video.example.com"]);
const URLS: readonly (readonly [url: string, fault: string | undefined])[] = [
  ["/live/cam", undefined],
  ["/a/b/cam", undefined],
  ["video.example.com/live/cam", undefined],
  ["__defaultVhost__/live/cam", "a stream of the default vhost is written without it: /live/cam"],
  ["live/a/cam", "there is no vhost live; a stream of the default vhost begins with /, as in /a/cam"],
  ["/live/cam?token=a", "the stream name holds the character ?"],
  ["/live#a/cam", "the app holds the character #"],
  ["/live/../cam", "the app has a path step as segment"],
];
for (const [url, fault] of URLS) {
  Deno.test(`streamUrlFault() of "${url}" is ${fault ?? "nothing"}`, () => {
    assertEquals(streamUrlFault(url, VHOSTS), fault);
  });
}
