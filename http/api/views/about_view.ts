/**
 * What this program is: version, license, and what it can do. Pure.
 *
 * @module
 */
import type { JsonObject } from "../reply.ts";
import { count, flag, object, type Schema, text } from "../schema/json_schema.ts";

/** `data` of versions. */
export const VERSION: Schema = object({
  major: count("The first number."),
  minor: count("The second one."),
  revision: count("The third one."),
  version: text("All of it."),
});

/** Version as numbers and text. */
export function versionView(version: string): JsonObject {
  const [major = 0, minor = 0, revision = 0] = version.split(/[.-]/).map(Number);
  return { major, minor, revision, version };
}

/** `data` of authors. */
export const AUTHORS: Schema = object({
  license: text("Its name."),
  contributors: text("Where they are named."),
});

/** Who wrote it. */
export const authorsView: JsonObject = Object.freeze({ license: "MIT", contributors: "LICENSE" });

/** By SRS's names; what is false is not in this program. */
const FEATURES = Object.freeze({
  ssl: true,
  hls: true,
  hds: false,
  callback: true,
  api: true,
  httpd: true,
  dvr: true,
  transcode: false,
  ingest: false,
  stat: true,
  caster: false,
  complex_send: true,
  tcp_nodelay: true,
  so_sendbuf: false,
  mr: false,
});

/** `data` of features. */
export const FEATURES_SCHEMA: Schema = object({
  options: text("Empty: nothing is chosen when it is built."),
  options2: text("The same."),
  build: text("The version."),
  build2: text("The version."),
  features: object(Object.fromEntries(Object.keys(FEATURES).map((name) => [name, flag("Whether it can.")]))),
});

/** What it can do. */
export function featuresView(version: string): JsonObject {
  return { options: "", options2: "", build: version, build2: version, features: FEATURES };
}
