/**
 * What HLS costs at least on this runtime: no live server, only the system calls of one. It takes a publisher and drops
 * what that sends. A playlist grows by the clock, and is held until it has what is asked for; all parts are the same
 * bytes, and so are all segments.
 *
 *     deno run -A tests/bench/bare_hls.ts RTMP_PORT HTTP_PORT
 *
 * @module
 */
import { SystemClock } from "../../system/system_clock.ts";
import { delay } from "../../system/timers.ts";
import { systemEnvironment } from "../../rtmp/system_environment.ts";
import { RtmpSession } from "../../rtmp/session/mod.ts";
import { MessageDecoder } from "../../rtmp/wire/mod.ts";

const PARTS = 10;
const PART_MS = 200;
const LISTED = 15;
const SEGMENT_S = PARTS * PART_MS / 1000;
/** Of a stream of 1.08 Mbit/s. */
const PART_BYTES = PART_MS * 135;
const READ_BYTES = 1024;
const ROOM = new Uint8Array(READ_BYTES);
/** Between two reads of the publisher, and more than comes in that time. */
const TICK_MS = 117;
const MEDIA_BYTES = 64 * 1024;
const TEXT = new TextDecoder();

const [rtmpPort = 1935, httpPort = 1936] = Deno.args.map(Number);
const clock = new SystemClock();
const environment = systemEnvironment(clock);
const part = answer("video/mp4", new Uint8Array(PART_BYTES));
const segment = answer("video/mp4", new Uint8Array(PARTS * PART_BYTES));
/** What is shown, and the requests that wait for more. `parts`: their number since 1970. */
const shown: { parts: number; list: Uint8Array<ArrayBuffer>; waiting: (() => void)[] } = {
  parts: 0,
  list: new Uint8Array(),
  waiting: [],
};
show();
setInterval(show, PART_MS);

void acceptAll(httpPort, serveHttp);
await acceptAll(rtmpPort, takePublisher);

async function acceptAll(port: number, serve: (conn: Deno.TcpConn) => Promise<void>): Promise<void> {
  for await (const conn of Deno.listen({ hostname: "127.0.0.1", port })) {
    // A client that leaves in the middle of something is gone like others.
    serve(conn).catch(() => undefined).finally(() => conn.close());
  }
}

async function serveHttp(conn: Deno.TcpConn): Promise<void> {
  conn.setNoDelay();
  const room = new Uint8Array(READ_BYTES);
  for (let length = await conn.read(room); length !== null; length = await conn.read(room)) {
    const line = TEXT.decode(room.subarray(0, 200));
    const [, sequence, index] = /_HLS_msn=(\d+)&_HLS_part=(\d+)/.exec(line) ?? [];
    if (sequence !== undefined && Number(sequence) * PARTS + Number(index) >= shown.parts) {
      await new Promise<void>((resolve) => shown.waiting.push(resolve));
    }
    const bytes = line.includes(".m3u8") ? shown.list : line.includes("/p") ? part : segment;
    for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
  }
}

function show(): void {
  shown.parts = Math.floor(Date.now() / PART_MS);
  shown.list = playlist(shown.parts);
  const ready = shown.waiting;
  shown.waiting = [];
  for (const settle of ready) settle();
}

function playlist(parts: number): Uint8Array<ArrayBuffer> {
  const open = Math.floor(parts / PARTS);
  const lines = ["#EXTM3U", "#EXT-X-VERSION:6", `#EXT-X-TARGETDURATION:${SEGMENT_S}`];
  lines.push(`#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=${3 * PART_MS / 1000}`);
  lines.push(`#EXT-X-PART-INF:PART-TARGET=${PART_MS / 1000}`, `#EXT-X-MEDIA-SEQUENCE:${open - LISTED}`);
  for (let n = open - LISTED; n <= open; n++) {
    const last = n < open ? PARTS : parts % PARTS;
    for (let i = 0; n >= open - 3 && i < last; i++) {
      lines.push(`#EXT-X-PART:DURATION=${PART_MS / 1000},URI="p${n * PARTS + i}",INDEPENDENT=YES`);
    }
    if (n < open) lines.push(`#EXTINF:${SEGMENT_S}.000,`, `${n}.m4s`);
  }
  lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p${parts}"`);
  return answer("application/vnd.apple.mpegurl", new TextEncoder().encode(`${lines.join("\n")}\n`));
}

function answer(type: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(
    `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}

/** Say yes to a publisher, then read it without a look, as often as the server does. */
async function takePublisher(conn: Deno.TcpConn): Promise<void> {
  const decoder = new MessageDecoder({ environment });
  const session = new RtmpSession({ environment });
  const writeAll = async (bytes: Uint8Array | undefined): Promise<void> => {
    for (let rest = bytes; rest !== undefined && rest.length > 0;) {
      rest = rest.subarray(await conn.write(rest));
    }
  };
  for (let isPublishing = false; !isPublishing;) {
    const length = await conn.read(ROOM);
    if (length === null) return;
    const messages = decoder.decode(ROOM.subarray(0, length));
    await writeAll(decoder.takeOutput());
    for (let events = session.receive(messages); events.length > 0; events = session.receive([])) {
      for (const event of events) {
        if ("requestId" in event) session.accept(event.requestId);
        await writeAll(session.takeOutput());
        isPublishing ||= event.kind === "publishRequested";
      }
    }
    await writeAll(session.takeOutput());
  }
  const room = new Uint8Array(MEDIA_BYTES);
  while (await conn.read(room) !== null) await delay(clock, TICK_MS);
}
