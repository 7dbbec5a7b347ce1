/**
 * Bans of the operator, kept in a file over restarts until their time is up.
 *
 * @module
 */
import {
  type ActivitySink,
  type Ban,
  type BanFacts,
  base36,
  type Clock,
  errorMessage,
  type Timer,
} from "../core/mod.ts";
import type { BanEntry, Bans, NewBan } from "../http/mod.ts";
import { canonicalBan } from "../stream/admission/mod.ts";

/** Where they are kept, from `work_dir`. */
export const BANS_FILE = "objs/srs.bans.json";
/** More of them are a task for the hooks, or for a firewall. */
const MAX_BANS = 10_000;
/** How often it is checked whose time is up, milliseconds. */
const SWEEP_MS = 1000;
const ID_BYTES = 8;
/** Addresses are personal data. */
const PRIVATE = 0o600;

/** What the store works with. */
export interface BanStoreDeps {
  readonly clock: Clock;
  /** Gets a notice for the log where an expired ban cannot be taken out of the file. */
  failed(notice: string): void;
}

/** A ban, and why it ended. */
type ReportedBan = BanEntry & Pick<BanFacts, "cause">;

/** Keeps bans. */
export class BanStore implements Bans, Disposable {
  readonly #deps: BanStoreDeps;
  readonly #entries: Map<string, BanEntry>;
  /** The ids of those that were there at the start. */
  readonly #opened: ReadonlySet<string>;
  /** Absent while no ban ends by itself. */
  #sweeper: Timer | undefined;
  #apply: (bans: readonly Ban[]) => void = () => {};
  #sink: ActivitySink | undefined;
  #isHandedOver = false;
  #isClosed = false;

  private constructor(entries: readonly BanEntry[], deps: BanStoreDeps) {
    this.#deps = deps;
    this.#entries = new Map(entries.map((entry) => [entry.id, entry]));
    this.#opened = new Set(this.#entries.keys());
    this.#watchTime();
  }

  /**
   * Read what an earlier start kept in the current directory.
   *
   * @throws {Error} The file is there and cannot be read: to start without it would let everybody in.
   */
  static open(deps: BanStoreDeps): BanStore {
    const now = deps.clock.wallNow();
    const kept = readKept().filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now);
    return new BanStore(kept, deps);
  }

  /** Another process keeps them from here on: those of this one stay in force here, and the file is no longer written. */
  handOver(): void {
    this.#isHandedOver = true;
  }

  /** Take over what the other process has banned and lifted since {@link BanStore.open}, besides what this one has. */
  takeOver(): void {
    try {
      const kept = new Map(readKept().map((entry) => [entry.id, entry]));
      const stays = this.list().filter(({ id }) => kept.has(id) || !this.#opened.has(id));
      const added = [...kept.values()].filter(({ id }) => !this.#entries.has(id) && !this.#opened.has(id));
      if (added.length > 0 || stays.length < this.#entries.size) this.#replace([...stays, ...added]);
    } catch (error) {
      this.#deps.failed(errorMessage(error));
    }
  }

  /** Those in force, the oldest first. */
  list(): readonly BanEntry[] {
    return [...this.#entries.values()];
  }

  /** Call `apply` on each change, and report it to `sink`. */
  follow(apply: (bans: readonly Ban[]) => void, sink: ActivitySink): void {
    this.#apply = apply;
    this.#sink = sink;
  }

  /**
   * Ban, from now on. The same value again is the same ban, with a new time and reason.
   *
   * @returns `undefined` where there are as many bans as there may be.
   * @throws {Error} It cannot be kept; nothing has changed then.
   */
  add({ kind, value, reason, durationMs }: NewBan): BanEntry | undefined {
    const known = this.list().find((entry) => entry.kind === kind && entry.value === value);
    if (known === undefined && this.#entries.size >= MAX_BANS) return undefined;
    const createdAt = this.#deps.clock.wallNow();
    const entry: BanEntry = {
      id: known?.id ?? base36(crypto.getRandomValues(new Uint8Array(ID_BYTES))),
      ...{ kind, value, reason, createdAt },
      ...(durationMs === undefined ? {} : { expiresAt: createdAt + durationMs }),
    };
    this.#replace([...this.list().filter(({ id }) => id !== entry.id), entry]);
    this.#report("ban", entry);
    return entry;
  }

  /**
   * Lift a ban.
   *
   * @returns `false` where there is none of this id.
   * @throws {Error} It cannot be taken out of the file; nothing has changed then.
   */
  remove(id: string): boolean {
    const lifted = this.#entries.get(id);
    if (lifted === undefined) return false;
    this.#replace(this.list().filter((entry) => entry !== lifted));
    this.#report("unban", { ...lifted, cause: "lifted" });
    return true;
  }

  /** Stop looking at the time. */
  [Symbol.dispose](): void {
    this.#sweeper?.clear();
    this.#isClosed = true;
  }

  #watchTime(): void {
    const isDue = !this.#isClosed && this.list().some(({ expiresAt }) => expiresAt !== undefined);
    if (isDue) this.#sweeper ??= this.#deps.clock.setInterval(() => this.#sweep(), SWEEP_MS);
    else {
      this.#sweeper?.clear();
      this.#sweeper = undefined;
    }
  }

  #sweep(): void {
    const now = this.#deps.clock.wallNow();
    const { left = [], over = [] } = Object.groupBy(
      this.list(),
      ({ expiresAt }) => expiresAt === undefined || expiresAt > now ? "left" : "over",
    );
    if (over.length === 0) return;
    try {
      this.#replace(left);
    } catch (error) {
      // The file has their time too: a later start leaves them out.
      this.#set(left);
      this.#deps.failed(errorMessage(error));
    }
    for (const entry of over) this.#report("unban", { ...entry, cause: "expired" });
  }

  #report(kind: "ban" | "unban", { id, kind: what, value, reason, expiresAt, cause }: ReportedBan): void {
    const ban = {
      ...{ id, kind: what, value, reason },
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(cause === undefined ? {} : { cause }),
    };
    this.#sink?.emit({ kind, wallMs: this.#deps.clock.wallNow(), vhost: "", app: "", ban });
  }

  #replace(entries: readonly BanEntry[]): void {
    if (!this.#isHandedOver) writeKept(entries);
    this.#set(entries);
  }

  #set(entries: readonly BanEntry[]): void {
    this.#entries.clear();
    for (const entry of entries) this.#entries.set(entry.id, entry);
    this.#watchTime();
    this.#apply(entries);
  }
}

