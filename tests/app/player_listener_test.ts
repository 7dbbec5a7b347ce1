/**
 * The default port of the server for players may be taken, one that was chosen may not.
 *
 * @module
 */
import { playerListener } from "../../app/player_listener.ts";
import { loadConfig } from "../../config/mod.ts";
import { assert, assertThrows } from "../support/assert.ts";

function withPort(port: number, text: string) {
  const { config } = loadConfig({ text, env: {}, version: "", serverId: "" });
  const server = { ...config.http.server, listen: [{ hostname: "127.0.0.1", port }] };
  return playerListener({ http: { ...config.http, server }, settings: config.settings });
}

Deno.test("playerListener() goes on without players where nobody chose the taken port, and says how to choose", () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { options, warning } = withPort(taken.addr.port, "");
  assert(!options.enabled);
  assert(warning?.includes("set another http_server.listen"), warning);
  assertThrows(() => withPort(taken.addr.port, "[http_server]\nenabled = true"), Error, "http_server.listen");
  assertThrows(() => withPort(taken.addr.port, "[http_server]\nlisten = 8080"), Error, "http_server.listen");
});

Deno.test("playerListener() listens where the port is free", () => {
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  free.close();
  assert(withPort(free.addr.port, "").options.enabled);
});
