/**
 * Which events a listener wants: `?vhost=&app=&stream=&kind=`. Pure.
 *
 * @module
 */
import { ACTIVITY_KINDS, type ActivityEvent } from "../../core/mod.ts";

/** What a filter looks at. */
export type FilteredFacts = Pick<ActivityEvent, "kind" | "vhost" | "app" | "stream">;

const KINDS: readonly string[] = ACTIVITY_KINDS;

/** A listener's choice. Two that choose alike have the same key, and are sent the same bytes. */
export class EventFilter {
  /** The same for equal choices. */
  readonly key: string;
  /** It wants all. */
  readonly isOpen: boolean;
  readonly #kinds: ReadonlySet<string> | undefined;
  readonly #vhost: string | undefined;
  readonly #app: string | undefined;
  readonly #stream: string | undefined;

  private constructor(
    kinds: readonly string[] | undefined,
    vhost: string | null,
    app: string | null,
    stream: string | null,
  ) {
    this.#kinds = kinds === undefined ? undefined : new Set(kinds);
    this.#vhost = vhost ?? undefined;
    this.#app = app ?? undefined;
    this.#stream = stream ?? undefined;
    const chosen = [kinds === undefined ? null : [...this.#kinds ?? []].sort(), vhost, app, stream];
    this.isOpen = chosen.every((part) => part === null);
    this.key = this.isOpen ? "" : JSON.stringify(chosen);
  }

  /** Read a query; a text that says what is wrong with it. Several kinds are separated by commas. */
  static of(query: URLSearchParams): EventFilter | string {
    const kinds = query.getAll("kind").flatMap((text) => text.split(",")).filter((kind) => kind !== "");
    const unknown = kinds.find((kind) => !KINDS.includes(kind));
    if (unknown !== undefined) {
      return `No kind of event is called ${unknown.slice(0, 40)}; there are ${KINDS.join(", ")}`;
    }
    return new EventFilter(
      kinds.length === 0 ? undefined : kinds,
      query.get("vhost"),
      query.get("app"),
      query.get("stream"),
    );
  }

  /** Whether the listener wants this event. */
  accepts({ kind, vhost, app, stream }: FilteredFacts): boolean {
    return this.isOpen ||
      (this.#kinds?.has(kind) ?? true) && (this.#vhost ?? vhost) === vhost && (this.#app ?? app) === app &&
        (this.#stream === undefined || this.#stream === stream);
  }
}
