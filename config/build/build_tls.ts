/**
 * The options of a listener for TLS.
 *
 * @module
 */

import type { TlsListenOptions } from "../../core/mod.ts";
import type { HttpsListenOptions } from "../../http/options.ts";
import type { Diagnostics } from "../problems/diagnostics.ts";
import { sectionOf } from "../schema/schema.ts";
import type { HttpsKeys, TlsKeys } from "../schema/schema_tls.ts";
import type { SettingReader } from "../schema/setting_reader.ts";
import { RootDiagnostics } from "./root_diagnostics.ts";

/**
 * Put the options together. The files are not read: who listens does, again and again.
 *
 * @param keys Those of the section.
 */
export function buildTls(keys: TlsKeys, reader: SettingReader, diagnostics: Diagnostics): TlsListenOptions {
  const section = sectionOf(keys.enabled);
  const enabled = reader.root(keys.enabled, { default: reader.hasSection(section) });
  const listen = reader.root(keys.listen);
  const cert = reader.root(keys.cert);
  const key = reader.root(keys.key);
  if (enabled && (cert === "" || key === "")) {
    const missing = cert === "" ? keys.cert : keys.key;
    const message = `${section} needs a certificate and its private key`;
    new RootDiagnostics(reader, diagnostics).problem(missing, message, "name two PEM files: cert and key");
  }
  return Object.freeze({ enabled, listen, cert, key });
}

/** The same for HTTPS. */
export function buildHttps(
  keys: HttpsKeys,
  reader: SettingReader,
  diagnostics: Diagnostics,
): HttpsListenOptions {
  return Object.freeze({ ...buildTls(keys, reader, diagnostics), http2: reader.root(keys.http2) });
}
