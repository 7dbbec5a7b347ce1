/**
 * Finds the route of a request. Pure.
 *
 * @module
 */
import type { ApiRoute } from "./api_route.ts";

/** What a path leads to. */
export type RouteMatch =
  | { readonly kind: "route"; readonly route: ApiRoute; readonly params: Readonly<Record<string, string>> }
  /** The path is there with other methods. */
  | { readonly kind: "otherMethods"; readonly methods: readonly string[] }
  | { readonly kind: "nothing" };

/** A path with the routes of its methods. */
interface Entry {
  readonly segments: readonly string[];
  readonly routes: Map<string, ApiRoute>;
}

/** All routes. */
export class RouteTable {
  readonly #entries = new Map<string, Entry>();

  /** @throws {RangeError} Where two routes have the same method and path. */
  constructor(routes: readonly ApiRoute[]) {
    for (const route of routes) {
      const { method, path } = route;
      const key = withoutLastSlashes(path);
      const entry = this.#entries.get(key) ?? { segments: key.split("/"), routes: new Map() };
      if (entry.routes.has(method)) throw new RangeError(`Two routes for ${method} ${path}`);
      entry.routes.set(method, route);
      this.#entries.set(key, entry);
    }
  }

  /**
   * Find a route.
   *
   * @param path Slashes at its end say nothing.
   */
  find(method: string, path: string): RouteMatch {
    const segments = withoutLastSlashes(path).split("/");
    // A path that is written out goes before one with parameters.
    const entry = this.#entries.get(segments.join("/")) ??
      this.#entries.values().find((entry) => matches(entry.segments, segments));
    if (entry === undefined) return { kind: "nothing" };
    const route = entry.routes.get(method === "HEAD" ? "GET" : method);
    if (route === undefined) return { kind: "otherMethods", methods: methodsOf(entry) };
    return { kind: "route", route, params: paramsOf(entry.segments, segments) };
  }
}

function methodsOf({ routes }: Entry): readonly string[] {
  return [...routes.keys()].flatMap((method) => method === "GET" ? ["GET", "HEAD"] : [method]);
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  return pattern.length === segments.length &&
    pattern.every((part, i) => isParam(part) ? segments[i] !== "" : part === segments[i]);
}

function paramsOf(pattern: readonly string[], segments: readonly string[]): Record<string, string> {
  const params = pattern.flatMap((part, i) => isParam(part) ? [[part.slice(1, -1), segments[i] ?? ""]] : []);
  return Object.fromEntries(params);
}

function isParam(part: string): boolean {
  return part.startsWith("{");
}

/** A path as it is compared. A loop: the expression for it takes seconds for a path of slashes that ends with a letter. */
export function withoutLastSlashes(path: string): string {
  let end = path.length;
  while (path[end - 1] === "/") end--;
  return path.slice(0, end);
}
