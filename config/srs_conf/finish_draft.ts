/**
 * Makes a converted file one that loads: what does not fit together is left out, with a note.
 *
 * @module
 */

import { loadConfig } from "../build/load_config.ts";
import { ConfigError, type Problem } from "../problems/problem.ts";
import { findKey, sectionOf } from "../schema/schema.ts";
import type { Conversion } from "./conversion.ts";
import type { ConversionNotes, DirectivePlace, NotePlace } from "./conversion_notes.ts";
import { subjectOf } from "./lost_subject.ts";
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

/**
 * In SRS the HTTP listeners are off by default, here they are not: a port that RTMP has stays RTMP's. A key that is
 * left out of a vhost is lost where its section does something: a vhost that was an edge is none then.
 */
function leaveOut(
  { path, message }: Problem,
  draft: TomlDraft,
  notes: ConversionNotes,
  start: DirectivePlace,
): void {
  const { table, below } = draft.locate(path);
  const section = sectionOf({ path: below });
  const isOff = [`${section}.enabled`, "enabled"].some((path) => table.values.get(path) === "false");
  const lost = isOff ? undefined : subjectOf(table.scope, below);
  const tell = (place: NotePlace, text: string): void =>
    lost === undefined ? notes.add(place, start, text) : notes.lose(lost, place, start, text);
  const enabled = section === "" ? undefined : findKey(table.scope, `${section}.enabled`);
  if (enabled !== undefined && table.values.get(enabled.path) !== "false") {
    table.values.set(enabled.path, "false");
    tell({ table, path: section }, `${section}: switched off. ${message}`);
  } else if (table.values.delete(below)) {
    tell({ table, path: below }, `${path}: left out. ${message}`);
  } else {
    throw new Error(`Cannot convert: ${path}: ${message}`);
  }
}
