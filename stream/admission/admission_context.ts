/**
 * What the sessions of a server share.
 *
 * @module
 */
import type { AccessControl } from "./access_control.ts";
import type { FlushScheduler } from "../schedule/mod.ts";
import type { Clock, Hooks } from "../../core/mod.ts";
import type { EgressLimit } from "./play/egress_limit.ts";
import type { KickHolds } from "./names/kick_holds.ts";
import type { NameRegistry, StreamDirectory } from "./names/stream_directory.ts";
import type { AdmissionOptions } from "./options.ts";
import type { QuotaCounters } from "../../system/mod.ts";
import type { StreamRelays } from "./relay/stream_relays.ts";
import type { SessionReports } from "./session_reports.ts";
import type { PublishWatchers } from "./publish/publish_watcher.ts";
import type { SecretNames } from "./names/secret_names.ts";
import type { Sources } from "../live/mod.ts";

/** Shared by all sessions of a server, whatever their protocol. */
export interface AdmissionContext extends QuotaCounters {
  /** Vhosts and limits. */
  readonly options: AdmissionOptions;
  /** Of all deadlines. */
  readonly clock: Clock;
  /** Decides what the rules leave open. */
  readonly hooks: Hooks;
  /** The rules, checked before any hook is called. */
  readonly access: AccessControl;
  /** Streams that are published or played here. */
  readonly sources: Sources;
  /** Who holds a name, over all threads; `undefined` where there is one. */
  readonly names: NameRegistry | undefined;
  /** Where a stream comes from, over all threads. */
  readonly streams: StreamDirectory;
  /** When streams are flushed to their players. */
  readonly flusher: FlushScheduler;
  /** Names that are kept from an address after a kick. */
  readonly holds: KickHolds;
  /** Who follows the publishes of this thread. */
  readonly publishes: PublishWatchers;
  /** Brings streams here from other servers, and takes them there. */
  readonly relays: StreamRelays;
  /** Which requested names must not be logged. */
  readonly secretNames: SecretNames;
  /** How much is sent; absent: nothing limits that. */
  readonly egress?: EgressLimit | undefined;
  /** What becomes of sessions goes there, for those who follow the server. */
  readonly reports: SessionReports;
}
