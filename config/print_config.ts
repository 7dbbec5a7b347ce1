/**
 * Writes the configuration in force as TOML, each value with its origin.
 *
 * @module
 */

import type { Config, Setting, SettingOrigin } from "./config.ts";
import { showPath } from "./problems/diagnostics.ts";
import { nameOf, sectionOf } from "./schema/schema.ts";

/**
 * The configuration as TOML that loads again to the same. Values with secrets are the exception: they are masked
 * and commented out, so that the text can be shown around and never carries a mask into a server.
 *
 * @param config What is in force.
 * @returns Lines, the last one ended.
 */
export function printConfig(config: Config): string {
  const lines: string[] = [];
  let header = "";
  for (const setting of config.settings) {
    const next = headerOf(setting);
    if (next !== header) {
      lines.push("", next);
      header = next;
    }
    lines.push(settingLine(setting));
  }
  return `${lines.join("\n")}\n`;
}

function headerOf(setting: Setting): string {
  const section = sectionOf(setting);
  const parts = section === "" ? [] : section.split(".");
  const base = setting.vhost === undefined ? [] : ["vhost", setting.vhost];
  const path = [...base, ...parts];
  return path.length === 0 ? "" : `[${showPath(path)}]`;
}

function settingLine(setting: Setting): string {
  const name = nameOf(setting);
  const origin = showOrigin(setting.origin);
  if (setting.masked === undefined) return `${name} = ${setting.toml} # ${origin}`;
  return `# ${name} = ${setting.masked} # masked, ${origin}`;
}

/** Where a value came from, for people. */
export function showOrigin(origin: SettingOrigin): string {
  switch (origin.kind) {
    case "default":
      return "default";
    case "inherited":
      return "default, the root's";
    case "environment":
      return origin.name;
    case "file": {
      const file = (origin.file ?? "file").replaceAll(/\p{Cc}/gu, "?");
      return origin.line === undefined ? file : `${file}:${origin.line}`;
    }
    default:
      return origin satisfies never;
  }
}
