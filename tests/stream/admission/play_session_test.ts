/**
 * A play without a socket, as a viewer has it whose player sends one request after another: one session for all of
 * them.
 *
 * @module
 */
import type { EndReason } from "../../../core/mod.ts";
import type { StreamUse } from "../../../stream/admission/clients/client_snapshot.ts";
import { PlaySession, type StreamReader } from "../../../stream/admission/play_session.ts";
import type { Refusal } from "../../../stream/admission/refusal.ts";
import type { StreamTarget } from "../../../stream/admission/stream_target.ts";
import { assertEquals } from "../../support/assert.ts";
import { AdmissionHarness, FACTS, HandClient } from "./support.ts";
import { clientsNow } from "../../support/stream/clients_now.ts";

/** A viewer without a request for so long is gone, milliseconds. */
const IDLE_MS = 10_000;

/** A viewer of many requests. */
class Viewer extends HandClient implements StreamReader {
  readonly protocol = "hls";
  readonly jumps = 0;
  readonly droppedMs = 0;
  readonly session: PlaySession;
  isServed = true;
  #started: Promise<string> | undefined;

  constructor(harness: AdmissionHarness) {
    super(harness);
    this.session = new PlaySession(this, harness.context);
  }

  /** A request of the viewer: the first one starts the session, and all wait for its answer. */
  async request(streamName: string, bytes: number): Promise<string> {
    this.lastReceivedMs = this.harness.clock.now();
    this.recvBytes += 100;
    const answer = await (this.#started ??= this.#start(streamName));
    if (answer === "allow" && this.isServed) this.sendBytes += bytes;
    return this.isServed ? answer : "gone";
  }

  override sweep(nowMs: number): void {
    if (nowMs - this.lastReceivedMs > IDLE_MS) this.end("idle", `No request within ${IDLE_MS} ms`);
  }

  leave(): void {
    this.isServed = false;
  }

  protected override home(): StreamTarget | undefined {
    return this.session.target;
  }

  protected override use(): StreamUse | undefined {
    return this.session.use();
  }

  protected override endSession(reason: EndReason, description: string): Promise<void> {
    return this.session.end({ reason, description });
  }

  async #start(streamName: string): Promise<string> {
    const answer = await this.session.start({ facts: FACTS, streamName });
    if (answer.kind === "allow") this.session.begin(this);
    else if (answer.kind === "deny") this.end("rejected", answer.reason);
    return answer.kind === "deny" ? `${answer.rule}: ${answer.reason}` : answer.kind;
  }
}

Deno.test("PlaySession is one session for all requests of a viewer, counts their bytes and ends when they stop", async () => {
  const harness = new AdmissionHarness();
  const viewer = new Viewer(harness);
  assertEquals(
    await Promise.all([viewer.request("cam?token=x", 500), viewer.request("cam?token=x", 1500)]),
    ["allow", "allow"],
  );
  for (let i = 0; i < 5; i++) {
    await harness.pass(6);
    assertEquals(await viewer.request("cam?token=x", 2000), "allow");
  }
  const { clients, usage } = clientsNow(harness.clients);
  assertEquals([clients[0]?.role, clients[0]?.protocol, clients[0]?.streamUrl], ["play", "hls", "/live/cam"]);
  assertEquals([clients[0]?.sendBytes, usage.sendBytes], [12_000, 12_000]);
  await harness.pass(11);
  await viewer.gone;
  assertEquals(await viewer.request("cam?token=x", 2000), "gone");
  assertEquals(harness.hooks.lines, ["on_play 1 live/cam", "on_stop 1 live/cam idle"]);
  const ending = harness.hooks.records[1]?.ending;
  assertEquals([ending?.sendBytes, ending?.recvBytes, ending?.durationMs], [12_000, 700, 41_000]);
  assertEquals(harness.lines.map(({ message }) => message), ["Play accepted", "Play ended"]);
  assertEquals([harness.clients.size, harness.context.sources.size], [0, 0]);
  assertEquals(clientsNow(harness.clients).usage.sendBytes, 12_000);
});

