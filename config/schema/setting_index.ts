/**
 * Finds settings by their keys. A configuration has thousands, so it is made without a text or an object for each.
 *
 * @module
 */

import type { Setting } from "../config.ts";

/** The key of a setting. */
type SettingPlace = Pick<Setting, "vhost" | "path">;

/** Settings of which those of a vhost follow one another, as they do in a configuration. */
export class SettingIndex {
  readonly #settings: readonly Setting[];
  /** Where the settings of a vhost begin. */
  readonly #first = new Map<string | undefined, number>();
  /** After the one that was found last: keys are looked for in the order of the schema. */
  #next = 0;

  constructor(settings: readonly Setting[]) {
    this.#settings = settings;
    let last: Setting | undefined;
    settings.forEach((setting, index) => {
      if (last === undefined || setting.vhost !== last.vhost) this.#first.set(setting.vhost, index);
      last = setting;
    });
  }

  /** The setting of a key. */
  find(place: SettingPlace): Setting | undefined {
    return this.#at(this.#next, place) ?? this.#search(place);
  }

  #search(place: SettingPlace): Setting | undefined {
    const first = this.#first.get(place.vhost);
    if (first === undefined) return undefined;
    for (let index = first; this.#settings[index]?.vhost === place.vhost; index++) {
      const found = this.#at(index, place);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #at(index: number, { vhost, path }: SettingPlace): Setting | undefined {
    const setting = this.#settings[index];
    if (setting === undefined || setting.vhost !== vhost || setting.path !== path) return undefined;
    this.#next = index + 1;
    return setting;
  }
}
