/**
 * `srs`: configuration, log, hooks and listeners put together, until a signal asks for the end.
 *
 * @module
 */
import { type Config, formatProblem, type LoadedConfig } from "../config/mod.ts";
import { type Clock, DEFAULT_VHOST, errorChain, errorStack } from "../core/mod.ts";
import { HookService } from "../hooks/mod.ts";
import { HlsDisk } from "../http/mod.ts";
import { Logger, printLine } from "../system/log/mod.ts";
import type { MediaServer } from "./media_server.ts";
import { SystemClock } from "../system/mod.ts";
import { BanStore } from "./ban_store.ts";
import { addressText, banner } from "./banner.ts";
import { followCertificates, openCertificates } from "./certificates.ts";
import { ConfigSource } from "./config_source.ts";
import { Draining } from "./draining.ts";
import { UncaughtErrors } from "./uncaught_errors.ts";
import { Followers } from "./followers.ts";
import { Management, type Shown } from "./management.ts";
import { listenMedia } from "./listen_media.ts";
import { fileNeeds, openableFiles, openFilesWarning } from "./open_files.ts";
import { PidFile } from "./pid_file.ts";
import { giveUpEnvironment } from "./process_environment.ts";
import { logConfigCheck } from "./config_check.ts";
import { ServerIdentity, withServerId } from "./server_id.ts";
import { RecordingAccount } from "./recording_account.ts";
import { RecordingLibrary } from "./recording_library.ts";
import { RecordingPruner } from "./recording_pruner.ts";
import { sayStopped, type Shutdown, shutDown } from "./shutdown.ts";
import { Signals } from "./signals.ts";
import { VERSION } from "./version.ts";
import { vhostLines } from "./vhost_lines.ts";

/** How long an impatient end waits for the log, milliseconds. */
const LAST_FLUSH_MS = 200;

/** Exit code of a second signal, as a shell reports a process that a SIGINT ended. */
const EXIT_INTERRUPTED = 130;

/** What is there before anything listens. */
interface Base {
  readonly log: Logger;
  readonly clock: Clock;
}

/**
 * Serve until a signal comes.
 *
 * @param file The configuration file, `undefined` for the defaults.
 * @returns When all ends are delivered, or their time is up.
 * @throws `ConfigError`, or an error that names what could not be started and the way out.
 */
export async function serve(file: string | undefined): Promise<void> {
  const source = new ConfigSource(file);
  const loaded = source.loadForStart();
  giveUpEnvironment();
  changeDirectory(loaded.config.process.workDir);
  using identity = ServerIdentity.claim(loaded.config.rtmp.serverId);
  const config = withServerId(loaded.config, identity.id);

  const needs = fileNeeds(config);
  const fileWarning = openFilesWarning(needs, openableFiles(needs.connections + needs.others));

  const clock = new SystemClock();
  const log = await Logger.open(config.log, { clock });
  using _faults = new UncaughtErrors((error, count) => {
    log.write("error", undefined, `Bug: ${errorStack(error)}`, { faults: count });
  });
  if (identity.notice !== undefined) log.write("warn", undefined, identity.notice);
  if (fileWarning !== undefined) log.write("warn", undefined, fileWarning);
  let shutdown: Shutdown;
  try {
    shutdown = await run(source, { ...loaded, config }, { log, clock });
  } catch (error) {
    if (config.log.tank === "file") log.write("error", undefined, errorChain(error));
    await log.close();
    throw error;
  }
  await sayStopped({ log, clock }, shutdown);
}

async function run(
  source: ConfigSource,
  { config, warnings }: LoadedConfig,
  { log, clock }: Base,
): Promise<Shutdown> {
  for (const warning of warnings) log.write("warn", undefined, `Configuration: ${formatProblem(warning)}`);
  const stop = Promise.withResolvers<Deno.Signal>();
  let draining: Draining | undefined;
  using _signals = new Signals({
    stop: (signal) => stop.resolve(signal),
    // Before it listens there is nothing to drain: it stops.
    drain: (signal) => draining?.start(signal) ?? false,
    abort: (signal) => abort(signal, { log, clock }),
    reopenLog: () => reopenLog(log),
    checkConfig: () => logConfigCheck(source, log),
  });
  const certificates = openCertificates(config, source.directory, { clock, log });
  using bans = BanStore.open({ clock, failed: (notice) => log.write("error", undefined, notice) });
  const hooks = await HookService.open(config.hooks, { log, clock });
  const isRecording = [...config.rtmp.vhosts.values()].some(({ dvr }) => dvr.enabled);
  const { recordings: reports, serviceId: owner } = hooks;
  const followers = new Followers(config, owner, clock);
  const recordings = RecordingAccount.open(isRecording, { log, reports, events: followers, clock, owner });
  try {
    await using disk = openHlsDisk(config, { hooks, followers }, { log, clock });
    const shown = { hooks, bans, followers, recordings, certificates, log, clock };
    const rtmp = await listenMedia(config, { ...shown, sink: disk });
    bans.follow((list) => rtmp.setBans(list), followers);
    using drain = draining = new Draining({ media: rtmp, log, clock, graceMs: config.process.graceDrainMs });
    const library = new RecordingLibrary({ account: recordings, media: rtmp, clock });
    using _pruner = new RecordingPruner(config.rtmp.vhosts, { account: recordings, library, log, clock });
    const management = await manageOrDrain({ ...shown, config, rtmp, recordings: library, draining: drain });
    followCertificates(certificates, rtmp, management);
    const pidFile = await PidFile.write(
      config.process.pid,
      (message) => log.write("error", undefined, message),
    );
    announce(config, source.file, { rtmp, management, outboxAlarm: hooks.snapshot().outbox.alarm }, log);
    const cause = await Promise.race([stop.promise, drain.over.then(() => undefined)]);
    const shutdown = await shutDown(cause, {
      config,
      rtmp,
      hooks,
      disk,
      management,
      log,
      clock,
    });
    await pidFile?.remove();
    return shutdown;
  } finally {
    certificates.close();
    recordings.close();
    await hooks.close();
  }
}

