import { SystemClock } from "../../../system/system_clock.ts";
import { ClientSocket } from "../../../system/net/socket.ts";
import { assertEquals } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const MIB = 1024 * 1024;

Deno.test("ClientSocket.discard() reads what a client still sends, so that it can read the last words", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const socket = new ClientSocket(await listener.accept(), new SystemClock());
  await socket.write(new TextEncoder().encode("why"));
  const hungUp = socket.hangUp(Promise.resolve(), () => {});
  const discarded = socket.discard();
  // More than the kernel keeps for a socket that nobody reads.
  const bytes = new Uint8Array(6 * MIB);
  for (let sent = 0; sent < bytes.length;) sent += await client.write(bytes.subarray(sent));
  await client.closeWrite();
  await discarded;
  await hungUp;
  socket.close();
  const words = new Uint8Array(16);
  assertEquals(await client.read(words), 3);
  assertEquals(await client.read(words), null);
});

Deno.test("ClientSocket.discard() ends with the socket", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using _client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const socket = new ClientSocket(await listener.accept(), new SystemClock());
  const discarded = socket.discard();
  socket.close();
  await discarded;
  await socket.discard();
});

const NEVER = Promise.withResolvers<never>().promise;

for (
  const { name, sent } of [
    { name: "what is being written", sent: NEVER },
    { name: "the end of what is sent", sent: Promise.resolve() },
  ]
) {
  Deno.test(`ClientSocket.hangUp() closes a socket whose client does not take ${name}`, async () => {
    const clock = new ManualClock();
    const address = { hostname: "127.0.0.1", port: 1 };
    let closes = 0;
    const socket = new ClientSocket({
      ...{ remoteAddr: address, localAddr: address },
      read: () => NEVER,
      write: () => NEVER,
      closeWrite: () => NEVER,
      close: () => void closes++,
    }, clock);
    void socket.hangUp(sent, () => {});
    await clock.advance(3000);
    assertEquals(closes, 1);
  });
}
