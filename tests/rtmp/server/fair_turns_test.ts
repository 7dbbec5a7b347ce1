/**
 * A connection that has much to do lets the others have their turns, also within what one read brought.
 *
 * @module
 */
import { RtmpServer } from "../../../rtmp/server/server.ts";
import { fullHeader, nextHeader } from "../../attacks/support.ts";
import { assertGreaterOrEqual } from "../../support/assert.ts";
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
