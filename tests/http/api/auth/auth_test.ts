/**
 * Who may call: basic credentials, tokens and their scopes, the bound of failures, and pages of other sites.
 *
 * @module
 */
import { tokenHash, tokenOf } from "../../../../http/api/auth/token_hash.ts";
import { ApiHarness, type ApiHarnessOptions, asBody } from "../../../support/http/api_harness.ts";
import { assert, assertEquals, assertMatch } from "../../../support/assert.ts";
import { SkippingClock } from "../../../support/manual_clock.ts";
import { RtmpHarness } from "../../../support/rtmp/rtmp_harness.ts";

const READ = tokenOf(new Uint8Array(32).fill(1));
const KICK = tokenOf(new Uint8Array(32).fill(2));
const ADMIN = tokenOf(new Uint8Array(32).fill(3));
const AUTH = {
  basic: { username: "admin", password: "p:ä" },
  tokens: [
    { name: "grafana", scope: "read", sha256: tokenHash(READ) },
    { name: "moderator", scope: "kick", sha256: tokenHash(KICK) },
    { name: "ops", scope: "admin", sha256: tokenHash(ADMIN) },
  ],
} as const;
const BASIC = `Basic ${new TextEncoder().encode("admin:p:ä").toBase64()}`;

/** An API with these credentials. */
async function withApi(
  options: ApiHarnessOptions,
  run: (api: ApiHarness, harness: RtmpHarness) => Promise<void>,
): Promise<void> {
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server, { auth: AUTH, ...options });
  await run(api, harness);
}

/** The status that a request with this `Authorization` gets. */
async function status(api: ApiHarness, authorization: string, init: RequestInit & { path?: string } = {}) {
  const headers = new Headers(init.headers);
  if (authorization !== "") headers.set("Authorization", authorization);
  const reply = await fetch(`${api.url}${init.path ?? "/api/v1/versions"}`, { ...init, headers });
  await reply.body?.cancel();
  return reply.status;
}

Deno.test("right credentials are let in, each way to write them, and wrong ones are not", () =>
  withApi({ auth: { ...AUTH, maxFailures: 0 } }, async (api) => {
    const right = [
      BASIC,
      BASIC.replace("Basic", "BASIC"),
      `Bearer ${READ}`,
      `bearer  ${ADMIN}`,
      `Basic ${btoa(`any:${READ}`)}`,
    ];
    for (const header of right) assertEquals(await status(api, header), 200, header);
    const base64 = (text: string) => `Basic ${btoa(text)}`;
    const wrong = [
      ...[
        "",
        base64("admin:"),
        base64("admin"),
        base64(":p"),
        base64("Admin:p:\u00e4"),
        "Basic",
        "Basic %%%",
      ],
      ...[`Bearer ${tokenHash(READ)}`, `Bearer ${READ}x`, "Bearer", `Basic ${READ}`, `Digest ${READ}`, READ],
      `Bearer ${"x".repeat(4000)}`,
    ];
    for (const header of wrong) assertEquals(await status(api, header), 401, header.slice(0, 50));
  }));

Deno.test("without credentials a caller learns nothing but how to show some", () =>
  withApi({}, async (api) => {
    for (const path of ["/", "/api/v1/clients", "/metrics", "/api/v1/openapi.json", "/nothing"]) {
      const reply = await fetch(`${api.url}${path}`);
      const { code, msg, ...more } = asBody(await reply.json());
      assertEquals([reply.status, code, msg, more], [401, 4909, "Credentials are needed", {}], path);
      assertMatch(reply.headers.get("www-authenticate") ?? "", /^Basic realm="srs".*, Bearer realm="srs"$/);
    }
    assertEquals(await status(api, "", { method: "DELETE", path: "/api/v1/clients/1" }), 401);
    assertEquals(await status(api, "", { method: "PUT" }), 401);
  }));

