/**
 * What operators and their programs look at: the API and the exporter, put together.
 *
 * @module
 */
import { resolve } from "node:path";
import type { ListenAddress, Log, TlsPair } from "../core/mod.ts";
import type { Config } from "../config/mod.ts";
import { type ApiDeps, type ApiOptions, ApiServer, ExporterServer } from "../http/mod.ts";
import { type CertificateStore, refuseTakenPorts } from "../system/mod.ts";
import { apiDeps, type Shown } from "./api_deps.ts";
import { API_TOKEN_FILE, hasCredentials, needsToken, withApiToken } from "./api_token.ts";
import { isListenError, listenersFailure } from "./listen_failure.ts";
import { STOPS } from "./media_server.ts";

/** Where it listens. */
export interface ManagementAddresses {
  readonly api: readonly ListenAddress[];
  /** Empty where the API is not served by HTTPS. */
  readonly apiTls: readonly ListenAddress[];
  readonly exporter: readonly ListenAddress[];
}

/** Where it is wanted to listen; what is switched off listens nowhere. */
export function wantedManagement({ http: { api, exporter } }: Config): ManagementAddresses {
  return {
    api: api.enabled ? api.listen : [],
    apiTls: api.enabled && api.https.enabled ? api.https.listen : [],
    exporter: exporter.enabled ? exporter.listen : [],
  };
}

/** What listens. */
export class Management {
  readonly #deps: ApiDeps;
  readonly #certificates: CertificateStore;
  #config: Config;
  /** Absent while there has never been one. */
  #api: ApiServer | undefined;
  #exporter: ExporterServer | undefined;
  /** Credentials of the configuration that comes next, where the present one has none. */
  #ahead: ApiOptions["auth"] | undefined;
  /** Options that ask for no credentials, which come once nobody from elsewhere is connected. */
  #opening: ApiOptions | undefined;
  #draining = false;
  #isClosed = false;

  /**
   * Listen with what is switched on.
   *
   * @throws {Error} When one cannot listen or the API's token cannot be kept, with the way out; none listens then.
   */
  constructor(shown: Shown) {
    const { config, log, certificates, takesOver } = shown;
    const { http: { api, exporter } } = config;
    this.#config = config;
    this.#certificates = certificates;
    this.#deps = apiDeps(shown, () => this.#config, () => this.#draining);
    const guarded = withApiToken(api);
    this.#warnOfToken(config, log);
    if (api.enabled) {
      this.#api = listening(
        "the API",
        "http_api.listen",
        api.listen,
        { takesOver },
        () => this.#serveApi(guarded),
      );
    }
    if (!exporter.enabled) return;
    try {
      this.#exporter = listening(
        "the exporter",
        "exporter.listen",
        exporter.listen,
        { takesOver },
        () => this.#serveExporter(exporter.listen),
      );
    } catch (error) {
      void this.#api?.close();
      throw error;
    }
  }

  /** Where both listen, with the ports that the system chose. */
  get addresses(): ManagementAddresses {
    const api = this.#api;
    return {
      api: api?.addresses ?? [],
      apiTls: api?.tlsAddresses ?? [],
      exporter: this.#exporter?.addresses ?? [],
    };
  }

  /**
   * Clients of the API by HTTPS that connect from now on get this certificate.
   *
   * @throws {Error} It cannot be used; the old one stays.
   */
  setCertificate(pair: TlsPair): void {
    this.#api?.setCertificate(pair);
  }

  /**
   * Ask for the credentials of another configuration before it is in force, where none are asked for now: no address
   * that it adds is ever without them.
   *
   * @param api Of that configuration, with the token where one is needed.
   * @returns Takes that back.
   */
  guardAhead({ auth }: ApiOptions): () => void {
    const before = this.#config.http.api;
    if (hasCredentials(before) || needsToken(before)) return () => {};
    this.#ahead = auth;
    this.#api?.replaceOptions({ ...before, auth });
    return () => {
      this.#ahead = undefined;
      this.#api?.replaceOptions(before);
    };
  }

  /**
   * Listen there too.
   *
   * @param pair What HTTPS identifies itself with from here on; absent: it is off.
   * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listen`: what was opened before the failure listens until
   * {@link Management.keepListeners}. After {@link Management.close} it throws {@link STOPS}.
   */
  openListeners({ api, apiTls, exporter }: ManagementAddresses, pair: TlsPair | undefined): void {
    if (this.#isClosed) throw new Error(STOPS);
    if (api.length + apiTls.length > 0) {
      const { http } = this.#config;
      const https = { ...http.api.https, enabled: false };
      this.#api ??= this.#serveApi({ ...http.api, auth: this.#ahead ?? http.api.auth, listen: [], https });
      if (pair !== undefined && this.#api.tlsAddresses.length === 0) this.#api.setCertificate(pair);
      this.#api.open({ listen: api, proxyListen: [], tls: apiTls });
    }
    if (exporter.length === 0) return;
    this.#exporter ??= this.#serveExporter([]);
    this.#exporter.open(exporter);
  }

  /** Listen nowhere else. Resolves when the other addresses are free; connections stay. */
  async keepListeners({ api, apiTls, exporter }: ManagementAddresses): Promise<void> {
    await Promise.all([
      this.#api?.keep({ listen: api, proxyListen: [], tls: apiTls }),
      this.#exporter?.keep(exporter),
    ]);
    const opening = this.#opening;
    if (opening === undefined) return;
    this.#opening = undefined;
    this.#api?.endConnections();
    this.#api?.replaceOptions(opening);
  }

  /**
   * Another configuration is in force from here on; where it listens stays as it is. One that gives up the API's
   * credentials does so with the next {@link Management.keepListeners}: until then clients from elsewhere may be there.
   *
   * @param api Of that configuration, with the token where one is needed.
   */
  replaceOptions(config: Config, api: ApiOptions, log: Log): void {
    const before = this.#config.http.api;
    const needed = needsToken(before);
    this.#config = config;
    this.#ahead = undefined;
    if (!needed) this.#warnOfToken(config, log);
    if ((needed || hasCredentials(before)) && !hasCredentials(api)) this.#opening = api;
    else this.#api?.replaceOptions(api);
  }

  /** The server is stopping: load balancers are to send nobody more. */
  drain(): void {
    this.#draining = true;
  }

  /** The end, which could be watched until here. Settles in a second at the latest. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#api?.close(), this.#exporter?.close()]);
  }

  #serveApi(api: ApiOptions): ApiServer {
    const { reusePort } = this.#config.process;
    return ApiServer.listen({ ...api, reusePort }, this.#deps, this.#certificates.pairOf("http_api.https"));
  }

  #serveExporter(listen: readonly ListenAddress[]): ExporterServer {
    const { clock, media, metrics: page, limits, log } = this.#deps;
    const { reusePort } = this.#config.process;
    return ExporterServer.listen(listen, { clock, media, page, limits, log, reusePort });
  }

  #warnOfToken({ http: { api } }: Config, log: Log): void {
    if (!needsToken(api)) return;
    log.write("warn", undefined, "The API listens beyond loopback: callers need the token of this file", {
      file: resolve(API_TOKEN_FILE),
    });
  }
}

/** What `listen` gives; a failure names the key and the way out. */
function listening<T>(
  what: string,
  key: string,
  addresses: readonly ListenAddress[],
  { takesOver }: Pick<Shown, "takesOver">,
  listen: () => T,
): T {
  try {
    if (!takesOver) refuseTakenPorts(addresses);
    return listen();
  } catch (error) {
    if (!isListenError(error)) throw error;
    throw new Error(listenersFailure(what, addresses, key, error));
  }
}
