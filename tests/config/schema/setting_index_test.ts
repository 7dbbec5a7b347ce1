/**
 * Settings found again: those that are the same keep their objects over a reload.
 *
 * @module
 */
import type { Setting } from "../../../config/config.ts";
import { SettingIndex } from "../../../config/schema/setting_index.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { load } from "../support.ts";

const origin = { kind: "default" } as const;
const settings: readonly Setting[] = [undefined, "a", "b"].flatMap((vhost) =>
  ["x", "y", "z"].map((path) => ({ vhost, path, toml: `${vhost} ${path}`, masked: undefined, origin }))
);

Deno.test("SettingIndex finds settings in any order, and none that is not there", () => {
  const index = new SettingIndex(settings);
  for (const setting of [...settings, ...settings.toReversed(), ...settings]) {
    const { vhost, path } = setting;
    assertEquals(index.find({ vhost, path }), setting);
    assertEquals(index.find({ vhost: "c", path }), undefined);
    assertEquals(index.find({ vhost, path: "w" }), undefined);
  }
});

Deno.test("loadConfig() uses the settings again that are as before, for vhosts in any order", () => {
  const before = load("max_connections = 5\n[vhost.a]\nmin_latency = true\n[vhost.b]\n[vhost.gone]\n").config;
  const text =
    "# A line\nmax_connections = 5\n[vhost.b.play]\nqueue_length = 7\n[vhost.new]\n[vhost.a]\nmin_latency = true\n";
  const fresh = load(text).config;
  const { settings } = load(text, { before }).config;
  assertEquals(settings, fresh.settings);
  const known = new Set(before.settings);
  const others = settings.filter((setting) => !known.has(setting));
  const ofNew = settings.filter(({ vhost }) => vhost === "new");
  // Where it is in the file is shown too: a line on, it is another setting.
  assertEquals(
    others.filter(({ vhost }) => vhost !== "new").map(({ vhost, path }) => [vhost, path]),
    [[undefined, "max_connections"], ["b", "play.queue_length"], ["a", "min_latency"]],
  );
  assert(ofNew.every((setting) => others.includes(setting)));
});
