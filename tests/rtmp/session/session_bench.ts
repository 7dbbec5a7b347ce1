/**
 * Benches of `rtmp/session/rtmp_session.ts`: a publisher's media, and a player from connect to Play.Start.
 *
 * @module
 */
import { command, connect, SessionScript, video } from "../../support/rtmp/session_script.ts";

const BATCH = Array.from({ length: 1000 }, (_, index) => video({ timestamp: index }));
const publisher = SessionScript.publishing();

Deno.bench("RtmpSession.receive() 1,000 media messages of a publish", () => {
  publisher.session.receive(BATCH);
});

const CONNECT = connect();
const CREATE_STREAM = command("createStream", 2, null);
const PLAY = command("play", 3, null, "livestream", -2000);

Deno.bench("RtmpSession connect, createStream, play, all accepted", () => {
  const { session } = new SessionScript();
  session.receive([CONNECT]);
  session.accept(1);
  session.takeOutput();
  session.receive([CREATE_STREAM, PLAY]);
  session.accept(2);
  session.takeOutput();
});
