/**
 * One play of a connection: ask, then join the source; and its ending, told exactly once.
 *
 * @module
 */
import { readParameter } from "../../stream/admission/access/mod.ts";
import type { Admission } from "./connect_admission.ts";
import type { StreamUse } from "./client_snapshot.ts";
import type { Jumps } from "./traffic_meter.ts";
import { Consumer, NO_USAGE, type PlayedTracks, type Source, sourceKey } from "../../stream/live/mod.ts";
import { describeClient, type Peer, streamUrlOf } from "./peer.ts";
import { deadline, Quota } from "../../system/mod.ts";
import type { EndReason, Lease, StreamInfo } from "../../core/mod.ts";
import {
  type ConnectFacts,
  endingFields,
  logRefusal,
  type Refusal,
  type RequestPlace,
  resolveTarget,
  SessionAccount,
  sourceOptions,
  type StreamTarget,
} from "../../stream/admission/mod.ts";
import { type PlayRequested, RejectionCode } from "../session/mod.ts";

/**
 * How long to wait for what other threads know of the stream, milliseconds: its headers and first picture follow the
 * answer at once. A thread that is busier than this is not waited for.
 */
const SETTLE_MS = 250;

/** A play from its request to its end. */
export class Playing {
  readonly requestId: number;
  readonly #peer: Peer;
  readonly #quota: Quota;
  readonly #aborter = new AbortController();
  #started: Promise<void> = Promise.resolve();
  #ended: Promise<void> | undefined;
  #source: Source | undefined;
  #consumer: Consumer | undefined;
  #lease: Lease | undefined;
  /** From the moment at which the service is asked. */
  #account: SessionAccount | undefined;
  #stream: StreamInfo | undefined;
  #app = "";
  #vhost = "";
  #acceptedMs = 0;
  #durationMs = 0;
  #sendTimeoutMs = 0;
  #overdue = { position: 0, sinceMs: 0 };
  #reported = { jumps: 0, byteJumps: 0, keylessJumps: 0, awaitsKeyFrame: false, limit: "" };

  constructor(peer: Peer, requestId: number) {
    this.#peer = peer;
    this.#quota = new Quota(peer.house, peer);
    this.requestId = requestId;
  }

  /** The app under which it is known, `""` before it is accepted. */
  get app(): string {
    return this.#app;
  }

  /** It was more than a request. */
  get worked(): boolean {
    return this.#consumer !== undefined;
  }

  /** The stream it plays; `undefined` before it is accepted. */
  get stream(): StreamInfo | undefined {
    return this.#stream;
  }

  /** Times that it was too slow, and what that left out. */
  get jumps(): Jumps {
    return this.#consumer ?? NO_USAGE;
  }

