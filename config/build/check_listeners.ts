/**
 * What the listeners of a configuration say together: two at one address would let the start fail half way.
 *
 * @module
 */

import type { ListenAddress } from "../../core/mod.ts";
import type { Diagnostics } from "../problems/diagnostics.ts";
import type { KeySpec } from "../schema/key_spec.ts";
import { formatAddress, overlap } from "../types/listen_type.ts";
import { RootDiagnostics } from "./root_diagnostics.ts";
import type { SettingReader } from "../schema/setting_reader.ts";

/** A key that names addresses to listen on. */
export interface ConfiguredListener {
  readonly key: KeySpec<readonly ListenAddress[]>;
  readonly listen: readonly ListenAddress[];
  readonly enabled: boolean;
}

/**
 * Find addresses that two keys want.
 *
 * @param reader Knows which keys variables have set.
 * @param diagnostics Takes each such address.
 * @param listeners The keys; the first one keeps the address.
 */
export function checkListeners(
  reader: SettingReader,
  diagnostics: Diagnostics,
  listeners: readonly ConfiguredListener[],
): void {
  const root = new RootDiagnostics(reader, diagnostics);
  const taken: { path: string; address: ListenAddress }[] = [];
  for (const { key, listen, enabled } of listeners) {
    if (!enabled) continue;
    for (const address of listen) {
      const other = taken.find((candidate) => overlap(candidate.address, address) !== undefined);
      if (other === undefined) {
        taken.push({ path: key.path, address });
        continue;
      }
      const why = overlap(other.address, address) === "ipv4" ? ", which takes IPv4 too" : "";
      root.problem(
        key,
        `Cannot listen on ${formatAddress(address)}: ${other.path} has ${formatAddress(other.address)}${why}`,
        "choose another port",
      );
    }
  }
}
