/**
 * Where media threads may write: a thread keeps the permissions that it was started with, so recordings in other folders
 * need a restart.
 *
 * @module
 */
import { resolve } from "node:path";
import { type Config, type Setting, settingKey } from "../../config/mod.ts";
import type { ReloadedKey } from "../../core/mod.ts";
import type { VhostOptions } from "../../stream/admission/mod.ts";
import { recordFolders } from "../threads/media_permissions.ts";

const PATH = "dvr.dvr_path";

/** Folders, and what a new configuration may do with them. */
export class RecordingFolders {
  /** Absolute; absent: the one thread may write everywhere. */
  readonly #folders: readonly string[] | undefined;

  /** @param config What the threads were started with. */
  constructor({ rtmp: { vhosts }, process: { workers } }: Config) {
    this.#folders = workers === 1
      ? undefined
      : recordFolders(vhosts.values()).map((folder) => resolve(folder));
  }

  /**
   * The configuration with the folders that there were; a vhost that is new and has another one records nothing by itself.
   *
   * @param before What runs.
   */
  keep(before: Config, after: Config): { readonly config: Config; readonly restart: readonly ReloadedKey[] } {
    const others = [...after.rtmp.vhosts.values()].filter((vhost) => !this.#permits(vhost));
    if (others.length === 0) return { config: after, restart: [] };
    const names = new Set(others.map(({ name }) => name));
    const vhosts = new Map(
      Array.from(after.rtmp.vhosts, ([name, vhost]) => [
        name,
        names.has(name) ? withFolderOf(vhost, before.rtmp.vhosts.get(name)) : vhost,
      ]),
    );
    const isKept = ({ vhost, path }: Setting) => path === PATH && vhost !== undefined && names.has(vhost);
    const old = new Map(before.settings.filter(isKept).map((setting) => [setting.vhost, setting]));
    const restart = after.settings.filter(isKept).map((setting): ReloadedKey => ({
      key: settingKey(setting),
      from: old.get(setting.vhost)?.toml,
      to: setting.toml,
      when: "restart",
    }));
    const settings = after.settings.map((setting) =>
      isKept(setting) ? old.get(setting.vhost) ?? setting : setting
    );
    return { config: { ...after, rtmp: { ...after.rtmp, vhosts }, settings }, restart };
  }

  #permits(vhost: VhostOptions): boolean {
    return this.#folders === undefined ||
      recordFolders([vhost]).map((folder) => resolve(folder)).every((folder) =>
        this.#folders?.some((permitted) => folder === permitted || folder.startsWith(`${permitted}/`))
      );
  }
}

function withFolderOf(vhost: VhostOptions, before: VhostOptions | undefined): VhostOptions {
  const { dvr } = vhost;
  return before === undefined
    ? { ...vhost, dvr: { ...dvr, enabled: false } }
    : { ...vhost, dvr: { ...dvr, path: before.dvr.path } };
}
