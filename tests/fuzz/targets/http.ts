/**
 * Heads of HTTP requests, and the frames of WebSocket clients: any bytes, however they are cut, mean one thing.
 *
 * @module
 */
import { HeadReader, MAX_HEAD_BYTES } from "../../../http/server/head_reader.ts";
import { HeaderBlocks } from "../../../http/server/header_block.ts";
import type { HttpFault } from "../../../http/server/http_fault.ts";
import { fetchRequest } from "../../../http/server/exchange.ts";
import { readRequestHead, type RequestHead } from "../../../http/server/request_head.ts";
import { vhostPathOf } from "../../../http/vhost_path.ts";
import { type ClientFrame, ClientFrameReader } from "../../../http/websocket/client_frames.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { maskedFrame } from "../../support/http/web_socket_client.ts";
import { testRtmpOptions } from "../../support/rtmp/rtmp_harness.ts";
import { type Corpus, cutCase } from "../mutator.ts";
import { type FuzzTarget, textCorpus } from "../target.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const LIMITS = { maxBodyBytes: 0, defaultHost: "127.0.0.1:8080" };
const STATUSES = new Set([400, 405, 413, 414, 417, 431, 501, 505]);
const { vhosts } = testRtmpOptions({ vhosts: ["tv.test"] });
/** A connection serves one request after the other; more than these say nothing new. */
const MAX_REQUESTS = 20;

/** Requests up to the first fault. */
function readAll(pieces: readonly Bytes[]): (RequestHead | HttpFault)[] {
  const reader = new HeadReader(new HeaderBlocks());
  const found: (RequestHead | HttpFault)[] = [];
  for (const piece of pieces) {
    reader.push(piece);
    for (let head = reader.takeHead(); head !== undefined; head = reader.takeHead()) {
      const request = "status" in head ? head : readRequestHead(head.line, head.headers, LIMITS);
      found.push(request);
      if ("status" in request || found.length === MAX_REQUESTS) return found;
    }
    assert(reader.pendingBytes <= MAX_HEAD_BYTES + piece.length, "more waits than a head may have");
  }
  return found;
}

function plain(requests: readonly (RequestHead | HttpFault)[]): readonly unknown[] {
  return requests.map((request) =>
    "status" in request ? request : { ...request, url: request.url.href, fields: [...request.fields] }
  );
}

const HEADS: Corpus = textCorpus(
  "GET /live/livestream.flv?token=x HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: x\r\n\r\n",
  "GET /live/cam.flv HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  "HEAD http://tv.test/tv.test/live/%E7%9B%B4.flv HTTP/1.1\r\nHost: other\r\nContent-Length: 0\r\n\r\n" +
    "OPTIONS * HTTP/1.1\r\nHost: [::1]:80\r\nOrigin: http://a\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  "GET / HTTP/1.0\r\n\r\n",
);

const headTarget: FuzzTarget = {
  name: "http-head",
  corpus: HEADS,
  testCases: 2000,
  run(input, random) {
    const whole = readAll([input]);
    assertEquals(plain(readAll(cutCase(input, random))), plain(whole));
    for (const request of whole) {
      if ("status" in request) {
        assert(STATUSES.has(request.status), `status ${request.status}`);
        continue;
      }
      assertEquals(request.bodyBytes, 0);
      assert(request.url.pathname.startsWith("/"), request.url.href);
      const path = vhostPathOf(request, vhosts);
      for (const segment of path?.segments ?? []) assert(!/[/\\?#]/.test(segment) && segment !== "", segment);
      fetchRequest(request, new Uint8Array(0));
    }
  },
};

function readFrames(pieces: readonly Bytes[]): ClientFrame[] {
  const reader = new ClientFrameReader();
  return pieces.flatMap((piece) => reader.receive(piece));
}

const MASK = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);
const FRAMES: Corpus = [
  maskedFrame(9, new TextEncoder().encode("Hello"), MASK),
  maskedFrame(8, Uint8Array.of(0x03, 0xe8, 0x6f, 0x6b), MASK),
  Uint8Array.of(...maskedFrame(2, new Uint8Array(300), MASK), ...maskedFrame(10, new Uint8Array(0), MASK)),
];

const frameTarget: FuzzTarget = {
  name: "websocket-frames",
  corpus: FRAMES,
  testCases: 2000,
  run(input, random) {
    const frames = readFrames([input]);
    assertEquals(readFrames(cutCase(input, random)), frames);
    const last = frames.findIndex(({ kind }) => kind !== "ping");
    assert(last === -1 || last === frames.length - 1, "something follows the end");
    for (const frame of frames) if (frame.kind === "ping") assert(frame.payload.length <= 125);
  },
};

/** Heads and frames. */
export function httpTargets(): readonly FuzzTarget[] {
  return [headTarget, frameTarget];
}
