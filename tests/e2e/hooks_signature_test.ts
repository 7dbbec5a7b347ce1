/**
 * The service verifies what it is sent, with the library that publishes the specification.
 *
 * @module
 */
import type { ReceivedHook } from "../support/hooks/hook_request_reader.ts";
import { Webhook } from "standardwebhooks";
import { assert, assertEquals, assertNotEquals, assertThrows } from "../support/assert.ts";
import { HookHarness } from "../support/hooks/hook_harness.ts";
import { LivePublisher } from "../support/rtmp/live_client.ts";

const OLD = `whsec_${btoa("an old secret of 32 bytes ......")}`;
const NEW = `whsec_${btoa("a new secret of 32 bytes .......")}`;
const OTHER = `whsec_${btoa("nobody's secret of 32 bytes .....")}`;

function verify(secret: string, { body, headers }: ReceivedHook): void {
  new Webhook(secret).verify(body, { ...headers });
}

Deno.test("every call verifies with the standardwebhooks package, by the old secret and by the new one", async () => {
  await using stage = await HookHarness.open({ hooks: [`secrets = ["${NEW}", "${OLD}"]`] });
  const { receiver, port } = stage;
  let refusals = 1;
  receiver.reply("on_unpublish", () => refusals-- > 0 ? { status: 503, headers: { "retry-after": "2" } } : 0);
  const publisher = await LivePublisher.publish(port, "signed");
  await publisher.leave("signed");
  await stage.settled();

  const actions = receiver.actions(({ action, headers }) => `${action} ${headers["srs-attempt"]}`);
  assertEquals(actions, [
    "on_connect 1",
    "on_publish 1",
    "on_unpublish 1",
    "on_unpublish 2",
    "on_close 1",
  ]);
  for (const request of receiver.requests) {
    verify(NEW, request);
    verify(OLD, request);
    assertThrows(() => verify(OTHER, request), Error, "No matching signature");
    assertThrows(() => verify(NEW, { ...request, body: `${request.body} ` }), Error, "No matching signature");
  }
  // Each attempt is signed at its own time: a service that refuses old ones takes it.
  const [first, second] = receiver.requests.filter(({ action }) => action === "on_unpublish");
  assert(first !== undefined && second !== undefined);
  assertEquals(first.headers["webhook-id"], second.headers["webhook-id"]);
  assertNotEquals(first.headers["webhook-signature"], second.headers["webhook-signature"]);
});
