/**
 * Ports for a server that is yet to listen: not of those that the system gives out for port 0, as to the
 * clients and servers of the tests that run meanwhile.
 *
 * @module
 */
import { random } from "../process/show.ts";

/** Below the ephemeral ports of Linux, and above most services. */
const FIRST = 12_000;
const COUNT = 20_000;

/** Different ports of 127.0.0.1 that nobody listens on. */
export function freePorts(count: number): number[] {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = FIRST + random(COUNT);
    if (isFree(port)) ports.add(port);
  }
  return [...ports];
}

/** One of them. */
export function freePort(): number {
  const [port = 0] = freePorts(1);
  return port;
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}
