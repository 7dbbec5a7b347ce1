/**
 * Connections by HTTP/2: any bytes end them with a reason or are answered, and nothing is left behind.
 *
 * @module
 */
import { respondWith } from "../../../http/server/exchange.ts";
import { encodeFrame, FrameType } from "../../../http/server/h2/frame.ts";
import { H2Error } from "../../../http/server/h2/h2_error.ts";
import { HpackDecoder } from "../../../http/server/h2/hpack_decoder.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import {
  blockOf,
  dataFrame,
  getOf,
  headersFrame,
  joinBytes,
  OPEN,
  opening,
  PING,
  postOf,
  resetFrame,
  windowUpdate,
} from "../../support/http/h2_frames.ts";
import { H2MemoryClient } from "../../support/http/h2_socket.ts";
import { type Corpus, cutCase } from "../mutator.ts";
import { attempt, type FuzzTarget } from "../target.ts";

const MAX_LIST_BYTES = 4096;
/** Requests of RFC 7541 C.4, one after the other. */
const HUFFMAN = Uint8Array.fromHex(
  "828684418cf1e3c2e5f23a6ba0ab90f4ff" + "828684be5886a8eb10649cbf" +
    "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
);
const BLOCKS: Corpus = [HUFFMAN, blockOf(getOf("/live/livestream.flv?token=x", [["accept", "*/*"]]))];

const hpackTarget: FuzzTarget = {
  name: "hpack",
  corpus: BLOCKS,
  testCases: 2000,
  run(input) {
    const decoder = new HpackDecoder();
    const result = attempt(H2Error, () => decoder.decode(input, MAX_LIST_BYTES));
    if ("refused" in result || result.value === undefined) return;
    const bytes = result.value.reduce((sum, [name, value]) => sum + name.length + value.length + 32, 0);
    assert(bytes <= MAX_LIST_BYTES, `a list of ${bytes} bytes`);
  },
};

const CONNECTIONS: Corpus = [
  joinBytes(
    opening([[4, 100_000]]),
    windowUpdate(0, 100_000),
    headersFrame(1, getOf("/live/livestream.flv")),
    encodeFrame(FrameType.Headers, { streamId: 3, flags: 0x05 }, HUFFMAN.subarray(0, 17)),
    PING,
    resetFrame(1),
  ),
  joinBytes(
    opening(),
    headersFrame(1, postOf("/x", [["content-length", "5"]]), OPEN),
    dataFrame(1, new TextEncoder().encode("hello")),
    encodeFrame(FrameType.Headers, { streamId: 3, flags: 0x2d }, Uint8Array.of(1, 0, 0, 0, 0, 9, 0x82, 0)),
    encodeFrame(FrameType.GoAway, {}, new Uint8Array(8)),
  ),
];

const connectionTarget: FuzzTarget = {
  name: "http2",
  corpus: CONNECTIONS,
  testCases: 300,
  async run(input, random) {
    const client = new H2MemoryClient(respondWith(async (request) => new Response(await request.text())));
    await client.send(...cutCase(input, random));
    await client.leave();
    await client.clock.advance(1000);
    assert(client.isClosed && client.hasEnded, "the connection is still there");
    assertEquals(client.clock.timers, 0);
    assertEquals(client.reports.filter((report) => report.startsWith("bug")), []);
  },
};

/** Header blocks, and whole connections. */
export function http2Targets(): readonly FuzzTarget[] {
  return [hpackTarget, connectionTarget];
}
