/**
 * What axe-core finds wrong with a page for people who do not see or point as others do.
 *
 * @module
 */
import "axe-core/package.json" with { type: "json" };
import type { PlayerTab } from "./browser.ts";

/** Findings, one line each; empty where there are none. */
export async function accessibilityFindings({ page }: PlayerTab): Promise<readonly string[]> {
  await page.evaluate(await Deno.readTextFile(new URL(import.meta.resolve("axe-core/axe.min.js"))));
  const { violations }: { violations: readonly Violation[] } = await page.evaluate(`axe.run()`);
  return violations.map(({ id, help, nodes }) =>
    `${id}: ${help}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`
  );
}

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly string[] }[];
}
