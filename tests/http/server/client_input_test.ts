/**
 * How a client leaves, as its input shows.
 *
 * @module
 */
import { ClientInput, type Leave } from "../../../http/server/client_input.ts";
import { assertEquals } from "../../support/assert.ts";

const { errors } = Deno;

for (
  const [what, read, leave] of [
    ["the end of what it sends", () => Promise.resolve(null), "end"],
    ["a reset", () => Promise.reject(new errors.ConnectionReset("reset")), "reset"],
    ["a host that does not answer", () => Promise.reject(new errors.TimedOut("no answer")), "lost"],
  ] as const
) {
  Deno.test(`ClientInput takes ${what} for "${leave}"`, async () => {
    const input = new ClientInput({ read });
    const left: Leave[] = [];
    input.onLeave((how) => left.push(how));
    await input.arrival();
    assertEquals([input.leave, ...left], [leave, leave]);
  });
}
