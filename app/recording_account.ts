/**
 * Keeps account of recordings: in the catalogue, and to the operator's service. At start, and as long as it has the
 * catalogue, it finishes what a killed process left.
 *
 * @module
 */
import { dirname } from "node:path";
import {
  type ActivitySink,
  type Clock,
  errorMessage,
  type FinishedRecording,
  type Log,
  type RecordingChange,
  type RecordingLog,
  type Timer,
} from "../core/mod.ts";
import type { RecordingReports } from "../hooks/mod.ts";
import { isNoSuchFile } from "../system/mod.ts";
import { type CatalogueEntry, finishLeftFile, RecordCatalogue } from "../stream/record/mod.ts";

/** Where the catalogue is, from `work_dir`. */
const CATALOGUE_FILE = "objs/srs.recordings.db";
/** How often the recordings of killed processes that shared the catalogue are looked for, milliseconds. */
const ADOPT_MS = 30_000;

/** What an account is made with. */
export interface RecordingAccountDeps {
  readonly log: Log;
  readonly reports: Pick<RecordingReports, "factsOf" | "sessionIdOf" | "report">;
  /** Gets each file that is whole. */
  readonly events: ActivitySink;
  readonly clock: Pick<Clock, "wallNow" | "setInterval">;
  /** Of this process: never the same twice. */
  readonly owner: string;
  /** Where the catalogue is; by default where all processes of a `work_dir` have it. */
  readonly file?: string;
}

/** The recordings of this process, and what is known of those before. */
export class RecordingAccount implements RecordingLog {
  readonly #deps: RecordingAccountDeps;
  readonly #file: string;
  /** Of recordings that run. */
  readonly #facts = new Map<string, string>();
  /** Those that are reported and not whole: their disk stands still. */
  readonly #stalled = new Set<string>();
  #catalogue: RecordCatalogue | undefined;
  #timer: Timer | undefined;
  #isRecovering = false;
  #isBroken = false;

  private constructor(deps: RecordingAccountDeps) {
    this.#deps = deps;
    this.#file = deps.file ?? CATALOGUE_FILE;
  }

  /**
   * Open the account, and finish in the background what killed processes left, now and later.
   *
   * @param isWanted Whether any stream may be recorded. Where it may not, a catalogue is read but not made.
   */
  static open(isWanted: boolean, deps: RecordingAccountDeps): RecordingAccount {
    const account = new RecordingAccount(deps);
    if (isWanted || isFile(account.#file)) void account.#recover();
    return account;
  }

  /** All recordings; `undefined` where there have been none, or the file cannot be used. */
  get catalogue(): RecordCatalogue | undefined {
    return this.#catalogue;
  }

  /** @inheritdoc */
  changed(change: RecordingChange): void {
    switch (change.kind) {
      case "started": {
        const { recording } = change;
        const facts = this.#deps.reports.factsOf(recording);
        this.#facts.set(recording.id, facts);
        const sessionId = this.#deps.reports.sessionIdOf(recording);
        return this.#change((catalogue) => catalogue.started(recording, { facts, sessionId }));
      }
      case "finished":
        // Reported first: an event that is sent twice has the same id, one that is forgotten never comes.
        this.#deps.reports.report(change.recording, this.#facts.get(change.recording.id) ?? "");
        this.#facts.delete(change.recording.id);
        if (!this.#stalled.delete(change.recording.id)) this.#emit(change.recording);
        return this.#change((catalogue) => catalogue.finished(change.recording));
      case "stalled": {
        const { recording } = change;
        this.#deps.reports.report(recording, this.#facts.get(recording.id) ?? "");
        this.#facts.delete(recording.id);
        this.#stalled.add(recording.id);
        this.#emit(recording);
        return this.#change((catalogue) => catalogue.reported(recording.id));
      }
      case "dropped":
        this.#stalled.delete(change.id);
        this.#facts.delete(change.id);
        return this.#change((catalogue) => catalogue.remove(change.id));
      default:
        change satisfies never;
    }
  }

  /** Close the catalogue. */
  close(): void {
    this.#timer?.clear();
    this.#catalogue?.close();
    this.#catalogue = undefined;
    this.#isBroken = true;
  }

  async #recover(): Promise<void> {
    // A large file takes its time: one after the other.
    if (this.#isRecovering) return;
    this.#isRecovering = true;
    try {
      const left: CatalogueEntry[] = [];
      this.#change((catalogue) => void left.push(...catalogue.adopt()));
      for (const entry of left) await this.#finish(entry);
    } finally {
      this.#isRecovering = false;
    }
  }

  async #finish(entry: CatalogueEntry): Promise<void> {
    const { clientId, facts, file, id, root } = entry;
    try {
      const finished = await finishLeftFile({ path: file, root });
      if (finished === undefined) return this.changed({ kind: "dropped", id });
      const { name, ...repaired } = finished;
      const recording: FinishedRecording = { ...entry, ...repaired, file: name, reason: "server_restart" };
      this.#deps.reports.report(recording, facts);
      this.#emit(recording);
      this.#change((catalogue) => catalogue.finished(recording));
      const { bytes } = recording;
      this.#deps.log.write("warn", clientId, "Recording of a killed process finished", {
        file: name,
        id,
        duration_ms: Math.round(recording.durationMs),
        bytes,
      });
    } catch (error) {
      this.#deps.log.write("warn", clientId, "Recording of a killed process cannot be finished", {
        ...{ file, id },
        error: errorMessage(error),
      });
      if (isNoSuchFile(error)) this.changed({ kind: "dropped", id });
    }
  }

  #emit({ clientId, vhost, app, stream, file, durationMs, bytes, reason }: FinishedRecording): void {
    const { events, clock } = this.#deps;
    const recording = { file, durationMs, bytes, reason };
    events.emit({ kind: "on_dvr", wallMs: clock.wallNow(), clientId, vhost, app, stream, recording });
  }

  #change(change: (catalogue: RecordCatalogue) => void): void {
    if (this.#isBroken) return;
    try {
      if (this.#catalogue === undefined) {
        Deno.mkdirSync(dirname(this.#file), { recursive: true });
        this.#catalogue = RecordCatalogue.open(this.#file, this.#deps.owner);
        this.#timer = this.#deps.clock.setInterval(() => void this.#recover(), ADOPT_MS);
      }
      change(this.#catalogue);
    } catch (error) {
      this.#isBroken = true;
      this.#timer?.clear();
      const file = this.#file;
      this.#deps.log.write("warn", undefined, `Cannot keep account of recordings in ${file}`, {
        error: errorMessage(error),
        way_out: "make room on its disk, or see that the server may write there; recordings go on",
      });
    }
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
