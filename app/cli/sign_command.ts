/**
 * `srs sign`: the address of a stream with a signature that the server takes.
 *
 * @module
 */
import type { SignCommand } from "./command.ts";
import { printError, printLine } from "../../system/log/mod.ts";
import { machineEnvironment } from "../../rtmp/mod.ts";
import { signStreamUrl } from "../../stream/admission/mod.ts";
import { ConfigSource } from "../config_source.ts";
import { SystemClock } from "../../system/mod.ts";

/**
 * Print the signed address.
 *
 * @throws `ConfigError`, or an error that says what is missing.
 */
export function signUrl({ file, url, action, validSeconds, ip }: SignCommand): void {
  const { config } = new ConfigSource(file).load();
  const expires = Math.floor(new SystemClock().wallNow() / 1000) + validSeconds;
  const { hmacSha256 } = machineEnvironment();
  const signed = signStreamUrl(config.rtmp, { url, action, expires, ip, hmacSha256 });
  printLine(signed.url);
  if (!signed.wanted) {
    printError(`Warning: vhost ${signed.vhost} takes it and asks for none: set access.signed_${action}`);
  }
}
