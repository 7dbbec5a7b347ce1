/**
 * The certificates of all listeners, and when they are replaced: their files are compared by content every 30 s, for an
 * event of the file system is only a hint. Links that are switched, as certbot's, make none.
 *
 * @module
 */
import {
  type CertificateFacts,
  type Clock,
  errorMessage,
  type Log,
  type Timer,
  type TlsListenerName,
  type TlsPair,
} from "../../core/mod.ts";
import { FileHints } from "./file_hints.ts";
import {
  type CertificateText,
  checkTlsPair,
  type PairFiles,
  readCertificate,
  readTlsPair,
} from "./tls_pair.ts";

/** How often files are compared, milliseconds. */
const COMPARE_MS = 30_000;
/** How long a pair may not fit before that is an error: its files are written one after the other. */
const PATIENCE_MS = 30_000;
/** A certificate that ends sooner is warned of, milliseconds. */
const WARN_BEFORE_MS = 14 * 86_400_000;
/** Time between two such warnings of a listener. */
const WARN_EVERY_MS = 86_400_000;

/** A listener and its files. */
export interface CertificateSource extends PairFiles {
  /** Whose it is. */
  readonly listener: TlsListenerName;
}

/** What the store needs. */
export interface CertificateStoreDeps {
  /** Says when files are compared. */
  readonly clock: Clock;
  /** Where changes and problems are logged. */
  readonly log: Log;
  /** Reads a file; what it throws reaches the operator. */
  readFile(path: string): string;
  /** Where a file is that the configuration names: absolute. */
  pathOf(name: string): string;
}

/** Has listeners use a pair; what it throws is logged, and the old pair stays in force. */
export type ApplyPair = (listener: TlsListenerName, pair: TlsPair) => void;

/** Pairs that are read and tried, and not in force yet. */
export interface PreparedCertificates {
  /** The pair of a listener; `undefined` where it has none. */
  pairOf(listener: TlsListenerName): TlsPair | undefined;
  /** Put them in force. @returns The listeners that have another pair than before. */
  use(): readonly TlsListenerName[];
}

/** One listener's pair. */
interface Entry {
  readonly source: CertificateSource;
  pair: TlsPair;
  text: CertificateText;
  loadedMs: number;
  /** Newer files that cannot be used. */
  trouble: { readonly text: string; readonly sinceMs: number; isLogged: boolean } | undefined;
  /** When it was last warned of, monotonic milliseconds. */
  warnedMs: number | undefined;
}

/** Certificates in force. */
export class CertificateStore {
  readonly #deps: CertificateStoreDeps;
  #entries: readonly Entry[];
  #apply: ApplyPair = () => {};
  #timer: Timer | undefined;
  #hints: FileHints | undefined;

  /**
   * Read and try all pairs.
   *
   * @throws {Error} One cannot be used, with its file.
   */
  constructor(sources: readonly CertificateSource[], deps: CertificateStoreDeps) {
    this.#deps = deps;
    this.#entries = sources.map((source) => this.#read(source));
  }

  /** The pair of a listener; `undefined` where it has none. */
  pairOf(listener: TlsListenerName): TlsPair | undefined {
    return this.#entries.find(({ source }) => source.listener === listener)?.pair;
  }

