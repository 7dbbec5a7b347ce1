/**
 * What the new file opens or closes by defaults that differ from those of the old program.
 *
 * @module
 */

import { DEFAULT_VHOST } from "../../core/mod.ts";
import { isLoopbackAddress, LISTEN } from "../types/listen_type.ts";
import type { ConversionNotes, DirectivePlace } from "./conversion_notes.ts";
import type { Directive } from "./srs_conf_parser.ts";
import type { TomlDraft } from "./toml_draft.ts";

/** A converted file that is complete but for the defaults. */
export interface ConvertedDraft {
  readonly draft: TomlDraft;
  readonly notes: ConversionNotes;
  /** The directives of the old file. */
  readonly directives: readonly Directive[];
}

/**
 * HTTP for players is on here, while SRS and nginx have it where they say so: without anything that needs it, it is
 * switched off.
 */
export function completeHttpServer({ draft, notes, directives }: ConvertedDraft): void {
  const { root } = draft;
  const place = { table: root, path: "http_server" };
  const written = root.values.get("http_server.enabled");
  const vhosts = [...draft.vhosts()].filter(([, { values }]) => values.get("enabled") !== "false");
  if (written === undefined) {
    const needed = vhosts.some(([, { values }]) =>
      values.get("hls.enabled") === "true" || values.get("http_remux.enabled") === "true"
    );
    if (!needed) root.values.set("http_server.enabled", "false");
    else {
      const message =
        "players are served by HTTP at all addresses, port 8080, which the old file does not say; " +
        "enabled = false switches it off";
      notes.add(place, firstOf(directives), `http_server: ${message}`);
    }
  } else if (written === "true") {
    const open = vhosts.filter(([, { values }]) =>
      !values.has("hls.enabled") || !values.has("http_remux.enabled")
    );
    if (open.length === 0) return;
    const names = open.map(([name]) => name).join(", ");
    const message = `http_server: HTTP-FLV and HLS are on here unless hls or http_remux of the vhost are ` +
      `switched off, in SRS only where they are switched on (vhost ${names})`;
    notes.add(place, firstOf(directives, ["http_server", "http_stream"]), message);
  }
}

/** SRS refuses every client of a file without vhosts. */
export function noteVhosts({ draft, notes, directives }: ConvertedDraft): void {
  if (draft.vhosts().size > 0) return;
  const message = `no vhost: here ${DEFAULT_VHOST} is open to everybody then, SRS refuses every client`;
  notes.add({ table: draft.root, path: "" }, firstOf(directives), message);
}

/** An API beyond loopback needs credentials here, and one without an address is on loopback alone. */
export function noteApi({ draft, notes, directives }: ConvertedDraft): void {
  const { values } = draft.root;
  if (values.get("http_api.enabled") !== "true") return;
  const place = { table: draft.root, path: "http_api" };
  const own = directives.find(({ name }) => name === "http_api");
  const listen = own?.children?.find(({ name }) => name === "listen");
  const at = listen ?? own ?? firstOf(directives);
  if (!values.has("http_api.listen")) {
    return notes.add(
      place,
      at,
      "http_api: without listen it is at 127.0.0.1:1985 alone, in SRS at all addresses",
    );
  }
  const parsed = LISTEN.fromWords?.(listen?.args ?? []);
  const isLocal = parsed?.ok === true && parsed.value.every(isLoopbackAddress);
  if (isLocal || values.get("http_api.auth.enabled") === "true") return;
  const message =
    "http_api: beyond loopback it wants credentials of all callers, where SRS wants none: a token " +
    "is made at the start, in a file that the log names; http_api.auth, tokens, or listen at 127.0.0.1";
  notes.add(place, at, message);
}

function firstOf(directives: readonly Directive[], names: readonly string[] = []): DirectivePlace {
  const found = directives.find(({ name }) => names.includes(name));
  return found ?? { file: directives[0]?.file, line: 1 };
}
