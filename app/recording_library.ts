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
import { isNoSuchFile } from "../system/mod.ts";
import { checkFolder } from "../stream/record/mod.ts";
import { FileSizes } from "./file_sizes.ts";
import type { MediaServer } from "./media_server.ts";
import type { RecordingAccount } from "./recording_account.ts";

const NOTHING: RecordingPage = { total: 0, entries: [] };

/** What a library is made with. */
export interface RecordingLibraryDeps {
  readonly account: Pick<RecordingAccount, "catalogue" | "changed">;
  readonly media: Pick<MediaServer, "record">;
  readonly clock: Clock;
}

/** Recordings to look at, to start, to stop and to remove. */
export class RecordingLibrary implements RecordingDesk {
  readonly #deps: RecordingLibraryDeps;
  readonly #sizes: FileSizes;

  /** The recordings of this account. */
  constructor(deps: RecordingLibraryDeps) {
    this.#deps = deps;
    this.#sizes = new FileSizes(deps.clock);
  }

  /** @inheritdoc */
  async list(query: RecordingQuery): Promise<RecordingPage> {
    const { total, entries } = this.#deps.account.catalogue?.list(query) ?? NOTHING;
    return { total, entries: await this.#asOfNow(entries) };
  }

  /** @inheritdoc */
  async get(id: string): Promise<ListedRecording | undefined> {
    const entry = this.#deps.account.catalogue?.get(id);
    return entry === undefined ? undefined : (await this.#asOfNow([entry]))[0];
  }

  /** @inheritdoc */
  record(order: RecordingOrder): Promise<RecordingAnswer> {
    return this.#deps.media.record(order);
  }

  /** @inheritdoc */
  async fileInfo({ file, root }: ListedRecording): Promise<Deno.FileInfo | undefined> {
    try {
      await checkFolder(file, root);
      // A link in the file's place is not followed: it could lead anywhere.
      const info = await Deno.lstat(file);
      return info.isFile ? info : undefined;
    } catch (error) {
      if (isNoSuchFile(error)) return undefined;
      throw error;
    }
  }

  /** @inheritdoc */
  async remove({ id, file, root }: ListedRecording): Promise<void> {
    try {
      await checkFolder(file, root);
      await Deno.remove(file);
    } catch (error) {
      if (!isNoSuchFile(error)) throw error;
    }
    this.#deps.account.changed({ kind: "dropped", id });
  }

  /** How far files are that are being written. */
  async #asOfNow(entries: readonly ListedRecording[]): Promise<readonly ListedRecording[]> {
    const running = entries.filter(({ reason }) => reason === undefined);
    const sizes = await this.#sizes.of(running.map(({ file }) => file));
    const now = new Map(running.map((entry, i) => {
      const durationMs = Math.max(0, this.#deps.clock.wallNow() - entry.startMs);
      return [entry.id, { ...entry, durationMs, bytes: sizes[i] ?? 0 }];
    }));
    return entries.map((entry) => now.get(entry.id) ?? entry);
  }
}
