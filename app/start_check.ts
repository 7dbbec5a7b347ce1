/**
 * What would let a start fail although each value is right by itself: directories that are not there, files that
 * cannot be written, certificates that cannot be used. A server that runs is not disturbed.
 *
 * @module
 */
import { errorChain, errorMessage, type TlsListenOptions, type TlsPair } from "../core/mod.ts";
import { recordRoot } from "../stream/record/mod.ts";
import { checkTlsPair, fileErrorText, readTlsPair } from "../system/mod.ts";
import { tlsListeners } from "./certificates.ts";
import { readTextFile } from "./text_file.ts";
import { dirname, resolve } from "node:path";
import { type Config, type Problem, settingProblem } from "../config/mod.ts";

/** What is wrong with a setting, and the way out. */
interface Finding {
  readonly message: string;
  readonly suggestion: string;
}

/**
 * Find what stops a start.
 *
 * @param config What is to be in force.
 * @param directory Where the process was started.
 */
export function startProblems(config: Config, directory: string): readonly Problem[] {
  const problems: Problem[] = [];
  const report = (path: string, finding: Finding | undefined, vhost?: string): void => {
    if (finding !== undefined) {
      problems.push(settingProblem(config, { path, vhost }, finding.message, finding.suggestion));
    }
  };
  const { workDir, pid } = config.process;
  const base = resolve(directory, workDir);
  const unusable = directoryFinding(base, workDir);
  report("work_dir", unusable);
  if (unusable === undefined) {
    if (pid !== "") report("pid", fileFinding(base, pid, canWrite));
    if (config.log.tank === "file") report("srs_log_file", fileFinding(base, config.log.file, canWrite));
    // Never opened: that would end the locks which a running server has on it.
    const { path, required } = config.hooks.outbox;
    // Where it is not required a start without it is an alarm.
    const outbox = required && hasHooks(config) ? path : "";
    if (outbox !== "") report("hooks.outbox.path", fileFinding(base, outbox, () => undefined));
  }
  for (const [name, files] of tlsListeners(config)) {
    report(`${name}.cert`, pairFinding(files, directory));
  }
  for (const [vhost, options] of config.hooks.vhosts) {
    const { caCert, clientCert, clientKey, proxy } = options;
    if (caCert !== undefined) {
      report(
        "http_hooks.ca_cert",
        clientFinding({ caCerts: [caCert] }, "name a PEM file of certificates"),
        vhost,
      );
    }
    if (clientCert !== undefined && clientKey !== undefined) {
      const finding = clientPairFinding({ cert: clientCert, key: clientKey });
      report("http_hooks.client_cert", finding, vhost);
    }
    if (proxy !== undefined) {
      report("http_hooks.proxy", clientFinding({ proxy: { url: proxy } }, "write http://host:port"), vhost);
    }
  }
  return problems;
}

/**
 * Find what lets a server start and then do less than it is to do.
 *
 * @param config Has passed {@link startProblems}.
 * @param directory Where the process was started.
 */
export function startWarnings(config: Config, directory: string): readonly Problem[] {
  const base = resolve(directory, config.process.workDir);
  const warnings = new Map<string, Problem>();
  for (const [vhost, { enabled, dvr }] of config.rtmp.vhosts) {
    const root = recordRoot(dvr.path) || ".";
    if (!enabled || !dvr.enabled || warnings.has(root)) continue;
    const finding = folderFinding(base, root);
    if (finding === undefined) continue;
    const { message, suggestion } = finding;
    warnings.set(root, settingProblem(config, { path: "dvr.dvr_path", vhost }, message, suggestion));
  }
  return [...warnings.values()];
}

function folderFinding(base: string, name: string): Finding | undefined {
  try {
    canMakeFileIn(nearestDirectory(resolve(base, name)));
    return undefined;
  } catch (error) {
    return {
      message: `Cannot record below ${name}: ${reason(error)}`,
      suggestion: "name a directory that this user may write to",
    };
  }
}

function hasHooks({ hooks }: Config): boolean {
  return [...hooks.vhosts.values()].some(({ enabled, urls }) => enabled && urls.size > 0);
}

function directoryFinding(path: string, name: string): Finding | undefined {
  const suggestion = "make the directory, or name another";
  try {
    // With a dot, which needs the permission to enter.
    if (Deno.statSync(`${path}/.`).isDirectory) return undefined;
    return { message: `Cannot work in ${name}: it is not a directory`, suggestion };
  } catch (error) {
    return { message: `Cannot work in ${name}: ${reason(error)}`, suggestion };
  }
}

/** @param attempt Opens what exists; what it throws is the reason. */
function fileFinding(base: string, name: string, attempt: (path: string) => void): Finding | undefined {
  const path = resolve(base, name);
  const found = statOf(path);
  if (found?.isDirectory) {
    return { message: `Cannot write ${name}: it is a directory`, suggestion: "name a file in it" };
  }
  const suggestion = "name a file in a directory that this user may write to";
  try {
    if (found !== undefined) attempt(path);
    else canMakeFileIn(nearestDirectory(dirname(path)));
    return undefined;
  } catch (error) {
    return { message: `Cannot write ${name}: ${reason(error)}`, suggestion };
  }
}

function canWrite(path: string): void {
  Deno.openSync(path, { append: true }).close();
}

/** Missing directories are made at the start, so the nearest one that is there decides. */
function nearestDirectory(path: string): string {
  const found = statOf(path);
  if (found !== undefined && !found.isDirectory) throw new Error(`${path} is not a directory`);
  return found === undefined && dirname(path) !== path ? nearestDirectory(dirname(path)) : path;
}

function canMakeFileIn(directory: string): void {
  Deno.removeSync(Deno.makeTempFileSync({ dir: directory, prefix: ".srs-check-" }));
}

function statOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    // Missing, or below a file: checking its directory finds out.
    return undefined;
  }
}

function pairFinding(files: Pick<TlsListenOptions, "cert" | "key">, directory: string): Finding | undefined {
  const suggestion = "name a certificate and its own key, as PEM files that this user may read";
  try {
    const pair = readTlsPair(files, (name) => readTextFile(resolve(directory, name), name));
    checkTlsPair(pair, files);
    return undefined;
  } catch (error) {
    return { message: errorMessage(error), suggestion };
  }
}

/** Tried as a listener first: Deno 2.6 aborts the process where a client gets a key that does not fit. */
function clientPairFinding(pair: TlsPair): Finding | undefined {
  const suggestion = "name a certificate and its own key";
  try {
    checkTlsPair(pair, { cert: "client_cert", key: "client_key" });
  } catch (error) {
    return { message: `Cannot be used: ${errorMessage(error)}`, suggestion };
  }
  return clientFinding(pair, suggestion);
}

function clientFinding(options: ClientOptions, suggestion: string): Finding | undefined {
  try {
    Deno.createHttpClient(options).close();
    return undefined;
  } catch (error) {
    return { message: `Cannot be used: ${reason(error)}`, suggestion };
  }
}

type ClientOptions = Parameters<typeof Deno.createHttpClient>[0];

function reason(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) return fileErrorText(error);
  return errorChain(error).replace(/\s*\(os error \d+\).*$/s, "");
}
