/**
 * The order in which publishes of one stream are reported, one connection after another.
 *
 * @module
 */
import { assertEquals } from "../../support/assert.ts";
import {
  allEvents,
  CLIENT_LEFT,
  hooksOptions,
  ServiceUnderTest,
  vhostHooks,
} from "../../support/hooks/hook_fixtures.ts";
import { HookReceiver } from "../../support/hooks/hook_receiver.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";

const PUBLISHES = 20;

for (const restarted of [false, true]) {
  const when = restarted ? "also over a restart" : "the running one last";
  Deno.test(`Publishes of one stream that a service missed are reported one after another, ${when}`, async () => {
    await using dir = await temporaryDirectory();
    await using receiver = await HookReceiver.start();
    const vhost = vhostHooks(allEvents(receiver.url()), {
      onError: { default: "allow" },
      breakerFailures: 1000,
    });
    const options = hooksOptions(vhost, { path: `${dir.path}/outbox.db` });
    await receiver.stop();
    let tested = await ServiceUnderTest.open(options);
    const expected: string[] = [];
    for (let clientId = 1; clientId <= PUBLISHES; clientId++) {
      await tested.admitted("on_connect", { clientId });
      const lease = await tested.admitted("on_publish", { clientId, stream: "live" });
      expected.push(`on_publish ${clientId}`);
      if (clientId === PUBLISHES) break;
      await lease.end(CLIENT_LEFT);
      expected.push(`on_unpublish ${clientId}`);
    }
    if (restarted) {
      await tested[Symbol.asyncDispose]();
      tested = await ServiceUnderTest.open(options);
      expected.push(`on_unpublish ${PUBLISHES}`);
    }
    receiver.listen();
    await receiver.waitFor(restarted ? "on_unpublish" : "on_publish", PUBLISHES);
    await tested.settle();
    const sent = receiver.requests.map(({ action, json }) => `${action} ${json.client_id}`);
    assertEquals(sent.filter((line) => line.includes("publish")), expected);
    await tested[Symbol.asyncDispose]();
  });
}
