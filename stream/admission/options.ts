/**
 * The options of vhosts, as `config/` fills them: what publishers and players of every protocol are subject to.
 * Times in milliseconds, sizes in bytes.
 *
 * @module
 */
import type { TimeJitter } from "../media/mod.ts";
import type { PlayedTracks } from "../live/mod.ts";
import type { AccessOptions, KeyAttemptLimits } from "./access/options.ts";

export type { KeyAttemptLimits, PlayedTracks, TimeJitter };

/** Who may take a name from a publisher that sends nothing new. */
export type Takeover = "idle" | "same_ip" | "never";

/** Options of play in one vhost. */
export interface PlayOptions {
  /** Whether a new player starts at the newest key frame. */
  readonly gopCache: boolean;
  /** The GOP cache is given up above this many messages, 0 for no bound. */
  readonly gopCacheMaxFrames: number;
  /** A player that is further behind jumps to the newest key frame, or to the head where none comes. */
  readonly queueLengthMs: number;
  /** The longest that a message waits for company in one write. */
  readonly mwLatencyMs: number;
  /** How timestamps are corrected. */
  readonly timeJitter: TimeJitter;
  /** Which tracks players get that do not ask for others. */
  readonly tracks: PlayedTracks;
  /** Timestamps as the encoder sent them: no correction, whatever `timeJitter` says. */
  readonly atc: boolean;
  /** A repeated, unchanged sequence header is not passed on. */
  readonly reduceSequenceHeader: boolean;
  /** A write to a player that takes longer ends it. */
  readonly sendTimeoutMs: number;
}

/** Options of publish in one vhost. */
export interface PublishOptions {
  /** From the accepted publish to its first message. */
  readonly firstpktTimeoutMs: number;
  /** Between two messages of a publisher. */
  readonly normalTimeoutMs: number;
  /** A publisher without any player for this time is ended, 0 for never. */
  readonly kickoffForIdleMs: number;
  /** Who may take the name. */
  readonly takeover: Takeover;
  /** A holder that sends nothing new for that long after another one claims its name is replaced. */
  readonly takeoverAfterMs: number;
  /** How long a name is kept from the address of its publisher after a kick, 0 for not at all. */
  readonly kickHoldMs: number;
}

/** What a player gets whose stream nobody publishes: it waits, or is answered at once. */
export type MissingStream = "wait" | "404";

/** Options of FLV by HTTP in one vhost. */
export interface HttpRemuxOptions {
  /** Whether there is any. */
  readonly enabled: boolean;
  /** Paths with `[app]` and `[stream]`, and `[vhost]` where a vhost may be named; at least one. */
  readonly mount: readonly string[];
  /** `false`: players get no audio. */
  readonly hasAudio: boolean;
  /** `false`: players get no video. */
  readonly hasVideo: boolean;
  /** Whether the file header announces the tracks that are there, or both. */
  readonly guessHasAv: boolean;
  /** Whether tags of a track that was not announced are left out. */
  readonly dropIfNotMatch: boolean;
  /** Without effect on FLV. */
  readonly fastCacheMs: number;
  /** What a player gets whose stream nobody publishes. */
  readonly missing: MissingStream;
  /** A player that waits for a publisher for this long is ended. */
  readonly missingTimeoutMs: number;
}

/** Format of HLS segments: fragmented MP4, or MPEG-TS. */
export type HlsFormat = "fmp4" | "mpegts";

/** Options of HLS in one vhost. */
export interface HlsOptions {
  /** Whether there is any. */
  readonly enabled: boolean;
  /** What a segment should last. */
  readonly fragmentMs: number;
  /** What the list should last. */
  readonly windowMs: number;
  /** What a part should last, 0 for whole segments alone. */
  readonly partMs: number;
  /** Format of segments. */
  readonly format: HlsFormat;
  /** A stream that no viewer has wanted for so long is not muxed any longer, 0 for never. */
  readonly disposeMs: number;
  /** Whether each viewer is a session of its own: requested, counted, kicked. */
  readonly ctx: boolean;
  /** Whether a session belongs to the address that it began with. */
  readonly bindIp: boolean;
  /** Muxed from the publish on, whether somebody views it or not; always so where there is a path. */
  readonly always: boolean;
  /** Directory of files, `""` for none. */
  readonly path: string;
  /** Of a playlist's path below it, with `[vhost]`, `[app]` and `[stream]`. */
  readonly playlistPattern: string;
  /** Of a segment's, with `[seq]`, `[timestamp]`, `[duration]`, `[2006]` and the like too; the extension is the format's. */
  readonly segmentPattern: string;
  /** In front of paths in playlists on disk; `""`: they are relative. */
  readonly entryPrefix: string;
  /** What the hooks read of an answer to `on_hls_notify`. */
  readonly noticeMaxBytes: number;
  /** Whether files are removed that have left their playlist. */
  readonly cleanup: boolean;
}

/** When a file of a recording ends: with its publish, or as soon as it is long enough too. */
export type DvrPlan = "session" | "segment";

/** How much is kept of recordings. 0: all of it. */
export interface DvrKeep {
  /** Since the end of a file, milliseconds. */
  readonly maxAgeMs: number;
  /** Of all files of the vhost that are whole. */
  readonly maxBytes: number;
}

/** Options of recording in one vhost. */
export interface DvrOptions {
  /** Whether streams are recorded. */
  readonly enabled: boolean;
  /** When a file ends. */
  readonly plan: DvrPlan;
  /** A path with variables that ends in `.flv` or `.mp4`; or a folder. */
  readonly path: string;
  /** `app/stream` of those that are recorded; `all`: every stream. */
  readonly apply: readonly string[];
  /** What a file of the plan `segment` lasts at least. */
  readonly durationMs: number;
  /** Whether a new file waits for a key frame. */
  readonly waitKeyFrame: boolean;
  /** The oldest files beyond it are removed. */
  readonly keep: DvrKeep;
  /** Recordings pause while the disk has less than this; 0: until it is full. */
  readonly minFreeBytes: number;
}