  /** What is known of each certificate. */
  facts(): readonly CertificateFacts[] {
    return this.#entries.map(({ source, text, loadedMs, trouble }) => ({
      ...{ listener: source.listener, file: source.cert, ...text, loadedMs },
      ...(trouble?.isLogged ? { problem: trouble.text } : {}),
    }));
  }

  /** Look at the files from now on; `apply` gets each new pair. */
  watch(apply: ApplyPair): void {
    this.#apply = apply;
    for (const entry of this.#entries) this.#logEntry("TLS certificate", entry);
    this.#lookAtFiles();
  }

  /** Compare the files with what is in force. A pair that does not fit is an error after 30 s alone. */
  compare(): void {
    for (const entry of this.#entries) {
      const now = this.#deps.clock.now();
      try {
        const pair = readTlsPair(entry.source, this.#deps.readFile);
        if (isSame(pair, entry.pair)) entry.trouble = undefined;
        else this.#use(entry, this.#tried(entry, pair));
      } catch (error) {
        this.#troubled(entry, errorMessage(error), now);
      }
      this.#warnOfEnd(entry);
    }
  }

  /**
   * Read all files again at once, as a reload that was asked for does.
   *
   * @param sources What is configured now: listeners may have come or gone, or have other files.
   * @returns What is read, to be used: nothing has changed until then.
   * @throws {Error} A pair cannot be used, with its file.
   */
  prepare(sources: readonly CertificateSource[]): PreparedCertificates {
    const entries = sources.map((source) => {
      const known = this.#entries.find((entry) => entry.source.listener === source.listener);
      const read = this.#read(source);
      return known !== undefined && isSame(read.pair, known.pair)
        ? { ...known, source, trouble: undefined }
        : read;
    });
    const isNew = ({ source: { listener }, pair }: Entry) => this.pairOf(listener) !== pair;
    return {
      pairOf: (listener) => entries.find(({ source }) => source.listener === listener)?.pair,
      use: () => {
        const renewed = entries.filter(isNew);
        const known = new Set(this.#entries.map(({ source }) => source.listener));
        this.#entries = entries;
        for (const entry of renewed) {
          this.#apply(entry.source.listener, entry.pair);
          this.#logEntry(
            known.has(entry.source.listener) ? "TLS certificate replaced" : "TLS certificate",
            entry,
          );
        }
        this.#lookAtFiles();
        return renewed.map(({ source }) => source.listener);
      },
    };
  }

  /** Look no longer. */
  close(): void {
    this.#timer?.clear();
    this.#hints?.close();
  }

  #read(source: CertificateSource): Entry {
    const pair = readTlsPair(source, this.#deps.readFile);
    const loaded = { ...this.#tried({ source }, pair), loadedMs: this.#deps.clock.wallNow() };
    return { source, ...loaded, trouble: undefined, warnedMs: undefined };
  }

  /** At those of the entries, where there are any. */
  #lookAtFiles(): void {
    this.close();
    if (this.#entries.length === 0) return;
    this.#timer = this.#deps.clock.setInterval(() => this.compare(), COMPARE_MS);
    const files = this.#entries.flatMap(({ source: { cert, key } }) => [cert, key]).map(this.#deps.pathOf);
    this.#hints = new FileHints(files, this.#deps.clock, () => this.compare());
  }

  #tried({ source }: Pick<Entry, "source">, pair: TlsPair): Pick<Entry, "pair" | "text"> {
    checkTlsPair(pair, source);
    return { pair, text: readCertificate(pair.cert) };
  }

  #use(entry: Entry, { pair, text }: Pick<Entry, "pair" | "text">): void {
    this.#apply(entry.source.listener, pair);
    Object.assign(entry, { pair, text, loadedMs: this.#deps.clock.wallNow(), trouble: undefined });
    entry.warnedMs = undefined;
    this.#logEntry("TLS certificate replaced", entry);
  }

  #troubled(entry: Entry, text: string, now: number): void {
    if (entry.trouble?.text !== text) {
      entry.trouble = { text, sinceMs: entry.trouble?.sinceMs ?? now, isLogged: false };
    }
    const { sinceMs, isLogged } = entry.trouble;
    if (isLogged || now - sinceMs < PATIENCE_MS) return;
    entry.trouble.isLogged = true;
    const { listener } = entry.source;
    this.#deps.log.write("error", undefined, "Cannot replace a TLS certificate; the old one stays", {
      listener,
      error: text,
    });
  }

  #logEntry(message: string, entry: Entry): void {
    const { source: { listener, cert }, text: { subject, notAfterMs } } = entry;
    this.#deps.log.write("trace", undefined, message, {
      ...{ listener, file: cert, subject },
      not_after: new Date(notAfterMs).toISOString(),
    });
    this.#warnOfEnd(entry);
  }

  #warnOfEnd(entry: Entry): void {
    const { clock, log } = this.#deps;
    const { source: { listener, cert }, text: { notAfterMs }, warnedMs } = entry;
    const leftMs = notAfterMs - clock.wallNow();
    if (leftMs > WARN_BEFORE_MS || (warnedMs !== undefined && clock.now() - warnedMs < WARN_EVERY_MS)) return;
    entry.warnedMs = clock.now();
    const message = leftMs > 0 ? "TLS certificate ends soon" : "TLS certificate has ended";
    log.write("warn", undefined, message, {
      ...{ listener, file: cert, not_after: new Date(notAfterMs).toISOString() },
    });
  }
}

function isSame(a: TlsPair, b: TlsPair): boolean {
  return a.cert === b.cert && a.key === b.key;
}