function openHlsDisk(
  { rtmp: { vhosts }, hooks, http: { api } }: Config,
  { hooks: service, followers }: Pick<Shown, "hooks" | "followers">,
  base: Base,
): HlsDisk {
  const events = ["on_hls", "on_hls_notify"] as const;
  const reported = [...hooks.vhosts].filter(([, { enabled, urls }]) =>
    enabled && events.some((event) => urls.has(event))
  );
  return new HlsDisk({
    ...base,
    vhosts,
    publications: followers.publications(service.publications),
    reported: new Set(api.enabled ? vhosts.keys() : reported.map(([vhost]) => vhost)),
    cwd: Deno.cwd(),
  });
}

/** The API and the exporter, or what kept them from listening when RTMP has ended in order. */
async function manageOrDrain(shown: Shown): Promise<Management> {
  try {
    return new Management(shown);
  } catch (error) {
    await shown.rtmp.drain();
    throw error;
  }
}

/** What listens. */
interface Listening {
  readonly rtmp: MediaServer;
  readonly management: Management;
  /** What keeps the outbox from its file. */
  readonly outboxAlarm: string | undefined;
}

/** People get the banner; a log that is read by programs stays what they can read. */
function announce(config: Config, configFile: string | undefined, listening: Listening, log: Logger): void {
  const { rtmp, management: { addresses: { api, apiTls, exporter } } } = listening;
  const runtime = `Deno ${Deno.version.deno}`;
  if (config.log.format === "text") {
    const command = Deno.build.standalone ? "srs" : "deno task start";
    const lines = banner({
      version: VERSION,
      runtime,
      command,
      ...rtmp.addresses,
      player: config.http.server.player,
      hls: config.rtmp.vhosts.get(DEFAULT_VHOST)?.hls.enabled ?? false,
      api,
      configFile,
      vhosts: vhostLines(config),
      outboxAlarm: listening.outboxAlarm,
    });
    try {
      for (const line of lines) printLine(line);
    } catch (error) {
      // A full disk behind the standard output must not stop the server.
      log.write("warn", undefined, "Cannot print what to type next", { error: String(error) });
    }
  }
  const { serverId } = config.rtmp;
  log.write("trace", undefined, "Started", { version: VERSION, runtime, pid: Deno.pid, server_id: serverId });
  for (const address of rtmp.addresses.rtmp) {
    log.write("trace", undefined, "Listening for RTMP", { address: addressText(address) });
  }
  for (const address of rtmp.addresses.rtmpProxied) {
    log.write("trace", undefined, "Listening for RTMP of proxies", { address: addressText(address) });
  }
  for (const address of rtmp.addresses.httpProxied) {
    log.write("trace", undefined, "Listening for HTTP of proxies", { address: addressText(address) });
  }
  for (const address of rtmp.addresses.rtmps) {
    log.write("trace", undefined, "Listening for RTMPS", { address: addressText(address) });
  }
  for (const address of rtmp.addresses.http) {
    log.write("trace", undefined, "Listening for players by HTTP", { address: addressText(address) });
  }
  for (const address of rtmp.addresses.https) {
    log.write("trace", undefined, "Listening for players by HTTPS", { address: addressText(address) });
  }
  for (const address of apiTls) {
    log.write("trace", undefined, "Listening for the API by HTTPS", { address: addressText(address) });
  }
  for (const address of api) {
    log.write("trace", undefined, "Listening for the API", { address: addressText(address) });
  }
  for (const address of exporter) {
    log.write("trace", undefined, "Listening for Prometheus", { address: addressText(address) });
  }
}

function changeDirectory(directory: string): void {
  try {
    Deno.chdir(directory);
  } catch (error) {
    throw new Error(`Cannot work in ${directory}, which work_dir names`, { cause: error });
  }
}

function abort(signal: Deno.Signal, { log, clock }: Base): void {
  log.write("warn", undefined, "Stopping at once: a second signal came", { signal });
  const exit = () => Deno.exit(EXIT_INTERRUPTED);
  clock.setTimeout(exit, LAST_FLUSH_MS);
  log.flush().then(exit);
}

async function reopenLog(log: Logger): Promise<void> {
  await log.reopen();
  log.write("trace", undefined, "Log file reopened");
}