  /** What can be seen of it: nothing before it is accepted. */
  use(): StreamUse | undefined {
    const stream = this.#stream;
    if (this.#consumer === undefined || stream === undefined) return undefined;
    return { role: "play", vhost: this.#vhost, app: this.#app, stream };
  }

  /** Ask, then play. Settles when the request is answered or void; {@link Playing.end} has to follow. */
  start(request: PlayRequested, facts: ConnectFacts, admission: Admission): Promise<void> {
    if (this.#aborter.signal.aborted) return Promise.resolve();
    return this.#started = this.#start(request, facts, admission);
  }

  /** Hold what the client gets, or go on. */
  pause(paused: boolean): void {
    const consumer = this.#consumer;
    if (consumer === undefined) return;
    consumer.paused = paused;
    if (!paused) this.#peer.writer.flush();
  }

  /** Look at the deadlines; called about once a second. */
  sweep(nowMs: number): void {
    const consumer = this.#consumer;
    if (consumer === undefined) return;
    this.#reportJumps(consumer);
    const sendTimeoutMs = this.#sendTimeoutMs;
    const overdueMs = this.#overdueMs(consumer, nowMs);
    if (sendTimeoutMs > 0 && this.#peer.writer.stuckMs > sendTimeoutMs) {
      return this.#peer.exceed(
        "play.send_timeout",
        "slow",
        `The client took nothing for ${sendTimeoutMs} ms`,
      );
    }
    if (sendTimeoutMs > 0 && overdueMs > sendTimeoutMs) {
      const description = `The client was at bytes that are over for ${Math.round(overdueMs)} ms`;
      return this.#peer.exceed("play.send_timeout", "slow", description);
    }
    if (this.#durationMs > 0 && nowMs - this.#acceptedMs > this.#durationMs) {
      this.#peer.end("duration", `The play's duration of ${this.#durationMs} ms is over`);
    }
  }

  /** The client withdrew the request, or is gone: an ask under way is void. */
  abort(): void {
    this.#aborter.abort("the request is void");
  }

  /** The play is over. Resolves when its ending is recorded; may be called again. */
  end(reason: EndReason): Promise<void> {
    return this.#ended ??= this.#end(reason);
  }

  /** Count and log what has become of jumps since the last call: a jump may have to wait for where to go on. */
  #reportJumps({ jumps, byteJumps, keylessJumps, awaitsKeyFrame, droppedMs }: Consumer): void {
    const last = this.#reported;
    if (jumps === last.jumps && awaitsKeyFrame === last.awaitsKeyFrame) return;
    const { limits } = this.#peer.house;
    const newByteJumps = byteJumps - last.byteJumps;
    const newTimeJumps = jumps - last.jumps - newByteJumps;
    limits.count("max_lag_bytes", newByteJumps);
    limits.count("play.queue_length", newTimeJumps);
    let { limit } = last;
    if (newTimeJumps > 0) limit = "play.queue_length";
    if (newByteJumps > 0) limit = "max_lag_bytes";
    this.#reported = { jumps, byteJumps, keylessJumps, awaitsKeyFrame, limit };
    let outcome = "went on at a newer key frame";
    if (awaitsKeyFrame) outcome = "waits for a key frame";
    else if (keylessJumps > last.keylessJumps) outcome = "went on at the head, without a key frame";
    this.#peer.log("warn", `player is too slow: ${outcome}`, {
      limit,
      ip: this.#peer.ip,
      url: this.#stream?.streamUrl,
      jumps,
      dropped_ms: Math.round(droppedMs),
    });
  }

  /** How long it has been at what the log has let go of: a client that takes a little now and then could hold it for ever. */
  #overdueMs({ overdue, position }: Consumer, nowMs: number): number {
    if (!overdue || position !== this.#overdue.position) this.#overdue = { position, sinceMs: nowMs };
    return nowMs - this.#overdue.sinceMs;
  }

  async #start(request: PlayRequested, facts: ConnectFacts, admission: Admission): Promise<void> {
    const peer = this.#peer;
    const { house } = peer;
    const { hooks, options, sources } = house;
    const target = resolveTarget(options, facts, request.streamName);
    if ("refused" in target) return this.#refuse(target.place, target.refused);
    const denied = await peer.house.access.checkStream("play", peer, facts, target, this.#aborter.signal);
    if (denied !== undefined) return this.#reject(denied);
    const { app, stream, param } = target.url;
    const vhost = target.vhost.name;
    const place = { vhost, app, stream };
    const refusal = await admission.admit(facts, target, this.#aborter.signal);
    if (refusal !== undefined) {
      return refusal.kind === "deny" ? this.#refuse(place, { rule: "on_connect", ...refusal }) : undefined;
    }

    const key = sourceKey(vhost, app, stream);
    const { maxPlayersPerStream, maxPlayersPerVhost } = options.limits;
    const full = this.#quota.acquire([
      { limit: "max_players_per_stream", name: key, most: maxPlayersPerStream },
      { limit: "max_players_per_vhost", name: vhost, most: maxPlayersPerVhost },
    ]);
    if (full !== undefined) {
      return this.#refuse(place, { rule: full, reason: "There is no place for another player" });
    }
    const source = sources.acquire(key, sourceOptions(target.vhost, options.limits));
    this.#source = source;
    const info = { stream, param, streamUrl: streamUrlOf(vhost, app, stream), streamId: source.streamId };
    this.#account = new SessionAccount(peer);
    const verdict = await hooks.ask(
      { event: "on_play", client: describeClient(peer, facts, target), stream: info },
      {
        signal: this.#aborter.signal,
        counters: () => peer.counters(),
        revoke: ({ reason, description }) => peer.end(reason, description),
      },
    );
    if (verdict.kind === "aborted") return;
    if (verdict.kind === "deny") return this.#refuse(place, { rule: "on_play", ...verdict });
    this.#lease = verdict.lease;
    this.#app = app;
    this.#vhost = vhost;
    this.#stream = info;
    const settled = house.streams.settled(source);
    if (settled !== undefined) await deadline(house.clock, settled, { maxMs: SETTLE_MS });
    if (!this.#aborter.signal.aborted) this.#commit(source, target, request);
  }

  #commit(source: Source, { url, vhost }: StreamTarget, request: PlayRequested): void {
    const { house, session, writer } = this.#peer;
    this.#acceptedMs = house.environment.now();
    this.#durationMs = request.durationMs;
    this.#sendTimeoutMs = vhost.play.sendTimeoutMs;
    this.#peer.log("trace", "play accepted", {
      url: this.#stream?.streamUrl,
      ip: this.#peer.ip,
      live: source.live,
    });
    // Attached first, so that the answer, the headers and the first picture leave in one write.
    const output = source.output(playedTracks(url.param, vhost.play.tracks));
    writer.consumer = this.#consumer = new Consumer(output, writer);
    session.accept(this.requestId, { chunkSize: vhost.chunkSize });
    this.#peer.resume();
    if (!vhost.tcpNodelay) this.#peer.delaySmallSends();
  }

  #refuse(place: RequestPlace, refusal: Refusal): void {
    if (this.#aborter.signal.aborted) return;
    logRefusal(this.#peer, "play", place, refusal);
    this.#reject(refusal.reason, refusal.redirect);
  }

  #reject(description: string, redirect?: string): void {
    if (this.#aborter.signal.aborted) return;
    this.#peer.session.reject(this.requestId, {
      code: RejectionCode.PlayFailed,
      description,
      ...(redirect === undefined ? {} : { redirect }),
    });
    this.#peer.resume();
  }

  async #end(reason: EndReason): Promise<void> {
    this.abort();
    // Whatever failed there has been told: what was taken is given back, and the ending is owed.
    await Promise.allSettled([this.#started]);
    const { house, writer } = this.#peer;
    const consumer = this.#consumer;
    if (consumer !== undefined) {
      consumer.leave();
      writer.consumer = undefined;
    }
    this.#quota.release();
    const ending = this.#account?.ending(reason);
    if (consumer !== undefined && ending !== undefined) {
      this.#peer.log("trace", "play ended", {
        url: this.#stream?.streamUrl,
        ip: this.#peer.ip,
        ...endingFields(ending),
        kbps: this.#account?.sentKbps(ending),
        jumps: consumer.jumps > 0 ? consumer.jumps : undefined,
      });
    }
    if (ending !== undefined) await this.#lease?.end(ending);
    if (this.#source !== undefined) house.sources.release(this.#source);
  }
}

/** The tracks that a player asks for, in either direction, or those of its vhost. */
function playedTracks(param: string, otherwise: PlayedTracks): PlayedTracks {
  const asked = readParameter(param, "tracks");
  return asked === "all" || asked === "first" ? asked : otherwise;
}
