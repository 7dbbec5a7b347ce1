/**
 * The recordings of this server, for the API: what the catalogue has, and the files themselves.
 *
 * @module
 */
import type {
  Clock,
  ListedRecording,
  RecordingAnswer,
  RecordingOrder,
  RecordingPage,
  RecordingQuery,
} from "../core/mod.ts";
import type { RecordingDesk } from "../http/mod.ts";
import type { MediaServer } from "./media_server.ts";
import type { RecordingAccount } from "./recording_account.ts";

const NOTHING: RecordingPage = { total: 0, entries: [] };

/** What a library is made with. */
export interface RecordingLibraryDeps {
  readonly account: Pick<RecordingAccount, "catalogue" | "changed">;
  readonly media: Pick<MediaServer, "record">;
  readonly clock: Pick<Clock, "wallNow">;
}

/** Recordings to look at, to start, to stop and to remove. */
export class RecordingLibrary implements RecordingDesk {
  readonly #deps: RecordingLibraryDeps;

  /** The recordings of this account. */
  constructor(deps: RecordingLibraryDeps) {
    this.#deps = deps;
  }

  /** @inheritdoc */
  async list(query: RecordingQuery): Promise<RecordingPage> {
    const { total, entries } = this.#deps.account.catalogue?.list(query) ?? NOTHING;
    return { total, entries: await Promise.all(entries.map((entry) => this.#asOfNow(entry))) };
  }

  /** @inheritdoc */
  async get(id: string): Promise<ListedRecording | undefined> {
    const entry = this.#deps.account.catalogue?.get(id);
    return entry === undefined ? undefined : await this.#asOfNow(entry);
  }

  /** @inheritdoc */
  record(order: RecordingOrder): Promise<RecordingAnswer> {
    return this.#deps.media.record(order);
  }

  /** @inheritdoc */
  async remove({ id, file }: ListedRecording): Promise<void> {
    try {
      await Deno.remove(file);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    this.#deps.account.changed({ kind: "dropped", id });
  }

  /** How far a file is that is being written. */
  async #asOfNow(entry: ListedRecording): Promise<ListedRecording> {
    if (entry.reason !== undefined) return entry;
    const durationMs = Math.max(0, this.#deps.clock.wallNow() - entry.startMs);
    return { ...entry, durationMs, bytes: await sizeOf(entry.file) };
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await Deno.stat(file)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
