/**
 * Which files reach which: what a test can notice at all, and which tests are nearest to a file. Pure: texts in,
 * distances out.
 *
 * @module
 */

/** A relative module in any form that loads it: an import, an `import()`, the `new URL()` of a worker. */
const SPECIFIER = /["'](\.{1,2}\/[^"'\s]+\.ts)["']/g;

/** The files that each file names, by their paths from the root. */
export class ImportGraph {
  readonly #targets: ReadonlyMap<string, readonly string[]>;

  /** @param texts Every file's text by its path from the root. */
  constructor(texts: ReadonlyMap<string, string>) {
    this.#targets = new Map([...texts].map(([path, text]) => [path, specifiers(path, text)]));
  }

  /**
   * The starting files that reach `target`, the nearest first.
   *
   * @param starts Paths from the root.
   */
  reaching(target: string, starts: readonly string[]): string[] {
    return starts
      .map((start) => ({ start, steps: this.#distance(start, target) }))
      .filter(({ steps }) => steps !== undefined)
      .sort((a, b) => (a.steps ?? 0) - (b.steps ?? 0))
      .map(({ start }) => start);
  }

  /** How many imports lie between two files, `undefined` where none leads there. */
  #distance(start: string, target: string): number | undefined {
    const seen = new Set<string>();
    let frontier = [start];
    for (let steps = 0; frontier.length > 0; steps++) {
      if (frontier.includes(target)) return steps;
      for (const path of frontier) seen.add(path);
      frontier = [...new Set(frontier.flatMap((path) => this.#targets.get(path) ?? []))]
        .filter((path) => !seen.has(path));
    }
    return undefined;
  }
}

function specifiers(path: string, text: string): string[] {
  const base = `file:///${path}`;
  return [...text.matchAll(SPECIFIER)].map(([, specifier]) =>
    new URL(specifier ?? "", base).pathname.slice(1)
  );
}
