/**
 * TCP connections that are reset.
 *
 * @module
 */
import { connect } from "node:net";

/** Connect to a port of loopback and reset the connection at once. */
export async function resetAtOnce(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  const closed = Promise.withResolvers<void>();
  socket.once("close", () => closed.resolve());
  await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  socket.resetAndDestroy();
  await closed.promise;
}
