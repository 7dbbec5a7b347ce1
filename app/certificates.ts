/**
 * The certificates of this server, as its configuration names them.
 *
 * @module
 */
import { resolve } from "node:path";
import type { Config } from "../config/mod.ts";
import type { Clock, Log, TlsListenerName, TlsListenOptions, TlsPair } from "../core/mod.ts";
import type { MediaCertificates, MediaServer } from "./media_server.ts";
import { type CertificateSource, CertificateStore } from "../system/mod.ts";
import { readTextFile } from "./text_file.ts";

/** Listeners for TLS, and their options. */
export function tlsListeners(
  { rtmp, http }: Config,
): readonly (readonly [TlsListenerName, TlsListenOptions])[] {
  const all: readonly (readonly [TlsListenerName, TlsListenOptions])[] = [
    ["rtmps", rtmp.rtmps],
    ...(http.server.enabled ? [["http_server.https", http.server.https] as const] : []),
    ...(http.api.enabled ? [["http_api.https", http.api.https] as const] : []),
  ];
  return all.filter(([, { enabled }]) => enabled);
}

/** Their files. */
export function certificateSources(config: Config): readonly CertificateSource[] {
  return tlsListeners(config).map(([listener, { cert, key }]) => ({ listener, cert, key }));
}

/**
 * Read the certificates of a configuration.
 *
 * @param directory What the names of files are relative to.
 * @throws {Error} One cannot be used, with its file.
 */
export function openCertificates(
  config: Config,
  directory: string,
  deps: { readonly clock: Clock; readonly log: Log },
): CertificateStore {
  const readFile = (name: string) => readTextFile(resolve(directory, name), name);
  return new CertificateStore(certificateSources(config), {
    ...deps,
    readFile,
    pathOf: (name) => resolve(directory, name),
  });
}

/** Look at the files, and have the listeners use what is new. */
export function followCertificates(
  store: CertificateStore,
  media: Pick<MediaServer, "setCertificates">,
  api: { setCertificate(pair: TlsPair): void },
): void {
  store.watch((listener, pair) => {
    switch (listener) {
      case "rtmps":
        return media.setCertificates({ rtmps: pair });
      case "http_server.https":
        return media.setCertificates({ https: pair });
      case "http_api.https":
        return api.setCertificate(pair);
      default:
        listener satisfies never;
    }
  });
}

/** Those of the media threads. */
export function mediaCertificates(store: Pick<CertificateStore, "pairOf">): MediaCertificates {
  const rtmps = store.pairOf("rtmps");
  const https = store.pairOf("http_server.https");
  return { ...(rtmps === undefined ? {} : { rtmps }), ...(https === undefined ? {} : { https }) };
}
