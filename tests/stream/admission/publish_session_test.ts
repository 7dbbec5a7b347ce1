/**
 * A publish without a socket, as a stream that this server pulls has it: a source that is fed by hand.
 *
 * @module
 */
import type { EndReason } from "../../../core/mod.ts";
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import type { StreamUse } from "../../../stream/admission/clients/client_snapshot.ts";
import { PublishSession } from "../../../stream/admission/publish_session.ts";
import type { StreamTarget } from "../../../stream/admission/stream_target.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { keyFrame, TestPlayer, videoHeader } from "../../support/live_stream.ts";
import { AdmissionBench, FACTS, HandClient } from "./support.ts";

/** A stream that comes from elsewhere. */
class Pull extends HandClient {
  readonly protocol = "flv";
  readonly session: PublishSession;

  constructor(bench: AdmissionBench) {
    super(bench);
    this.session = new PublishSession(this, bench.context);
  }

  /** The name is claimed: the media may come. */
  async start(streamName: string): Promise<string> {
    const answer = await this.session.start({ facts: FACTS, streamName });
    if (answer.kind === "admitted") this.session.begin();
    else if (answer.kind === "denied") this.end("rejected", answer.reason);
    return answer.kind === "denied" ? `${answer.rule}: ${answer.reason}` : answer.kind;
  }

  feed(...messages: RtmpMessage[]): void {
    this.lastReceivedMs = this.bench.clock.now();
    for (const message of messages) {
      this.recvBytes += message.payload.length;
      this.session.receive(message);
    }
    this.session.afterRead({ hasVideo: true });
  }

  override sweep(nowMs: number): void {
    this.session.sweep(nowMs);
  }

  protected override home(): StreamTarget | undefined {
    return this.session.target;
  }

  protected override use(nowMs: number): StreamUse | undefined {
    return this.session.use(nowMs);
  }

  protected override endSession(reason: EndReason, description: string): Promise<void> {
    return this.session.end({ reason, description });
  }
}

Deno.test("PublishSession brings a stream that is fed by hand to its players, and the registry shows it", async () => {
  const bench = new AdmissionBench();
  const pull = new Pull(bench);
  assertEquals(await pull.start("cam?token=x"), "admitted");
  const { source } = pull.session;
  assert(source !== undefined);
  pull.feed(videoHeader("h1"), keyFrame("k1", 40));
  assertEquals(new TestPlayer(source).read().length, 2);
  const { clients, connections } = bench.clients.snapshot();
  const [client] = clients;
  assertEquals([connections, client?.role, client?.protocol, client?.streamUrl], [
    1,
    "publish",
    "flv",
    "/live/cam",
  ]);
  assertEquals([client?.publication?.videoCodec, client?.recvBytes], ["H264", pull.recvBytes]);
  assertEquals(bench.hooks.records[0]?.request.client.protocol, "flv");
  await bench.clients.drain();
  assertEquals(bench.hooks.lines, ["on_publish 1 live/cam", "on_unpublish 1 live/cam shutdown"]);
  assertEquals(bench.hooks.records[1]?.ending?.recvBytes, pull.recvBytes);
  assertEquals([bench.clients.size, bench.context.sources.size, bench.clock.timers], [0, 0, 0]);
});

Deno.test("PublishSession without a socket ends by its deadlines, and frees its name", async () => {
  const bench = new AdmissionBench({ publish: { normalTimeoutMs: 3000 } });
  const pull = new Pull(bench);
  await pull.start("cam");
  pull.feed(videoHeader("h1"), keyFrame("k1", 40));
  await bench.pass(5);
  await pull.gone;
  assertEquals(bench.hooks.lines.at(-1), "on_unpublish 1 live/cam timeout");
  assertEquals(bench.context.limits.counts()["publish.normal_timeout"], 1);
  assertEquals(await new Pull(bench).start("cam"), "admitted");
  await bench.clients.drain();
});

Deno.test("PublishSession without a socket is kicked, and its name is kept from its address", async () => {
  const bench = new AdmissionBench();
  const pull = new Pull(bench);
  await pull.start("cam");
  assert(bench.clients.kick(pull.clientId, { holdMs: 5000 }));
  await pull.gone;
  const reason = "The operator ended this client; this name is held for 5 s more";
  assertEquals(await new Pull(bench).start("cam"), `publish.kick_hold: ${reason}`);
  await bench.clock.advance(5000);
  assertEquals(await new Pull(bench).start("cam"), "admitted");
  await bench.clients.drain();
});

Deno.test("PublishSession takes a public name, and the requested one is free again", async () => {
  const bench = new AdmissionBench();
  bench.hooks.answer = () => ({ yes: { stream: "public" } });
  const pull = new Pull(bench);
  await pull.start("secret");
  assertEquals([pull.session.stream?.stream, bench.context.sources.size], ["public", 1]);
  assertEquals(bench.clients.snapshot().clients[0]?.stream, "public");
  await bench.clients.drain();
  assertEquals(bench.hooks.lines, ["on_publish 1 live/secret", "on_unpublish 1 live/public shutdown"]);
});

Deno.test("PublishSession that is refused holds nothing", async () => {
  const bench = new AdmissionBench({ limits: { maxPublishersPerVhost: 1 } });
  bench.hooks.answer = () => ({ no: "Not today" });
  assertEquals(await new Pull(bench).start("cam"), "on_publish: Not today");
  bench.hooks.answer = () => "yes";
  await bench.clock.advance(0);
  assertEquals(await new Pull(bench).start("cam"), "admitted");
  assertEquals(await new Pull(bench).start("cam2"), "max_publishers_per_vhost: Publisher limit reached");
  await bench.clients.drain();
  assertEquals([bench.hooks.open, bench.context.sources.size], [0, 0]);
});

Deno.test("PublishSession whose client leaves while the service decides is aborted, and its ending is recorded", async () => {
  const bench = new AdmissionBench();
  const decided = Promise.withResolvers<"yes">();
  bench.hooks.obeysAborts = false;
  bench.hooks.answer = () => decided.promise;
  const pull = new Pull(bench);
  const started = pull.start("cam");
  await bench.hooks.next("on_publish");
  pull.end("client", "It left");
  decided.resolve("yes");
  assertEquals(await started, "aborted");
  await pull.gone;
  assertEquals(bench.hooks.lines, ["on_publish 1 live/cam", "on_unpublish 1 live/cam client"]);
  assertEquals(bench.lines, []);
});
