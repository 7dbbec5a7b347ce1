/**
 * One vhost's HTTP callbacks -> the hooks room's options, with the PEM files read.
 *
 * @module
 */

import { errorMessage, HOOK_EVENT_NAMES, type HookEventName } from "../../core/mod.ts";
import type { VhostHookOptions } from "../../hooks/options.ts";
import type { Diagnostics } from "../problems/diagnostics.ts";
import type { KeySpec } from "../schema/key_spec.ts";
import { HOOK_KEYS, type HookKeyEvent } from "../schema/schema_hooks.ts";
import type { VhostOptions } from "../../stream/admission/options.ts";
import type { SettingReader } from "../schema/setting_reader.ts";
import { SECRETS } from "../types/hook_types.ts";
import { type FileProblem, readSecretFile } from "./secret_file.ts";
import type { FileReader } from "./file_reader.ts";
import { VhostDiagnostics } from "./vhost_diagnostics.ts";

/**
 * Read the hooks of one vhost.
 *
 * @param vhost The vhost's name.
 * @param reader Reads its keys.
 * @param diagnostics Takes what does not fit together.
 * @param files Reads PEM files.
 * @param vhost What SRS has among the keys of HLS and of forwards.
 */
export function buildHooks(
  vhost: string,
  reader: SettingReader,
  diagnostics: Diagnostics,
  files: FileReader,
  { hls: { noticeMaxBytes }, forward }: Pick<VhostOptions, "hls" | "forward">,
): VhostHookOptions {
  const section = new HookSection(vhost, reader, diagnostics, files);
  const { secretsFile, ...settings } = reader.vhostSection(vhost, HOOK_KEYS);
  const urls = new Map<HookEventName, readonly string[]>();
  for (const event of HOOK_KEY_EVENTS) {
    if (settings.urls[event].length > 0) urls.set(event, settings.urls[event]);
  }
  const options = {
    ...settings,
    urls,
    noticeMaxBytes,
    secrets: Object.freeze([...settings.secrets, ...section.secrets(HOOK_KEYS.secretsFile, secretsFile)]),
    caCert: section.pem(HOOK_KEYS.caCert, settings.caCert),
    clientCert: section.pem(HOOK_KEYS.clientCert, settings.clientCert),
    clientKey: section.pem(HOOK_KEYS.clientKey, settings.clientKey),
    proxy: settings.proxy || undefined,
  };
  section.check(options);
  if (!forward.enabled || forward.backend.length === 0) return Object.freeze(options);
  // As in SRS it needs no hooks that are enabled.
  const asked = new Map<HookEventName, readonly string[]>(options.enabled ? urls : []);
  return Object.freeze({ ...options, enabled: true, urls: asked.set("on_forward", forward.backend) });
}

const HOOK_KEY_EVENTS: readonly HookKeyEvent[] = HOOK_EVENT_NAMES.filter((event) => event !== "on_forward");

/** The `http_hooks` section of one vhost. */
class HookSection {
  readonly #diagnostics: VhostDiagnostics;
  readonly #files: FileReader;

  constructor(vhost: string, reader: SettingReader, diagnostics: Diagnostics, files: FileReader) {
    this.#diagnostics = new VhostDiagnostics(vhost, reader, diagnostics);
    this.#files = files;
  }

  /** The text of the PEM file that a key names. */
  pem(key: KeySpec<string>, path: string): string | undefined {
    if (path === "") return undefined;
    try {
      const text = this.#files.readFile?.(path);
      if (text === undefined) this.#diagnostics.problem(key, `Cannot read ${path}: files are not read here`);
      else if (!text.includes("-----BEGIN ")) this.#diagnostics.problem(key, `${path} is not a PEM file`);
      return text;
    } catch (error) {
      const reason = errorMessage(error);
      this.#diagnostics.problem(key, `Cannot read ${path}: ${reason}`);
      return undefined;
    }
  }

  /** The secrets in the file that a key names. */
  secrets(key: KeySpec<string>, path: string): readonly string[] {
    const problem: FileProblem = (message, suggestion) => this.#diagnostics.problem(key, message, suggestion);
    return readSecretFile(path, SECRETS, this.#files, problem) ?? [];
  }

  /** What is right key by key can still make no sense together. */
  check(options: VhostHookOptions): void {
    const { enabled, urls, timeoutMs, askTimeoutMs, updateIntervalMs } = options;
    const first = HOOK_KEY_EVENTS.find((event) => urls.has(event));
    if (enabled && first === undefined) {
      this.#diagnostics.warning(
        HOOK_KEYS.enabled,
        "The hooks are enabled, but no event has an address",
        "set on_publish",
      );
    }
    if (!enabled && first !== undefined) {
      this.#diagnostics.warning(
        HOOK_KEYS.urls[first],
        "Nothing is called: http_hooks.enabled is off",
        "set enabled = true",
      );
    }
    if (enabled && askTimeoutMs < timeoutMs) {
      this.#diagnostics.warning(
        HOOK_KEYS.askTimeoutMs,
        "ask_timeout is shorter than timeout, which is then never reached",
      );
    }
    if (enabled && updateIntervalMs > 0 && !urls.has("on_update")) {
      this.#diagnostics.warning(
        HOOK_KEYS.updateIntervalMs,
        "update_interval has no effect without on_update",
      );
    }
    if ((options.clientCert === undefined) !== (options.clientKey === undefined)) {
      const key = options.clientCert === undefined ? HOOK_KEYS.clientKey : HOOK_KEYS.clientCert;
      this.#diagnostics.problem(key, "client_cert and client_key need each other");
    }
  }
}
