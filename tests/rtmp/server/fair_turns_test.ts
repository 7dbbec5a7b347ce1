/**
 * A connection that has much to do lets the others have their turns, also within what one read brought.
 *
 * @module
 */
import { RtmpServer } from "../../../rtmp/server/server.ts";
import { ChunkEncoder } from "../../../rtmp/wire/chunk_encoder.ts";
import { encodeCommand } from "../../../rtmp/wire/command.ts";
import { fullHeader, nextHeader } from "../../attacks/support.ts";
import { assertEquals, assertGreaterOrEqual } from "../../support/assert.ts";
import { bytes } from "../../support/bytes.ts";
import { HookScript } from "../../support/hooks/hook_script.ts";
import { TurnCountingClock } from "../../support/turn_counting_clock.ts";
import { RtmpTestClient } from "../../support/rtmp/rtmp_client.ts";
import { testRtmpOptions } from "../../support/rtmp/rtmp_harness.ts";
import { realWireEnvironment } from "../../support/rtmp/wire_environment.ts";

const MESSAGES = 30_000;
/** Two batches of 128 messages that take 1 ms each fill a turn. */
const LEAST_TURNS = 100;

Deno.test("Connection gives its turn away within a read of thousands of messages", async () => {
  const clock = new TurnCountingClock();
  const ended = Promise.withResolvers<void>();
  let lookedAt = 0;
  let lastClientId = 0;
  const server = RtmpServer.listen(testRtmpOptions({}), {
    hooks: new HookScript(),
    log: { write: (_level, _clientId, message) => message === "Publish ended" ? ended.resolve() : undefined },
    clientIds: { next: () => ++lastClientId },
    clock,
    // Whatever is measured took a millisecond, on a busy machine and on an idle one.
    environment: { ...realWireEnvironment(), now: () => ++lookedAt },
  });
  const client = await RtmpTestClient.connect({ port: server.addresses[0]?.port ?? 0 });
  await client.publish("flood");
  const keyFrame = [0x17, 1, 0, 0, 0];
  await client.sendBytes(bytes(
    fullHeader({ chunkStreamId: 6, length: keyFrame.length }),
    keyFrame,
    ...Array.from({ length: MESSAGES }, () => [nextHeader(6), ...keyFrame]),
  ));
  await client.close();
  await ended.promise;
  assertGreaterOrEqual(clock.turns, LEAST_TURNS);
  await server.drain();
});

/** Their work takes longer than a turn may, that of each does not. */
const CLIENTS = 20;
const WORK_MS = 0.5;

Deno.test("Connection gives no turn away for what others did since its bytes arrived", async () => {
  const clock = new TurnCountingClock();
  const worked = Promise.withResolvers<void>();
  let nowMs = 0;
  let lines = 0;
  let lastClientId = 0;
  const server = RtmpServer.listen(testRtmpOptions({}), {
    hooks: new HookScript(),
    log: {
      write(_level, _clientId, message) {
        if (message !== "Ignored message") return;
        nowMs += WORK_MS;
        if (++lines === CLIENTS) worked.resolve();
      },
    },
    clientIds: { next: () => ++lastClientId },
    clock,
    environment: { ...realWireEnvironment(), now: () => nowMs },
  });
  const port = server.addresses[0]?.port ?? 0;
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => RtmpTestClient.open({ port })));
  const encoder = new ChunkEncoder();
  encoder.write(
    encodeCommand({ name: "ping", transactionId: 1, args: [] }, { streamId: 0, chunkStreamId: 3 }),
  );
  const ignored = encoder.takeOutput() ?? new Uint8Array(0);
  const turnsBefore = clock.turns;
  await Promise.all(clients.map((client) => client.sendBytes(ignored)));
  await worked.promise;
  assertEquals(clock.turns - turnsBefore, 0);
  await Promise.all(clients.map((client) => client.close()));
  await server.drain();
});
