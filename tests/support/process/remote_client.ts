/**
 * A client that publishes or plays until it is killed: `remote_client.ts publish|play ADDRESS PORT`.
 *
 * @module
 */
import { tellStarted } from "./remote_host.ts";
import { avcKeyFrame, avcSequenceHeader } from "../stream/media.ts";
import { RtmpTestClient } from "../rtmp/rtmp_client.ts";

const FRAME_MS = 40;

if (import.meta.main) {
  const [what, hostname = "", port = ""] = Deno.args;
  const client = await RtmpTestClient.connect({ hostname, port: Number(port) });
  if (what === "publish") {
    await client.publish("livestream");
    await client.sendVideo(avcSequenceHeader(), 0);
    let at = 0;
    setInterval(() => {
      at += FRAME_MS;
      void client.sendVideo(avcKeyFrame(), at);
    }, FRAME_MS);
  } else {
    await client.play("livestream");
  }
  tellStarted();
  await client.closed;
}
