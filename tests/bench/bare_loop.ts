/**
 * What a machine gives at most: no live server, only the system calls of one. It lets everybody connect, play and
 * publish, reads what is published without a look at it, and writes every player the same bytes at a fixed beat.
 *
 *     deno run -A tests/bench/bare_loop.ts PORT BEAT_MS
 *
 * @module
 */
import { SystemClock } from "../../system/system_clock.ts";
import { RtmpFormat } from "../../rtmp/mod.ts";
import { systemEnvironment } from "../../rtmp/system_environment.ts";
import { DEFAULT_SESSION_SETTINGS, RtmpSession } from "../../rtmp/session/mod.ts";
import { MessageDecoder, MessageType } from "../../rtmp/wire/mod.ts";

/** Of a stream of 1.08 Mbit/s. */
const BYTES_PER_MS = 135;
const READ_BYTES = 4 * 1024;
/** An H.264 key frame, as far as a load client looks. */
const KEY_FRAME_START = [0x17, 1, 0, 0, 0];

const [port = 1935, beatMs = 350] = Deno.args.map(Number);
const environment = systemEnvironment(new SystemClock());
const players = new Set<Deno.TcpConn>();
const media = encodeMedia(beatMs * BYTES_PER_MS);

setInterval(() => {
  for (const player of players) player.write(media).catch(() => players.delete(player));
}, beatMs);
for await (const conn of Deno.listen({ hostname: "127.0.0.1", port })) {
  // A client that leaves in the middle of something is gone like others.
  serve(conn).catch(() => undefined);
}

/** One message of so many bytes. */
function encodeMedia(length: number): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(length);
  payload.set(KEY_FRAME_START);
  const message = { typeId: MessageType.Video, time: 0, payload };
  const format = new RtmpFormat(DEFAULT_SESSION_SETTINGS.chunkSize);
  const bytes = new Uint8Array(format.length(message));
  format.write(bytes, 0, message);
  return bytes;
}

async function serve(conn: Deno.TcpConn): Promise<void> {
  conn.setNoDelay();
  try {
    if (await agree(conn) === "play") players.add(conn);
    const buffer = new Uint8Array(READ_BYTES);
    while (await conn.read(buffer) !== null);
  } finally {
    players.delete(conn);
    conn.close();
  }
}

/** Say yes to everything until the client plays or publishes. */
async function agree(conn: Deno.TcpConn): Promise<"play" | "publish"> {
  const decoder = new MessageDecoder({ environment });
  const session = new RtmpSession({ environment });
  const buffer = new Uint8Array(READ_BYTES);
  const writeAll = async (bytes: Uint8Array | undefined): Promise<void> => {
    for (let rest = bytes; rest !== undefined && rest.length > 0;) {
      rest = rest.subarray(await conn.write(rest));
    }
  };
  for (;;) {
    const length = await conn.read(buffer);
    if (length === null) throw new Deno.errors.UnexpectedEof("The client left");
    const messages = decoder.decode(buffer.subarray(0, length));
    await writeAll(decoder.takeOutput());
    for (let events = session.receive(messages); events.length > 0; events = session.receive([])) {
      for (const event of events) {
        if ("requestId" in event) session.accept(event.requestId);
        await writeAll(session.takeOutput());
        if (event.kind === "playRequested") return "play";
        if (event.kind === "publishRequested") return "publish";
      }
    }
    await writeAll(session.takeOutput());
  }
}
