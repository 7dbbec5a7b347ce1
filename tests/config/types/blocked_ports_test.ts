/**
 * The ports that a hook's address cannot have. Fetch standard, "Port blocking".
 *
 * @module
 */
import { HOOK_URLS } from "../../../config/types/url_type.ts";
import { assertEquals } from "../../support/assert.ts";

/** The standard's table of bad ports. */
const BAD_PORTS = [
  ...[0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103],
  ...[
    104,
    109,
    110,
    111,
    113,
    115,
    117,
    119,
    123,
    135,
    137,
    139,
    143,
    161,
    179,
    389,
    427,
    465,
    512,
    513,
    514,
  ],
  ...[515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723],
  ...[2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080],
];

Deno.test("HOOK_URLS refuses the ports that fetch blocks, and no other", () => {
  const refused: number[] = [];
  for (let port = 0; port <= 0xffff; port++) {
    if (!HOOK_URLS.parse(`http://127.0.0.1:${port}/`).ok) refused.push(port);
  }
  assertEquals(refused, BAD_PORTS);
});

for (const port of [1, 37, 6667, 10080]) {
  Deno.test(`fetch itself blocks port ${port}`, async () => {
    const outcome = await fetch(`http://127.0.0.1:${port}/`).catch((error: Error) => error.message);
    assertEquals(outcome, `Fetch failed: Requests to port ${port} are blocked`);
  });
}
