/**
 * Writes the table of attacks into docs/SECURITY.md: part of `deno task docs`.
 *
 * @module
 */
import { SECURITY_DOCUMENT, withAttackTable } from "../support/attacks/attack_table.ts";

if (import.meta.main) {
  const document = await Deno.readTextFile(SECURITY_DOCUMENT);
  await Deno.writeTextFile(SECURITY_DOCUMENT, await withAttackTable(document));
}
