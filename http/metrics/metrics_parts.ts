/**
 * What metrics are made of.
 *
 * @module
 */
import type { CertificateFacts } from "../../core/mod.ts";
import type { HooksSnapshot } from "../../hooks/mod.ts";
import type { ServerSnapshot } from "../../stream/live/mod.ts";
import type { Identity, ProcessFacts } from "../ports.ts";
import type { SessionCounts } from "./session_tally.ts";

/** The machine, as `uname` has it; `""` for what the system does not say. */
export interface KernelNames {
  /** Such as Linux. */
  readonly sysname: string;
  /** The host. */
  readonly nodename: string;
  /** Of the kernel. */
  readonly release: string;
  /** The build of the kernel. */
  readonly version: string;
  /** The processor. */
  readonly machine: string;
}

/** A server at one moment. */
export interface MetricsParts {
  readonly snapshot: ServerSnapshot;
  readonly limits: Readonly<Record<string, number>>;
  readonly hooks: HooksSnapshot;
  readonly identity: Identity;
  readonly process: ProcessFacts;
  readonly kernel: KernelNames;
  /** What TLS identifies itself with. */
  readonly certificates: readonly CertificateFacts[];
  readonly sessions: SessionCounts;
  /** Labels of the build, `""` for none. */
  readonly label: string;
  /** The same: another one. */
  readonly tag: string;
  /** With more streams than this nothing is said of single ones. */
  readonly maxStreams: number;
  /** `text` without the values of secrets. */
  mask(text: string): string;
}
