/**
 * What a new configuration changes, key by key. Pure.
 *
 * @module
 */

import type { ReloadedKey, ReloadWhen } from "../../core/mod.ts";
import type { Config, Setting } from "../config.ts";
import { showPath } from "../problems/diagnostics.ts";
import type { Scope } from "../schema/key_spec.ts";
import { findKey } from "../schema/schema.ts";
import { SettingIndex } from "../schema/setting_index.ts";

/** What is compared. */
export type ComparedConfig = Pick<Config, "settings" | "files">;

/**
 * The keys that differ, in the order of the new configuration; vhosts that came or went are one entry each.
 */
export function configChanges(before: ComparedConfig, after: ComparedConfig): readonly ReloadedKey[] {
  const old = new SettingIndex(before.settings);
  const vhosts = { before: vhostsOf(before), after: vhostsOf(after) };
  const changed: ReloadedKey[] = [];
  for (const setting of after.settings) {
    const last = old.find(setting);
    if (last === undefined || isSame(last, setting, before, after)) continue;
    changed.push({ key: settingKey(setting), from: shown(last), to: shown(setting), when: whenOf(setting) });
  }
  for (const [name, enabled] of vhosts.after) {
    if (!vhosts.before.has(name)) changed.push(vhostChange(name, undefined, enabled));
  }
  for (const [name, enabled] of vhosts.before) {
    if (!vhosts.after.has(name)) changed.push(vhostChange(name, enabled, undefined));
  }
  return changed;
}

/** The whole path of a setting. */
export function settingKey({ vhost, path }: Pick<Setting, "vhost" | "path">): string {
  return showPath([...(vhost === undefined ? [] : ["vhost", vhost]), ...path.split(".")]);
}

/** When another value of a setting takes effect. */
export function whenOf({ vhost, path }: Pick<Setting, "vhost" | "path">): ReloadWhen {
  const scope: Scope = vhost === undefined ? "root" : "vhost";
  const key = findKey(scope, path);
  if (key === undefined) throw new RangeError(`No key ${path} in the schema`);
  return key.when;
}

/** Equal values; of a file that the key names, equal contents. */
function isSame(last: Setting, next: Setting, before: ComparedConfig, after: ComparedConfig): boolean {
  if (last.toml !== next.toml) return false;
  if (after.files.size === 0) return true;
  const name = fileNamed(next);
  return name === undefined || before.files.get(name) === after.files.get(name);
}

/** The file that a key may name; `undefined` where it is none that is read for its content. */
function fileNamed({ path, toml }: Setting): string | undefined {
  if (!/(?:_file|_cert|_key)$/.test(path) || !toml.startsWith('"')) return undefined;
  const name: unknown = JSON.parse(toml);
  return typeof name === "string" ? name : undefined;
}

function shown({ toml, masked }: Setting): string {
  return masked ?? toml;
}

/** Names, and whether they are enabled. */
function vhostsOf({ settings }: ComparedConfig): ReadonlyMap<string, string> {
  const vhosts = new Map<string, string>();
  for (const { vhost, path, toml } of settings) {
    if (vhost !== undefined && path === "enabled") vhosts.set(vhost, toml);
  }
  return vhosts;
}

function vhostChange(name: string, from: string | undefined, to: string | undefined): ReloadedKey {
  const key = showPath(["vhost", name]);
  const state = (enabled: string | undefined) =>
    enabled === undefined ? undefined : enabled === "true" ? "enabled" : "disabled";
  // A new one serves clients that come later; one that is gone ends its clients at once.
  return { key, from: state(from), to: state(to), when: to === undefined ? "live" : "next" };
}