Deno.test("a scope includes those before it, and no more", () =>
  withApi({}, async (api) => {
    const ban = {
      method: "POST",
      path: "/api/v1/bans",
      body: "{}",
      headers: { "Content-Type": "application/json" },
    };
    const kick = { method: "DELETE", path: "/api/v1/clients/99" };
    const statuses = async (token: string) => [
      await status(api, `Bearer ${token}`),
      await status(api, `Bearer ${token}`, kick),
      await status(api, `Bearer ${token}`, ban),
    ];
    assertEquals(await statuses(READ), [200, 403, 403]);
    assertEquals(await statuses(KICK), [200, 200, 403]);
    assertEquals(await statuses(ADMIN), [200, 200, 400]);
  }));

Deno.test("an address with too many wrong credentials is ignored for a while, right ones included", async () => {
  const clock = new SkippingClock();
  await withApi({ clock, auth: { ...AUTH, maxFailures: 3 } }, async (api) => {
    // None at all are no guess.
    for (let i = 0; i < 10; i++) assertEquals(await status(api, ""), 401);
    for (let i = 0; i < 3; i++) assertEquals(await status(api, `Bearer wrong${i}`), 401);
    assertEquals(await status(api, "Bearer wrong"), 429);
    assertEquals(await status(api, `Bearer ${ADMIN}`), 429);
    assert(api.hits.includes("http_api.max_auth_failures"));
    await clock.skip(60_000);
    assertEquals(await status(api, `Bearer ${ADMIN}`), 200);
  });
});

Deno.test("no credential is in the log, and kicks have the name of their caller", () =>
  withApi({}, async (api, harness) => {
    await harness.client();
    await status(api, "Bearer guess-1234");
    assertEquals(await status(api, `Bearer ${KICK}`, { method: "DELETE", path: "/api/v1/clients/1" }), 200);
    const log = JSON.stringify([api.lines, api.hits]);
    assert(!log.includes("guess-1234") && !log.includes(KICK), log);
    assert(log.includes('"caller":"moderator"'), log);
  }));

Deno.test("a page of another site changes nothing with its browser's credentials, with a token where it may", async () => {
  const foreign = { origin: "https://console.example.com" };
  const kick = { method: "DELETE", path: "/api/v1/clients/99", headers: foreign };
  await withApi({}, async (api) => {
    assertEquals(await status(api, BASIC, kick), 403);
    assertEquals(await status(api, `Bearer ${KICK}`, kick), 403);
    assertEquals(await status(api, "", { method: "OPTIONS", headers: foreign }), 401);
    const reply = await fetch(`${api.url}/api/v1/versions`, { headers: { Authorization: `Bearer ${READ}` } });
    await reply.body?.cancel();
    assertEquals(reply.headers.get("access-control-allow-origin"), null);
  });
  await withApi({ crossdomain: true }, async (api) => {
    assertEquals(await status(api, BASIC, kick), 403);
    assertEquals(await status(api, `Bearer ${KICK}`, kick), 200);
    assertEquals(await status(api, `Bearer ${READ}`, kick), 403);
    const preflight = await fetch(`${api.url}/api/v1/clients/99`, { method: "OPTIONS", headers: foreign });
    assertEquals(preflight.status, 204);
    assertEquals(preflight.headers.get("access-control-allow-credentials"), null);
    assertMatch(preflight.headers.get("access-control-allow-headers") ?? "", /^Authorization, /);
    const events = await fetch(`${api.url}/api/v1/events`, {
      headers: { ...foreign, Authorization: `Bearer ${READ}` },
    });
    await events.body?.cancel();
    assertEquals(events.headers.get("access-control-allow-origin"), "*");
    for (const header of [`Bearer ${READ}`, ""]) {
      const reply = await fetch(`${api.url}/api/v1/versions`, {
        headers: { ...foreign, Authorization: header },
      });
      await reply.body?.cancel();
      assertEquals(reply.headers.get("access-control-allow-origin"), "*");
    }
  });
});

Deno.test("where no credentials are configured, all that reach the API may call", async () => {
  await withApi({ auth: {} }, async (api) => {
    assertEquals(await status(api, ""), 200);
    assertEquals(await status(api, "Bearer anything"), 200);
  });
});
