/**
 * One play, whatever its protocol: the service allows it, a reader of the protocol's own takes the stream, and its
 * ending is reported exactly once.
 *
 * @module
 */
import type { AdmissionContext } from "./admission_context.ts";
import { readParameter } from "./access/mod.ts";
import type { StreamUse } from "./clients/client_snapshot.ts";
import type { Jumps } from "./clients/traffic_meter.ts";
import type { FetchedStream } from "./relay/stream_relays.ts";
import { refuseEgress } from "./play/egress_refusal.ts";
import type { PendingRefusal, Refusal } from "./refusal.ts";
import { endingFields, type MeasuredEnding } from "./session_account.ts";
import type { SessionClient } from "./session_client.ts";
import { sourceOptions } from "./source_options.ts";
import { StreamSession } from "./stream_session.ts";
import type { StreamTarget } from "./stream_target.ts";
import {
  NO_USAGE,
  type OutputKind,
  type PlayedMedia,
  type PlayedTracks,
  type Source,
  sourceKey,
  type StreamOutput,
} from "../live/mod.ts";
import type { Decisions } from "../../core/mod.ts";
import { deadline } from "../../system/mod.ts";

/**
 * How long to wait for what other threads know of the stream, milliseconds: its headers and first picture follow the
 * answer at once. A thread that is busier than this is not waited for.
 */
const SETTLE_MS = 250;

/** How long an origin's answer is waited for after the service's, milliseconds: a player may wait for its stream then. */
const ORIGIN_ANSWER_MS = 2000;

/** An edge that says more is not believed. */
const MAX_VIEWERS = 1_000_000;

/** What the viewers of a stream are counted by, over all threads; those of edges too. */
export function viewersName(sourceKey: string): string {
  return `viewers ${sourceKey}`;
}

/** What takes the stream for the client: a consumer of a log, or a viewer's session of many requests. */
export interface StreamReader extends Jumps {
  /** Check its deadlines; called about once a second. */
  sweep(nowMs: number): void;
  /** The play is over: take nothing more. */
  leave(): void;
}

/** How a play begins. */
export interface PlayBegin {
  /** How long it may last, milliseconds; absent: as long as the client likes. */
  readonly durationMs?: number;
}

/** How a client gets a stream; which tracks of it, its request says. */
export type OutputChoice = Omit<OutputKind, "tracks">;

/** A play from its request to its end. */
export class PlaySession extends StreamSession {
  readonly #outputOf: ((target: StreamTarget) => OutputChoice) | undefined;
  #output: StreamOutput | undefined;
  #reader: StreamReader | undefined;
  #fetched: FetchedStream | undefined;
  #use: StreamUse | undefined;
  #viewers = 0;
  #beganMs = 0;
  #durationMs = Infinity;

  /**
   * Nothing requested yet.
   *
   * @param outputOf How the client gets the stream; absent: its reader takes messages, not bytes.
   */
  constructor(
    client: SessionClient,
    context: AdmissionContext,
    outputOf?: (target: StreamTarget) => OutputChoice,
  ) {
    super("play", client, context);
    this.#outputOf = outputOf;
  }

  /** The stream in the client's format, from its admission to its end; `undefined` where it has none. */
  get output(): StreamOutput | undefined {
    return this.#output;
  }

  /** Its client is an edge of the cluster, which has players of its own: what is published goes to it at once. */
  get urgent(): boolean {
    return this.facts?.edge?.isTrusted === true;
  }

  /** How many it stands for: itself, or the players of an edge. */
  get viewers(): number {
    return this.#viewers;
  }

