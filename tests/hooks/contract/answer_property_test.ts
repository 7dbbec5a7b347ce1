/** What must hold for any answer of a service. */
import fc from "fast-check";
import { classifyDelivery, parseAnswer } from "../../../hooks/contract/answer.ts";
import { assertEquals } from "../../support/assert.ts";

const statuses = fc.integer({ min: 100, max: 599 });
const blanks = fc.string({ unit: fc.constantFrom(" ", "\n", "\t", "\r"), maxLength: 3 });
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("parseAnswer() makes any status and any bytes a yes, a no or an error, and only 200 and 201 a yes", () => {
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map(bytesOf),
    fc.constant(bytesOf("0")),
  );
  fc.assert(
    fc.property(statuses, bodies, (status, body) => {
      const { kind } = parseAnswer(status, body);
      const possible = status === 200 || status === 201
        ? ["allow", "deny", "error"]
        : status >= 400 && status < 500 && ![408, 425, 429].includes(status)
        ? ["deny"]
        : ["error"];
      assertEquals(possible.includes(kind), Boolean(1), `${status} is a ${kind}`);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("parseAnswer() takes an object for a yes exactly when its code is 0, whatever else it holds", () => {
  const codes = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(0));
  const rest = fc.dictionary(fc.string().filter((key) => key !== "code" && key !== "data"), fc.jsonValue());
  fc.assert(fc.property(codes, rest, blanks, (code, members, blank) => {
    const body = bytesOf(`${blank}${JSON.stringify({ ...members, code })}${blank}`);
    assertEquals(parseAnswer(200, body).kind, code === 0 ? "allow" : "deny");
  }));
});

Deno.test("parseAnswer() takes a number for a yes exactly when it is 0, blanks or not", () => {
  fc.assert(fc.property(fc.integer(), blanks, (number, blank) => {
    const body = bytesOf(`${blank}${number}${blank}`);
    assertEquals(parseAnswer(201, body).kind, number === 0 ? "allow" : "deny");
  }));
});

Deno.test("classifyDelivery() delivers by any 2xx, and gives up on no other status than a client's fault", () => {
  fc.assert(fc.property(statuses, (status) => {
    const verdict = classifyDelivery(status);
    assertEquals(verdict === "delivered", status >= 200 && status < 300);
    if (verdict === "dead") assertEquals(Math.floor(status / 100), 4);
  }));
});
