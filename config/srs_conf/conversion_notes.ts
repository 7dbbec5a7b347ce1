/**
 * Collects the notes of a conversion, each of them also as a comment in the new file.
 *
 * @module
 */

import type { Directive } from "./srs_conf_parser.ts";
import { type ConversionNote, formatNote, type LostSubject } from "./conversion.ts";
import type { DraftTable } from "./toml_draft.ts";

/** Where a note belongs in the new file. */
export interface NotePlace {
  readonly table: DraftTable;
  /** Dotted path below the table. */
  readonly path: string;
}

/** What a directive is known by. */
export type DirectivePlace = Pick<Directive, "file" | "line">;

/** The notes of one conversion. */
export class ConversionNotes {
  readonly #notes: ConversionNote[] = [];
  #blocksOff = 0;

  /** Something is said differently, or has no effect. */
  add(place: NotePlace, { file, line }: DirectivePlace, message: string): void {
    this.#add(place, { file, line, message, lost: undefined });
  }

  /** Something that protects, records or sends media is dropped. */
  lose(subject: LostSubject, place: NotePlace, { file, line }: DirectivePlace, message: string): void {
    this.#add(place, { file, line, message, lost: this.#blocksOff > 0 ? undefined : subject });
  }

  /** What is off in the old file protects and records nothing: while it is converted nothing counts as lost. */
  ofBlock({ isOff }: { readonly isOff: boolean }, convert: () => void): void {
    if (!isOff) return convert();
    this.#blocksOff++;
    convert();
    this.#blocksOff--;
  }

  /** All notes, by file in the order of their lines. */
  finish(): { readonly notes: readonly ConversionNote[]; readonly lost: readonly LostSubject[] } {
    const files = [...new Set(this.#notes.map(({ file }) => file))];
    const notes = files.flatMap((file) =>
      this.#notes.filter((note) => note.file === file).toSorted((a, b) => a.line - b.line)
    );
    const lost = new Set(notes.map((note) => note.lost).filter((subject) => subject !== undefined));
    return { notes: Object.freeze(notes), lost: Object.freeze([...lost]) };
  }

  #add({ table, path }: NotePlace, note: ConversionNote): void {
    const plain = Object.freeze({ ...note, message: note.message.replaceAll(/\p{Cc}+/gu, " ") });
    this.#notes.push(plain);
    table.comment(path, `${note.lost === undefined ? "" : "LOST: "}${formatNote(plain)}`);
  }
}
