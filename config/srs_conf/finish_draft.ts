/**
 * Makes a converted file one that loads: what does not fit together is left out, with a note.
 *
 * @module
 */

import { loadConfig } from "../build/load_config.ts";
import { ConfigError, type Problem } from "../problems/problem.ts";
import { findKey, sectionOf } from "../schema/schema.ts";
import type { Conversion } from "./conversion.ts";
import type { ConversionNotes, DirectivePlace } from "./conversion_notes.ts";
import type { TomlDraft } from "./toml_draft.ts";

/**
 * Finish a conversion.
 *
 * @param draft The file; changed where it does not load.
 * @param notes All notes so far; more may be added.
 * @param start The first line of the old file.
 */
export function finishDraft(draft: TomlDraft, notes: ConversionNotes, start: DirectivePlace): Conversion {
  // Each round leaves one key out at least.
  for (;;) {
    const problems = problemsOf(draft.toml());
    if (problems.length === 0) break;
    for (const problem of problems) leaveOut(problem, draft, notes, start);
  }
  const toml = draft.toml();
  return Object.freeze({ toml, ...notes.finish() });
}

function problemsOf(text: string): readonly Problem[] {
  try {
    loadConfig({ text, env: {}, version: "", serverId: "" });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** In SRS the HTTP listeners are off by default, here they are not: a port that RTMP has stays RTMP's. */
function leaveOut(
  { path, message }: Problem,
  { root }: TomlDraft,
  notes: ConversionNotes,
  start: DirectivePlace,
): void {
  const section = sectionOf({ path });
  const enabled = section === "" ? undefined : findKey("root", `${section}.enabled`);
  if (enabled !== undefined && root.values.get(enabled.path) !== "false") {
    root.values.set(enabled.path, "false");
    notes.add({ table: root, path: section }, start, `${section}: switched off. ${message}`);
  } else if (root.values.delete(path)) {
    notes.add({ table: root, path }, start, `${path}: left out. ${message}`);
  } else {
    throw new Error(`Cannot convert: ${path}: ${message}`);
  }
}
