/**
 * What a viewer's first request says: enough to begin its session, on this thread or on another one.
 *
 * @module
 */
import type { ConnectFacts } from "../../stream/admission/mod.ts";

/** A viewer, and what it wants to view. */
export interface ViewerRequest {
  /** In the viewer's paths. */
  readonly id: string;
  readonly ip: string;
  readonly facts: ConnectFacts;
  /** With its parameters. */
  readonly streamName: string;
  /** The session is of use from this address alone. */
  readonly bindIp: boolean;
}