function writeKept(entries: readonly BanEntry[]): void {
  const next = `${BANS_FILE}.new`;
  try {
    Deno.mkdirSync("objs", { recursive: true });
    // A file that is cut off would be no list: the old one stays until the new one is whole.
    using file = Deno.openSync(next, { write: true, create: true, truncate: true, mode: PRIVATE });
    const bytes = new TextEncoder().encode(`${JSON.stringify(entries, null, 1)}\n`);
    for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
    file.syncDataSync();
    Deno.renameSync(next, BANS_FILE);
  } catch (error) {
    throw new Error(`Cannot keep bans in ${BANS_FILE}: ${errorMessage(error)}`, { cause: error });
  }
}

function readKept(): readonly BanEntry[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(BANS_FILE);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw unreadable(error);
  }
  try {
    const list: unknown = JSON.parse(text);
    if (!Array.isArray(list)) throw new Error("It is not a list");
    return list.map(readEntry);
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(error: unknown): Error {
  const wayOut = "repair it, or move it away to start without bans";
  return new Error(`Cannot read the bans in ${BANS_FILE}: ${errorMessage(error)}; ${wayOut}`, {
    cause: error,
  });
}

function readEntry(value: unknown): BanEntry {
  const members = typeof value === "object" && value !== null ? Object.entries(value) : [];
  const { id, kind, value: banned, reason, createdAt, expiresAt }: Partial<Record<string, unknown>> = Object
    .fromEntries(members);
  const isKind = kind === "ip" || kind === "network" || kind === "stream";
  const ban = isKind && typeof banned === "string" ? canonicalBan({ kind, value: banned }) : undefined;
  const hasTime = expiresAt === undefined || typeof expiresAt === "number";
  if (
    ban === undefined || !hasTime || typeof id !== "string" || typeof reason !== "string" ||
    typeof createdAt !== "number"
  ) {
    throw new Error(`${JSON.stringify(value)?.slice(0, 200)} is not a ban`);
  }
  return { id, ...ban, reason, createdAt, ...(expiresAt === undefined ? {} : { expiresAt }) };
}
