/**
 * The services of docs/HOOKS.md that verify signatures, in each language: they take what the server signs and what
 * the library of the specification signs, and nothing else.
 *
 * @module
 */
import { Webhook } from "standardwebhooks";
import { assertEquals } from "../../support/assert.ts";
import { ExampleService } from "../../support/hooks/example_service.ts";
import { QUIET_TOML, ServerProcess } from "../../support/process/server_process.ts";
import { LivePublisher } from "../../support/rtmp/live_client.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";

const SECRET = `whsec_${btoa("a secret of 32 bytes, all of it.")}`;
const OTHER = `whsec_${btoa("another secret that nobody has..")}`;
const BODY = '{"action":"on_publish","stream":"名前 é"}';
const ID = "01KAMW4R8KX2T5Q0Z7N3V9B6CD-on_publish-0";
const EVENTS = ["on_connect", "on_publish", "on_unpublish", "on_close"];

function headersOf(secret: string, at: Date, body = BODY): Record<string, string> {
  return {
    "webhook-id": ID,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(secret).sign(ID, at, body),
  };
}

const now = new Date();
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);
const signed = headersOf(SECRET, now);
const CALLS = [
  { name: "a signed call", headers: signed, status: 200 },
  { name: "a call of two minutes ago", headers: headersOf(SECRET, ago(120)), status: 200 },
  {
    name: "a call with two signatures, the second by this secret",
    headers: {
      ...signed,
      "webhook-signature": `${headersOf(OTHER, now)["webhook-signature"]} ${signed["webhook-signature"]}`,
    },
    status: 200,
  },
  { name: "another secret", headers: headersOf(OTHER, now), status: 401 },
  { name: "another body", headers: headersOf(SECRET, now, `${BODY} `), status: 401 },
  { name: "another id", headers: { ...signed, "webhook-id": `${ID}1` }, status: 401 },
  { name: "a time that was changed", headers: { ...signed, "webhook-timestamp": "1" }, status: 401 },
  { name: "a call of ten minutes ago", headers: headersOf(SECRET, ago(600)), status: 401 },
  { name: "a time that is not a number", headers: { ...signed, "webhook-timestamp": "NaN" }, status: 401 },
  { name: "an empty signature", headers: { ...signed, "webhook-signature": "v1," }, status: 401 },
  { name: "no signature", headers: {}, status: 401 },
];

for (const name of ["verify.mjs", "verify.py", "verify.go", "verify.php"]) {
  Deno.test(`${name} takes what is signed and refuses the rest`, async () => {
    await using directory = await temporaryDirectory();
    await using service = await ExampleService.start(name, directory.path, { env: { HOOK_SECRET: SECRET } });
    for (const { name, headers, status } of CALLS) {
      const answer = await fetch(service.url, { method: "POST", body: BODY, headers });
      assertEquals([answer.status, await answer.text()], [status, status === 200 ? "0" : ""], name);
    }
  });

  Deno.test(`${name} takes every call of the server`, async () => {
    await using directory = await temporaryDirectory();
    await using service = await ExampleService.start(name, directory.path, { env: { HOOK_SECRET: SECRET } });
    const toml = [
      QUIET_TOML,
      "[vhost.__defaultVhost__.http_hooks]",
      "enabled = true",
      `secrets = ["${OTHER}", "${SECRET}"]`,
      ...EVENTS.map((event) => `${event} = "${service.url}/hooks"`),
    ].join("\n");
    await using server = await ServerProcess.start({ toml });
    const publisher = await LivePublisher.publish(server.port, "livestream");
    await publisher.leave("livestream");
    await server.stop();
    const calls = server.lines.flatMap((line) =>
      /Hook called event=(\w+) verdict=(\w+)/.exec(line)?.slice(1).join(" ") ?? []
    );
    assertEquals(calls, [
      "on_connect yes",
      "on_publish yes",
      "on_unpublish delivered",
      "on_close delivered",
    ]);
  });
}
