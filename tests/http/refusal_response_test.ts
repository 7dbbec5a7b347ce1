import { refusalResponse } from "../../http/refusal_response.ts";
import { assertEquals } from "../support/assert.ts";

const CORS = { "Access-Control-Allow-Origin": "*" };
const CASES = [
  { name: "a no of the service", rule: "on_play", status: 403, retry: null },
  { name: "no usable answer of the service", rule: "on_play", failed: true, status: 503, retry: "5" },
  { name: "an unknown vhost", rule: "vhost", status: 404, retry: null },
  { name: "a limit of the server", rule: "max_players_per_stream", status: 503, retry: "5" },
  { name: "too many wrong keys", rule: "max_wrong_keys", status: 429, retry: "5" },
];

for (const { name, rule, failed = false, status, retry } of CASES) {
  Deno.test(`refusalResponse() answers ${name} with ${status} and the reason`, async () => {
    const response = refusalResponse({ rule, reason: "why", failed }, CORS);
    const { headers } = response;
    const cors = headers.get("access-control-allow-origin");
    assertEquals([response.status, await response.text(), headers.get("retry-after"), cors], [
      status,
      "why\n",
      retry,
      "*",
    ]);
  });
}

Deno.test("refusalResponse() redirects to where the service wants the player", async () => {
  const redirect = "https://b.example.com/live/a.flv?token=x";
  const response = refusalResponse({ rule: "on_play", reason: "moved", failed: false, redirect }, CORS);
  const { headers } = response;
  assertEquals([response.status, headers.get("location"), headers.get("access-control-allow-origin")], [
    302,
    redirect,
    "*",
  ]);
  await response.body?.cancel();
});