Deno.test("PlaySession counts a viewer once for its limit, however many requests it sends", async () => {
  const harness = new AdmissionHarness({ limits: { maxPlayersPerStream: 1 } });
  const viewer = new Viewer(harness);
  for (let i = 0; i < 3; i++) assertEquals(await viewer.request("cam", 1), "allow");
  assertEquals(await new Viewer(harness).request("cam", 1), "max_players_per_stream: Player limit reached");
  viewer.end("client", "It left");
  await viewer.gone;
  assertEquals(await new Viewer(harness).request("cam", 1), "allow");
  await harness.clients.drain();
});

Deno.test("PlaySession that is refused after it was counted is counted no longer", async () => {
  const harness = new AdmissionHarness({ limits: { maxPlayersPerStream: 1 } });
  let refusal: Refusal | undefined = { rule: "origin", reason: "The origin has no room" };
  harness.context.relays.add({ fetch: () => refusal, offer: () => undefined });
  for (let i = 0; i < 2; i++) {
    const refused = new Viewer(harness);
    assertEquals(await refused.request("cam", 1), "origin: The origin has no room");
    await refused.gone;
  }
  refusal = undefined;
  assertEquals(await new Viewer(harness).request("cam", 1), "allow");
  await harness.clients.drain();
});

Deno.test("PlaySession ends when its duration is over, or the service ends it", async () => {
  const harness = new AdmissionHarness();
  const viewer = new Viewer(harness);
  await viewer.request("cam", 1);
  harness.hooks.revoke("on_play", { reason: "lease_expired", description: "It is over" });
  await viewer.gone;
  assertEquals(harness.hooks.lines.at(-1), "on_stop 1 live/cam lease_expired");
  const timed = new Viewer(harness);
  await timed.session.start({ facts: FACTS, streamName: "cam" });
  timed.session.begin({ jumps: 0, droppedMs: 0, sweep: () => {}, leave: () => {} }, { durationMs: 2000 });
  await harness.clock.advance(1000);
  timed.session.sweep(harness.clock.now());
  assertEquals(harness.hooks.open, 1);
  await harness.clock.advance(1001);
  timed.session.sweep(harness.clock.now());
  await timed.gone;
  assertEquals(harness.hooks.lines.at(-1), "on_stop 2 live/cam duration");
});

Deno.test("PlaySession that was aborted before it began lets its reader go", async () => {
  const harness = new AdmissionHarness();
  const viewer = new Viewer(harness);
  assertEquals((await viewer.session.start({ facts: FACTS, streamName: "cam" })).kind, "allow");
  viewer.session.abort();
  viewer.session.begin(viewer);
  assertEquals([viewer.isServed, viewer.session.worked], [false, false]);
  viewer.end("client", "It left");
  await viewer.gone;
  assertEquals(harness.hooks.open, 0);
});

Deno.test("PlaySession that is over leaves its client alone when the origin refuses late", async () => {
  const harness = new AdmissionHarness();
  const { promise: answered, resolve: refuse } = Promise.withResolvers<Refusal | undefined>();
  harness.context.relays.add({
    fetch: () => ({ answered, mayCome: () => false, release: () => {} }),
    offer: () => undefined,
  });
  const [stays, leaves] = [new Viewer(harness), new Viewer(harness)];
  const requests = [stays, leaves].map((viewer) => viewer.request("cam", 1));
  await harness.clock.advance(2000);
  assertEquals(await Promise.all(requests), ["allow", "allow"]);
  // Its connection stays, as one by RTMP does that plays another stream next.
  await leaves.session.end({ reason: "client", description: "The client ended the stream" });
  refuse({ rule: "origin", reason: "no" });
  await stays.gone;
  assertEquals([stays.isOver, leaves.isOver], [true, false]);
  leaves.end("client", "It left");
  await leaves.gone;
});
