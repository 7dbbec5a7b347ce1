/**
 * How a client leaves, as its input shows.
 *
 * @module
 */
import { ClientInput, type Leave } from "../../../http/server/client_input.ts";
import { HeaderBlocks } from "../../../http/server/header_block.ts";
import { assertEquals } from "../../support/assert.ts";

const { errors } = Deno;

for (
  const [what, read, leave] of [
    ["the end of what it sends", () => Promise.resolve(null), "end"],
    ["a reset", () => Promise.reject(new errors.ConnectionReset("reset")), "reset"],
    ["an end of TLS that was not announced", () => Promise.reject(new errors.UnexpectedEof("eof")), "reset"],
    ["a host that does not answer", () => Promise.reject(new errors.TimedOut("no answer")), "lost"],
  ] as const
) {
  Deno.test(`ClientInput takes ${what} for "${leave}"`, async () => {
    const changed = Promise.withResolvers<void>();
    const input = new ClientInput({ read }, new HeaderBlocks(), changed.resolve);
    const left: Leave[] = [];
    input.onLeave((how) => left.push(how));
    input.resume();
    await changed.promise;
    assertEquals([input.leave, ...left], [leave, leave]);
  });
}
