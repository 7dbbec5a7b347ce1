/**
 * How much one peer may make this server keep. A length from the wire meets these before it sizes anything.
 *
 * @module
 */

/** Bounds of one connection's decoding. */
export interface WireLimits {
  /** Audio, video, data and aggregate messages, bytes. */
  readonly maxMediaMessageBytes: number;
  /** Every other message, bytes. */
  readonly maxCommandMessageBytes: number;
  /** Chunk streams with state at a time. */
  readonly maxChunkStreams: number;
  /** Bytes of unfinished messages over all chunk streams. */
  readonly maxPartialBytes: number;
  /** Smallest Set Chunk Size that a peer may use, bytes, as in SRS: smaller ones only burn CPU. */
  readonly minChunkSize: number;
  /** Nesting of AMF0 objects and arrays. */
  readonly maxAmfDepth: number;
  /** AMF0 values in one message, nested ones counted. */
  readonly maxAmfNodes: number;
  /** One string in AMF, bytes. */
  readonly maxAmfStringBytes: number;
  /** Messages inside one aggregate message. */
  readonly maxAggregateMessages: number;
}

/** The limits that decoding and holding can run into, as the configuration calls them. */
export type WireLimitName =
  | "max_media_message"
  | "max_command_message"
  | "max_chunk_streams"
  | "max_partial_bytes"
  | "min_chunk_size"
  | "max_amf_depth"
  | "max_amf_nodes"
  | "max_amf_string"
  | "max_aggregate_messages"
  | "max_held_bytes"
  | "max_reply_bytes";

/**
 * The defaults: more than any encoder needs, little enough to survive any peer. A test of the configuration says that
 * its own are the same.
 */
export const DEFAULT_WIRE_LIMITS: WireLimits = Object.freeze({
  maxMediaMessageBytes: 10 * 1024 * 1024,
  maxCommandMessageBytes: 64 * 1024,
  maxChunkStreams: 64,
  maxPartialBytes: 16 * 1024 * 1024,
  minChunkSize: 128,
  maxAmfDepth: 16,
  maxAmfNodes: 4096,
  maxAmfStringBytes: 1024 * 1024,
  maxAggregateMessages: 1024,
});