/** Whether a vhost has its own streams, or those of an origin. */
export type ClusterMode = "local" | "remote";

/** In which order the origins of a vhost are tried. */
export type OriginBalance = "hash" | "order";

/** Where the service is asked about a client of a cluster: where it connects, at the origin, or at both. */
export type ClusterHooks = "edge" | "origin" | "both";

/** Options of the cluster in one vhost. */
export interface ClusterOptions {
  /** `remote`: what is played comes from an origin, what is published goes there. */
  readonly mode: ClusterMode;
  /** Origins, as `rtmp://host:port` or `rtmps://host:port`. */
  readonly origins: readonly string[];
  /** In which order they are tried. */
  readonly balance: OriginBalance;
  /** How long a stream is pulled on after its last player, milliseconds. */
  readonly lingerMs: number;
  /** Name of the vhost at the origin, with `[vhost]`; `""`: the same. */
  readonly vhost: string;
  /** Where the service is asked. */
  readonly hooks: ClusterHooks;
  /** Whether the origin's `on_connect` decides about each client of an edge. */
  readonly tokenTraverse: boolean;
}

/** Options of forwards in one vhost. */
export interface ForwardOptions {
  /** Whether there is any. */
  readonly enabled: boolean;
  /** Addresses such as `rtmp://host/[app]/[stream]`. */
  readonly destinations: readonly string[];
  /** Addresses of the service that names others in their place; the hooks ask them. */
  readonly backend: readonly string[];
}

/** A stream that a vhost takes from another server. */
export interface PullOptions {
  /** Where it is: an address of RTMP, or of FLV by HTTP. */
  readonly url: string;
  /** Here. */
  readonly app: string;
  /** Here. */
  readonly stream: string;
  /** Whether it is pulled only while somebody plays it. */
  readonly isOnDemand: boolean;
}

/** Options of one vhost. */
export interface VhostOptions {
  /** As the configuration writes it. */
  readonly name: string;
  /** `false`: as if the vhost were not there. */
  readonly enabled: boolean;
  /** Outgoing chunk size, 128 to 65,536. */
  readonly chunkSize: number;
  /** Acknowledge each time that this many bytes have come, whatever the peer requested; 0 obeys the peer. */
  readonly inAckSize: number;
  /** The window that is sent to the client, 0 for none. */
  readonly outAckSize: number;
  /** Whether small writes leave at once, against the kernel's habit of waiting for more. */
  readonly tcpNodelay: boolean;
  /** Whether each message leaves at the next turn of the loop. */
  readonly minLatency: boolean;
  /** For players. */
  readonly play: PlayOptions;
  /** For publishers. */
  readonly publish: PublishOptions;
  /** For players by HTTP and WebSocket. */
  readonly httpRemux: HttpRemuxOptions;
  /** For viewers by HLS. */
  readonly hls: HlsOptions;
  /** For recordings. */
  readonly dvr: DvrOptions;
  /** Where streams come from and go to. */
  readonly cluster: ClusterOptions;
  /** Streams of other servers. */
  readonly pulls: readonly PullOptions[];
  /** Where else streams go. */
  readonly forward: ForwardOptions;
  /** Decided before any hook is asked. */
  readonly access: AccessOptions;
  /** Of the vhost; those of the server hold besides, its `redirect` where the vhost has none. */
  readonly limits: Pick<AdmissionLimits, "maxEgressKbps" | "redirect">;
}

/** Limits of sessions, whatever their protocol. */
export interface AdmissionLimits {
  /** At a time, 0 for any number. */
  readonly maxPublishersPerVhost: number;
  /** At a time, 0 for any number. */
  readonly maxPlayersPerVhost: number;
  /** At a time, 0 for any number. */
  readonly maxPlayersPerStream: number;
  /** A new player beyond it is refused, kbit/s; 0 for any. */
  readonly maxEgressKbps: number;
  /** Where such a player goes instead: `rtmp://host:port` and `https://host`; empty: nowhere. */
  readonly redirect: readonly string[];
  /** Viewers by HLS at a time, for each thread. */
  readonly maxHlsViewers: number;
  /** What HLS lists of one stream; as much again is kept of what has left the list. */
  readonly maxHlsBytes: number;
  /** A player that is this many bytes behind jumps, whatever `queue_length` says. */
  readonly maxLagBytes: number;
  /** Replies that may wait for a client that does not read. */
  readonly maxReplyBytes: number;
}

/** What the hosts of a cluster know of each other. */
export interface HostClusterOptions {
  /** Addresses and networks of edges that are trusted. */
  readonly trusted: readonly string[];
  /** What trusted edges prove that they know; `""`: none. */
  readonly secret: string;
  /** Addresses that somebody else than the operator may lead this server to, although they are not of the Internet. */
  readonly relayAllow: readonly string[];
}

/** What the sessions of a server are subject to. */
export interface AdmissionOptions extends VhostSet {
  /** How the server names itself to others. */
  readonly serverId: string;
  /** Of this program. */
  readonly version: string;
  /** Of the cluster that it is part of. */
  readonly cluster: HostClusterOptions;
  /** Between two lines of statistics of a publish, 0 for none, milliseconds. */
  readonly logStatsIntervalMs: number;
  /** Of all sessions. */
  readonly limits: AdmissionLimits;
}

/** The vhosts of a server. */
export interface VhostSet {
  /** By name; `__defaultVhost__` takes what no other name matches. */
  readonly vhosts: ReadonlyMap<string, VhostOptions>;
}
