import { AddressGuard } from "../../cluster/link/address_guard.ts";
import { SYSTEM_ADDRESSES } from "../../cluster/link/guard_system.ts";
import { HostIdentity } from "../../cluster/identity.ts";
import { PullWishes } from "../../cluster/pull/pull_wishes.ts";
import { Pulls } from "../../cluster/pull/pulls.ts";
import { MessageType } from "../../rtmp/wire/message.ts";
import { sourceOptions } from "../../stream/admission/source_options.ts";
import { resolveTarget } from "../../stream/admission/stream_target.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { ClusterServer } from "../support/cluster/cluster_server.ts";
import { ScriptedServer } from "../support/cluster/scripted_server.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { realWireEnvironment } from "../support/rtmp/wire_environment.ts";

const IS_MINE = true;

Deno.test("a pull that is over before another thread has left it to this one connects nowhere", async () => {
  await using server = ClusterServer.start({ id: "vid-edge000", origins: [1] });
  const { media } = server;
  const facts = { tcUrl: "rtmp://localhost/live", pageUrl: "", swfUrl: "" };
  const target = resolveTarget(media.options, facts, "cam");
  assert("vhost" in target, "the stream has no target");
  const claim = Promise.withResolvers<boolean>();
  const released: string[] = [];
  const names = {
    claim: () => Promise.resolve(undefined),
    release: () => {},
    claimTask: () => claim.promise,
    releaseTask: (task: string) => void released.push(task),
  };
  let dialled = 0;
  const environment = realWireEnvironment();
  const pulls = new Pulls({
    media: { ...media, names },
    environment,
    identity: new HostIdentity({ serverId: "a", version: "0", secret: "" }, environment.hmacSha256, Date.now),
    dial: () => Promise.reject(new Error(`Dialled ${++dialled} times`)),
    guard: new AddressGuard([], SYSTEM_ADDRESSES),
  }, () => undefined);
  const source = media.sources.acquire(
    "__defaultVhost__/live/cam",
    sourceOptions(target.vhost, media.options.limits),
  );
  const fetched = pulls.fetch({ target, facts, source, lost: () => {} });
  assert(fetched !== undefined && "answered" in fetched, "nothing is pulled");
  pulls.stop();
  claim.resolve(IS_MINE);
  assertEquals(await fetched.answered, undefined);
  await media.clients.drain();
  assertEquals([dialled, released], [0, ["pull __defaultVhost__/live/cam"]]);
  media.sources.release(source);
});

Deno.test("an edge pulls step by step from an origin that resets a joined flight", async () => {
  await using origin = new ScriptedServer();
  await using edge = ClusterServer.start({ id: "vid-edge000", origins: [origin.port], resets: 1 });
  const playing = (await edge.client()).play("cam");
  await origin.client();
  const second = await origin.client();
  await second.command("connect");
  assertEquals(second.messages.items.filter(({ typeId }) => typeId === MessageType.CommandAmf0), []);
  assertEquals(edge.log.filter(({ message }) => message === "Pull failed"), []);
  await edge.clock.skipUntil(playing);
});

Deno.test("PullWishes leaves no timer when the last one goes after the pull is over", () => {
  const clock = new ManualClock();
  let overs = 0;
  const wishes = new PullWishes(clock, { lingerMs: () => 10_000, isNeeded: () => true, over: () => overs++ });
  const wish = wishes.add({ lost: () => {} });
  wishes.close();
  wish.release();
  assertEquals([clock.timers, overs], [0, 0]);
});