  /** A trusted edge says how many play its stream there. */
  reportViewers(viewers: number): void {
    if (this.urgent && this.#reader !== undefined) this.#count(Math.min(viewers, MAX_VIEWERS));
  }

  /** It was more than a request. */
  get worked(): boolean {
    return this.#reader !== undefined;
  }

  /** Its stream is published on this server, and not taken from another one. */
  get needsThisServer(): boolean {
    return this.#fetched === undefined && this.source?.live === true;
  }

  /** Another server has been asked for its stream, which may yet come from there. */
  get mayCome(): boolean {
    return this.#fetched?.mayCome() === true;
  }

  /** Times that it was too slow, and what that left out. */
  get jumps(): Jumps {
    return this.#reader ?? NO_USAGE;
  }

  /** The tracks that the client wants, all or the first, or those of its vhost. */
  get tracks(): PlayedTracks {
    if (this.target === undefined) return "all";
    const { url, vhost } = this.target;
    const asked = readParameter(url.param, "tracks");
    return asked === "all" || asked === "first" ? asked : vhost.play.tracks;
  }

  /**
   * Take another output in place of the one that it has: the same format and tracks with these media. Its reader goes
   * on with the new one.
   */
  selectMedia(media: PlayedMedia): void {
    const { source } = this;
    const last = this.#output;
    if (source === undefined || last === undefined || last.media === media || this.aborted) return;
    this.#output = source.outputs.acquire({ format: last.format, tracks: last.tracks, media });
    source.outputs.release(last);
  }

  /** What can be seen of it: nothing before it has begun. */
  use(): StreamUse | undefined {
    // Nothing of it changes once it was accepted, but for the players of an edge.
    if (this.#use !== undefined) return this.#use;
    const { app, stream, target } = this;
    if (this.#reader === undefined || stream === undefined || target === undefined) return undefined;
    const edge = this.urgent ? { edgeViewers: this.#viewers } : {};
    return this.#use = { role: "play", vhost: target.vhost.name, app, stream, ...edge };
  }

  /** The request was admitted, and `reader` takes the stream. */
  begin(reader: StreamReader, { durationMs = Infinity }: PlayBegin = {}): void {
    if (this.aborted) return reader.leave();
    this.#reader = reader;
    this.#count(this.urgent ? 0 : 1);
    this.#beganMs = this.context.clock.now();
    this.#durationMs = durationMs;
    this.beginMedia();
    const { ip, protocol } = this.client;
    const live = this.source?.live;
    this.client.log("trace", "Play accepted", { url: this.stream?.streamUrl, ip, protocol, live });
  }

  /** Check the deadlines; called about once a second. */
  sweep(nowMs: number): void {
    const reader = this.#reader;
    if (reader === undefined || this.aborted) return;
    reader.sweep(nowMs);
    if (nowMs - this.#beganMs > this.#durationMs) {
      this.client.end("duration", `The play's duration of ${this.#durationMs} ms is over`);
    }
  }

  /** No name is kept from players. */
  protected override refuseEarly(): undefined {}

  /** Room for a player, then the source. */
  protected override reserve(target: StreamTarget): Refusal | undefined {
    const { vhost, url: { app, stream } } = target;
    const { limits } = this.context.options;
    const key = sourceKey(vhost.name, app, stream);
    // How many players an edge of the cluster may have is its own business.
    const refusal = this.urgent ? undefined : this.acquireQuota([
      { limit: "max_players_per_stream", name: key, most: limits.maxPlayersPerStream },
      { limit: "max_players_per_vhost", name: vhost.name, most: limits.maxPlayersPerVhost },
    ], "Player limit reached") ?? refuseEgress({ player: this, client: this.client }, target, this.context);
    if (refusal !== undefined) return refusal;
    const source = this.context.sources.acquire(key, sourceOptions(vhost, limits));
    this.keepSource(source);
    // Begun before the service has answered: a stream that comes from elsewhere takes its time.
    const fetched = this.#fetch(target, source);
    if (fetched !== undefined && "rule" in fetched) return fetched;
    this.#fetched = fetched;
    return undefined;
  }

  /** Take the output, and wait for what other threads and the origin know of it. */
  protected override settle(target: StreamTarget, { pull }: Decisions): PendingRefusal {
    if (pull !== undefined || this.#fetched?.answered !== undefined) return this.#settleOrigin(target, pull);
    return this.#takeOutput(target)?.then(() => undefined);
  }

  async #settleOrigin(target: StreamTarget, pull: string | undefined): Promise<Refusal | undefined> {
    const { source } = this;
    if (pull !== undefined && source !== undefined && this.#fetched === undefined) {
      await this.#settled(source);
      const fetched = this.aborted || source.live ? undefined : this.#fetch(target, source, pull);
      if (fetched !== undefined && "rule" in fetched) return fetched;
      this.#fetched = fetched;
    }
    const answered = this.#fetched?.answered;
    const refusal = answered === undefined ? undefined : await this.#answerOfOrigin(answered);
    if (refusal === undefined) await this.#takeOutput(target);
    return refusal;
  }

  /** To be waited for as {@link PlaySession.#settled} says. */
  #takeOutput(target: StreamTarget): Promise<unknown> | undefined {
    const { source, tracks } = this;
    const output = this.aborted ? undefined : this.#outputOf?.(target);
    if (output !== undefined) {
      this.#output = source?.outputs.acquire({ ...output, tracks }, { urgent: this.urgent });
    }
    return source && this.#settled(source);
  }

  /** Detach the reader, and log the end. */
  protected override stop(ending: MeasuredEnding): void {
    const reader = this.#reader;
    if (reader === undefined) return;
    reader.leave();
    this.#count(0);
    this.client.log("trace", "Play ended", {
      url: this.stream?.streamUrl,
      ip: this.client.ip,
      protocol: this.client.protocol,
      ...endingFields(ending),
      kbps: this.sentKbps(ending),
      jumps: reader.jumps > 0 ? reader.jumps : undefined,
    });
  }

  /** Forget the output and the source with their last user. */
  protected override release(source: Source): void {
    this.#fetched?.release();
    const { clock, egress } = this.context;
    if (this.target !== undefined) egress?.leave(this.target.vhost.name, this, clock.now());
    if (this.#output !== undefined) source.outputs.release(this.#output);
    this.context.sources.release(source);
  }

  #count(viewers: number): void {
    const { source } = this;
    if (source === undefined) return;
    this.context.counts.change(viewersName(source.key), viewers - this.#viewers);
    this.#viewers = viewers;
    this.#use = undefined;
  }

  /** To be waited for until it is known what other threads have; `undefined`: nothing is missing. */
  #settled(source: Source): Promise<unknown> | undefined {
    const settled = this.context.streams.settled(source);
    if (settled === undefined || this.aborted) return undefined;
    return deadline(this.context.clock, settled, { maxMs: SETTLE_MS });
  }

  #fetch(target: StreamTarget, source: Source, from?: string): FetchedStream | Refusal | undefined {
    const { client, facts } = this;
    if (facts === undefined) return undefined;
    return this.context.relays.fetch({
      ...{ target, source, facts },
      ...(from === undefined ? {} : { from }),
      lost: ({ reason }) => client.end("origin", reason),
    });
  }

  async #answerOfOrigin(answered: FetchedStream["answered"]): Promise<Refusal | undefined> {
    const { context: { clock }, signal } = this;
    const answer = await deadline(clock, answered, { maxMs: ORIGIN_ANSWER_MS, signal });
    if (answer === "expired") {
      // The client may have gone on to another stream.
      void answered.then((late) => {
        if (late !== undefined && !this.aborted) this.client.end("origin", late.reason);
      });
    }
    return typeof answer === "string" ? undefined : answer;
  }
}
