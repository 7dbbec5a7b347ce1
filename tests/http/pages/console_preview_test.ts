/** Where the console's preview loads streams from. */
import { playersOf } from "../../../http/pages/assets/console_preview.js";
import { assertEquals, assertStringIncludes } from "../../support/assert.ts";

const HTTP = { players: "http://tv.example:8080", playersTls: "" };
const HTTPS = { players: "", playersTls: "https://tv.example:8088" };
const BOTH = { ...HTTPS, players: HTTP.players };
const PLAIN = { protocol: "http:", hostname: "tv.example" };
const TLS = { protocol: "https:", hostname: "tv.example" };

Deno.test("playersOf() takes what the browser loads into a page: by HTTPS, HTTPS alone", () => {
  const cases = [
    [HTTP, PLAIN, HTTP.players],
    [BOTH, PLAIN, HTTP.players],
    [HTTPS, PLAIN, HTTPS.playersTls],
    [HTTPS, TLS, HTTPS.playersTls],
    [BOTH, TLS, HTTPS.playersTls],
  ] as const;
  for (const [addresses, page, base] of cases) {
    assertEquals(playersOf(addresses, page), { base, problem: undefined });
  }
});

Deno.test("playersOf() says what is missing where a page by HTTPS has players by HTTP alone, but for loopback", () => {
  assertStringIncludes(playersOf(HTTP, TLS).problem ?? "", "http_server.https");
  for (const hostname of ["localhost", "a.localhost", "127.0.0.1", "[::1]"]) {
    const players = `http://${hostname}:8080`;
    const page = { protocol: "https:", hostname };
    assertEquals(playersOf({ players, playersTls: "" }, page), { base: players, problem: undefined });
  }
});

Deno.test("playersOf() says that players are switched off", () => {
  assertStringIncludes(
    playersOf({ players: "", playersTls: "" }, PLAIN).problem ?? "",
    "http_server.enabled",
  );
});
