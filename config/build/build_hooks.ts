/**
 * One vhost's HTTP callbacks -> the hooks room's options, with the PEM files read.
 *
 * @module
 */

import { HOOK_EVENT_NAMES, type HookEventName } from "../../core/mod.ts";
import type { VhostHookOptions } from "../../hooks/options.ts";
import type { Diagnostics } from "../problems/diagnostics.ts";
import type { KeySpec } from "../schema/key_spec.ts";
import { HOOK_KEYS, HOOK_URL_KEYS } from "../schema/schema_hooks.ts";
import type { SettingReader } from "../schema/setting_reader.ts";
import { VhostDiagnostics } from "./vhost_diagnostics.ts";

/** What reads the files that keys name. */
export interface FileReader {
  readFile?(path: string): string;
}

/**
 * Read the hooks of one vhost.
 *
 * @param vhost The vhost's name.
 * @param reader Reads its keys.
 * @param diagnostics Told of what does not fit together.
 * @param files Reads PEM files.
 */
export function buildHooks(
  vhost: string,
  reader: SettingReader,
  diagnostics: Diagnostics,
  files: FileReader,
): VhostHookOptions {
  const section = new HookSection(vhost, reader, diagnostics, files);
  const enabled = section.get(HOOK_KEYS.enabled);
  const urls = new Map<HookEventName, readonly string[]>();
  for (const event of HOOK_EVENT_NAMES) {
    const addresses = section.get(HOOK_URL_KEYS[event]);
    if (addresses.length > 0) urls.set(event, addresses);
  }
  const options = {
    enabled,
    urls,
    payload: section.get(HOOK_KEYS.payload),
    timeoutMs: section.get(HOOK_KEYS.timeout),
    askTimeoutMs: section.get(HOOK_KEYS.askTimeout),
    onError: section.get(HOOK_KEYS.onError),
    lastTtlMs: section.get(HOOK_KEYS.lastTtl),
    cacheTtlMs: section.get(HOOK_KEYS.cacheTtl),
    updateIntervalMs: section.get(HOOK_KEYS.updateInterval),
    breakerFailures: section.get(HOOK_KEYS.breakerFailures),
    breakerOpenMs: section.get(HOOK_KEYS.breakerOpen),
    maxConcurrency: section.get(HOOK_KEYS.maxConcurrency),
    secrets: section.get(HOOK_KEYS.secrets),
    headers: section.get(HOOK_KEYS.headers),
    caCert: section.pem(HOOK_KEYS.caCert),
    clientCert: section.pem(HOOK_KEYS.clientCert),
    clientKey: section.pem(HOOK_KEYS.clientKey),
    proxy: section.get(HOOK_KEYS.proxy) || undefined,
    mode: section.get(HOOK_KEYS.mode),
  };
  section.check(options);
  return Object.freeze(options);
}

/** The `http_hooks` section of one vhost. */
class HookSection {
  readonly #vhost: string;
  readonly #reader: SettingReader;
  readonly #diagnostics: VhostDiagnostics;
  readonly #files: FileReader;

  constructor(vhost: string, reader: SettingReader, diagnostics: Diagnostics, files: FileReader) {
    this.#vhost = vhost;
    this.#reader = reader;
    this.#diagnostics = new VhostDiagnostics(vhost, reader, diagnostics);
    this.#files = files;
  }

  get<T>(key: KeySpec<T>): T {
    return this.#reader.vhost(this.#vhost, key);
  }

  /** The text of the PEM file that a key names. */
  pem(key: KeySpec<string>): string | undefined {
    const path = this.get(key);
    if (path === "") return undefined;
    try {
      const text = this.#files.readFile?.(path);
      if (text === undefined) this.#diagnostics.problem(key, `Cannot read ${path}: files are not read here`);
      else if (!text.includes("-----BEGIN ")) this.#diagnostics.problem(key, `${path} is not a PEM file`);
      return text;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#diagnostics.problem(key, `Cannot read ${path}: ${reason}`);
      return undefined;
    }
  }

  /** What is right key by key can still make no sense together. */
  check(options: VhostHookOptions): void {
    const { enabled, urls, timeoutMs, askTimeoutMs, updateIntervalMs } = options;
    const first = urls.keys().next().value;
    if (enabled && first === undefined) {
      this.#diagnostics.warning(
        HOOK_KEYS.enabled,
        "The hooks are enabled, but no event has an address",
        "set on_publish",
      );
    }
    if (!enabled && first !== undefined) {
      this.#diagnostics.warning(
        HOOK_URL_KEYS[first],
        "Nothing is called: http_hooks.enabled is off",
        "set enabled = true",
      );
    }
    if (enabled && askTimeoutMs < timeoutMs) {
      this.#diagnostics.warning(
        HOOK_KEYS.askTimeout,
        "ask_timeout is shorter than timeout, which is then never reached",
      );
    }
    if (enabled && updateIntervalMs > 0 && !urls.has("on_update")) {
      this.#diagnostics.warning(HOOK_KEYS.updateInterval, "update_interval has no effect without on_update");
    }
    if ((options.clientCert === undefined) !== (options.clientKey === undefined)) {
      const key = options.clientCert === undefined ? HOOK_KEYS.clientKey : HOOK_KEYS.clientCert;
      this.#diagnostics.problem(key, "client_cert and client_key need each other");
    }
  }
}
