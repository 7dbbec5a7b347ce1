/**
 * What all connections of a server share.
 *
 * @module
 */
import {
  type ConnectionCount,
  createMediaContext,
  type MediaContext,
  type MediaContextDeps,
} from "../../stream/admission/mod.ts";
import type { TlsPair } from "../../core/mod.ts";
import type { RtmpOptions } from "../options.ts";
import { ReadBuffers } from "./read_buffers.ts";
import { serverData } from "./server_data.ts";
import type { WireEnvironment } from "../wire/mod.ts";

/** What the server is made with. */
export interface RtmpServerDeps extends MediaContextDeps {
  /** The same clock, randomness and crypto for the pure rooms. */
  readonly environment: WireEnvironment;
  /** What its clients share with those of other protocols, made with these deps; absent: there are none. */
  readonly media?: MediaContext;
  /** Connections of all threads; absent: there is one thread. */
  readonly connections?: ConnectionCount;
  /** Other threads or processes listen on the same addresses; absent: where there are threads. */
  readonly reusePort?: boolean;
  /** What RTMPS identifies itself with; absent: it does not listen. */
  readonly certificate?: TlsPair;
}

/** What all connections of a server share. */
export interface ServerContext extends MediaContext {
  readonly options: RtmpOptions;
  readonly environment: WireEnvironment;
  /** What connections read into. */
  readonly readBuffers: ReadBuffers;
  /** What the server reports of itself. */
  readonly serverData: Readonly<Record<string, string | number>>;
  /** Other options are in force from here on, for clients of all protocols. */
  replaceRtmpOptions(options: RtmpOptions): void;
}

/** The shared parts of a server with these options. */
export function createContext(options: RtmpOptions, deps: RtmpServerDeps): ServerContext {
  const media = deps.media ?? createMediaContext(options, deps);
  let current = options;
  return {
    ...media,
    get options() {
      return current;
    },
    // A copy of the member would stay as it was at the start.
    get egress() {
      return media.egress;
    },
    replaceRtmpOptions: (next) => {
      current = next;
      media.replaceOptions(next);
    },
    environment: deps.environment,
    readBuffers: new ReadBuffers(),
    serverData: serverData(options),
  };
}
