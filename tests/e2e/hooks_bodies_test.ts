/**
 * The bodies that a server sends have the fields that docs/HOOKS.md lists, in their order and with their types.
 *
 * @module
 */
import { HOOK_EVENT_NAMES, type HookEventName } from "../../core/mod.ts";
import { fieldsOf, SENT_EVENTS } from "../../tools/hook_document.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { HookReceiver } from "../support/hooks/hook_receiver.ts";
import type { ReceivedHook } from "../support/hooks/hook_request_reader.ts";
import { QUIET_TOML, ServerProcess } from "../support/process/server_process.ts";
import { GapPlayer, LivePublisher } from "../support/rtmp/live_client.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";

const EVENTS = SENT_EVENTS;

function eventOf({ action }: ReceivedHook): HookEventName {
  const event = HOOK_EVENT_NAMES.find((name) => name === action);
  if (event === undefined) throw new Error(`No such event: ${action}`);
  return event;
}

for (const payload of ["full", "1.0", "6.0"] as const) {
  Deno.test(`the bodies of payload ${payload} have the documented fields`, async () => {
    await using receiver = await HookReceiver.start();
    receiver.reply("on_forward", { code: 0, data: { urls: [] } });
    const toml = [
      QUIET_TOML.replace("[http_server]\nenabled = false", '[http_server]\nlisten = "127.0.0.1:0"'),
      "[vhost.__defaultVhost__.http_hooks]",
      "enabled = true",
      `payload = "${payload}"`,
      "update_interval = 0.1",
      ...EVENTS.filter((event) => event !== "on_forward").map((event) => `${event} = "${receiver.url()}"`),
      "[vhost.__defaultVhost__.forward]",
      "enabled = true",
      `backend = "${receiver.url()}"`,
      "[vhost.__defaultVhost__.dvr]",
      "enabled = true",
      'dvr_path = "./rec/[stream].[timestamp].flv"',
      "[vhost.__defaultVhost__.hls]",
      'hls_path = "./hls"',
      "hls_fragment = 1",
    ].join("\n");
    await using server = await ServerProcess.start({ toml });
    const publisher = await LivePublisher.publish(server.port, "livestream?token=x");
    const player = await GapPlayer.play(server.port, "livestream");
    await receiver.waitFor("on_update", 4);
    await receiver.waitFor("on_hls");
    await player[Symbol.asyncDispose]();
    await publisher.leave("livestream");
    await RtmpTestClient.connect({ port: server.port }).then((client) => client.close());
    await server.stop();

    assertEquals(new Set(receiver.requests.map(eventOf)), new Set(EVENTS));
    const seen = { with: 0, without: 0 };
    for (const request of receiver.requests) {
      const whole = fieldsOf(payload, eventOf(request));
      const isWhole = whole.every(({ name }) => name in request.json);
      seen[isWhole ? "with" : "without"]++;
      const fields = isWhole ? whole : whole.filter(({ optional }) => !optional);
      const found = Object.entries(request.json).map(([name, value]) =>
        `${name} ${typeof value === "number" ? "number" : "text"}`
      );
      const documented = fields.map(({ name, type }) => `${name} ${type === "text" ? type : "number"}`);
      assertEquals(found, documented, request.body);
      const integers = fields.filter(({ type }) => type === "integer");
      assert(integers.every(({ name }) => Number.isInteger(request.json[name])), request.body);
    }
    // A connection without a stream ends without one.
    assertEquals(seen.without, payload === "full" ? 1 : 0);
    assert(seen.with > 0);
  });
}
