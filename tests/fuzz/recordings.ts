/**
 * What real clients sent: connections from C0 on, recorded by `record_corpus.ts`, and their parts.
 *
 * @module
 */
import { ChunkEncoder } from "../../rtmp/wire/chunk_encoder.ts";
import { MessageDecoder } from "../../rtmp/wire/message_decoder.ts";
import type { RtmpMessage } from "../../rtmp/wire/message.ts";
import { fixedWireEnvironment } from "../support/rtmp/wire_environment.ts";
import type { Corpus } from "./mutator.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Where they are. */
export const CORPUS_DIRECTORY: URL = new URL("./corpus/", import.meta.url);

/** C0, C1 and C2. */
export const HANDSHAKE_BYTES = 1 + 1536 + 1536;

/** Real connections, from the client's first byte on. */
export interface Recordings {
  /** Whole. */
  readonly connections: Corpus;
  /** Behind the handshake. */
  readonly chunks: Corpus;
  /** What the chunks carried. */
  readonly messages: readonly RtmpMessage[];
}

/** Read all recordings, in the order of their names. */
export async function readRecordings(): Promise<Recordings> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(CORPUS_DIRECTORY)) if (name.endsWith(".bin")) names.push(name);
  const connections: Bytes[] = [];
  for (const name of names.sort()) connections.push(await Deno.readFile(new URL(name, CORPUS_DIRECTORY)));
  return {
    connections: corpusOf(connections),
    chunks: corpusOf(connections.map((bytes) => bytes.slice(HANDSHAKE_BYTES))),
    messages: connections.flatMap((bytes) =>
      new MessageDecoder({ environment: fixedWireEnvironment() }).decode(bytes)
    ),
  };
}

/** The bodies of messages that fit. */
export function bodies(messages: readonly RtmpMessage[], fits: (message: RtmpMessage) => boolean): Corpus {
  return corpusOf(messages.filter(fits).map(({ payload }) => payload));
}

/** Messages as chunks of 128 bytes. */
export function asChunks(messages: readonly RtmpMessage[]): Bytes {
  const encoder = new ChunkEncoder();
  for (const message of messages) encoder.write(message);
  return encoder.takeOutput() ?? new Uint8Array(0);
}

/** @throws {RangeError} When there is none. */
export function corpusOf(list: readonly Bytes[]): Corpus {
  const [first, ...rest] = list;
  if (first === undefined) {
    throw new RangeError("Cannot make a corpus of nothing: record_corpus.ts makes one");
  }
  return [first, ...rest];
}
