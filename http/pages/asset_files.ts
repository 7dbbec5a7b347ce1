/**
 * Where the files of the pages are: our own next to this module, libraries in their npm packages. Both are part of the
 * compiled executable.
 *
 * @module
 */
// Deno finds, and puts into the executable, the files of packages that a module imports something of.
import "es6-promise/package.json" with { type: "json" };
import "eventemitter3/package.json" with { type: "json" };
import "events/package.json" with { type: "json" };
import "hls.js/package.json" with { type: "json" };
import "mpegts.js/package.json" with { type: "json" };
import "uplot/package.json" with { type: "json" };
import "url-toolkit/package.json" with { type: "json" };

/** Next to this module, in `assets/`. */
const OWN = [
  "player.html",
  "player.css",
  "player.js",
  "codec_names.js",
  "controls.js",
  "elements.js",
  "flv_engine.js",
  "flv_loader.js",
  "hls_engine.js",
  "hls_source.js",
  "live_sync.js",
  "native_hls_engine.js",
  "playback.js",
  "refusal.js",
  "stage.js",
  "state_texts.js",
  "console.html",
  "console.css",
  "console.js",
  "console_api.js",
  "console_clients.js",
  "console_dialogs.js",
  "console_elements.js",
  "console_format.js",
  "console_hooks.js",
  "console_list.js",
  "console_preview.js",
  "console_records.js",
  "console_relays.js",
  "console_server.js",
  "console_stream.js",
  "console_streams.js",
  "favicon.svg",
  "favicon.ico",
] as const;

/** Made of files of npm packages, one after another. */
const PACKAGED = {
  "mpegts.js": ["mpegts.js/dist/mpegts.js"],
  "hls.js": ["hls.js/dist/hls.light.min.mjs"],
  "uplot.js": ["uplot/dist/uPlot.esm.js"],
  "uplot.css": ["uplot/dist/uPlot.min.css"],
  "uplot.LICENSE.txt": ["uplot/LICENSE"],
  // With the licences of what is bundled into them.
  "mpegts.js.LICENSE.txt": ["mpegts.js/LICENSE", "es6-promise/LICENSE", "events/LICENSE"],
  "hls.js.LICENSE.txt": ["hls.js/LICENSE", "url-toolkit/LICENSE", "eventemitter3/LICENSE"],
} as const;

/** The name of an asset. */
export type AssetName = typeof OWN[number] | keyof typeof PACKAGED;

/** All assets. */
export const assetNames: readonly AssetName[] = [
  ...OWN,
  "mpegts.js",
  "mpegts.js.LICENSE.txt",
  "hls.js",
  "hls.js.LICENSE.txt",
  "uplot.js",
  "uplot.css",
  "uplot.LICENSE.txt",
];

/** The contents of an asset. */
export async function readAsset(name: AssetName): Promise<Uint8Array<ArrayBuffer>> {
  if (!isPackaged(name)) return await Deno.readFile(new URL(`assets/${name}`, import.meta.url));
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (const file of PACKAGED[name]) parts.push(await Deno.readFile(packageFile(file)));
  return await new Blob(parts).bytes();
}

/** A package exports its `package.json`, though not always what is next to it. */
function packageFile(file: string): URL {
  const slash = file.indexOf("/");
  return new URL(file.slice(slash + 1), import.meta.resolve(`${file.slice(0, slash)}/package.json`));
}

function isPackaged(name: AssetName): name is keyof typeof PACKAGED {
  return name in PACKAGED;
}
