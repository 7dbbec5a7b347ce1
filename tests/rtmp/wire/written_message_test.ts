/**
 * What `writeMessage` wrote is read as it was.
 *
 * @module
 */
import fc from "fast-check";
import { encodedLength, writeMessage } from "../../../rtmp/wire/chunk_encoder.ts";
import { readWrittenMessage } from "../../../rtmp/wire/written_message.ts";
import { assertEquals } from "../../support/assert.ts";

const MESSAGE = fc.record({
  typeId: fc.constantFrom(8, 9, 18),
  timestamp: fc.constantFrom(0, 1, 0xff_fffe, 0xff_ffff, 0x100_0000, 0x8000_0000, 0xffff_ffff),
  streamId: fc.constant(1),
  chunkStreamId: fc.constantFrom(4, 63, 64, 319, 320, 65_599),
  payload: fc.uint8Array({ maxLength: 400 }),
});

Deno.test("readWrittenMessage() reads what writeMessage() wrote, wherever it is", () => {
  fc.assert(
    fc.property(MESSAGE, fc.constantFrom(1, 128, 200, 60_000), fc.nat(9), (message, chunkSize, at) => {
      const { payload, timestamp, chunkStreamId, typeId } = message;
      const length = encodedLength(payload.length, timestamp, chunkStreamId, chunkSize);
      const bytes = new Uint8Array(new SharedArrayBuffer(at + length + 5)).subarray(1);
      assertEquals(writeMessage(bytes, at, message, chunkSize), at + length);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const expected = { typeId, timestamp, payload: new Uint8Array(payload), end: at + length };
      assertEquals(readWrittenMessage(view, at, chunkSize), expected);
    }),
  );
});
