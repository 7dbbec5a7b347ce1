/**
 * `srs`: configuration, log, hooks and listeners put together, until a signal asks for the end.
 *
 * @module
 */
import { type Config, formatProblem, type LoadedConfig } from "../config/mod.ts";
import { type Clock, errorChain, errorStack, type ReloadOutcome } from "../core/mod.ts";
import { HookService } from "../hooks/mod.ts";
import { Logger } from "../system/log/mod.ts";
import { SystemClock } from "../system/mod.ts";
import { BanStore } from "./ban_store.ts";
import { announce } from "./announce.ts";
import { followCertificates, openCertificates } from "./certificates.ts";
import { ConfigSource } from "./config_source.ts";
import { Draining } from "./draining.ts";
import { UncaughtErrors } from "./uncaught_errors.ts";
import { Followers } from "./followers.ts";
import { openHlsDisk } from "./hls_disk.ts";
import type { Shown } from "./api_deps.ts";
import { Management } from "./management.ts";
import { Reloader } from "./reload/reloader.ts";
import { RunningServer } from "./reload/running_server.ts";
import { listenMedia } from "./listen_media.ts";
import { fileNeeds, openableFiles, openFilesWarning } from "./open_files.ts";
import { PidFile } from "./pid_file.ts";
import { giveUpEnvironment } from "./process_environment.ts";
import type { MediaServer } from "./media_server.ts";
import { readServiceManager, ServiceManager, type ServiceManagerFacts } from "./service_manager.ts";
import { ServerIdentity, withServerId } from "./server_id.ts";
import { RecordingAccount } from "./recording_account.ts";
import { RecordingLibrary } from "./recording_library.ts";
import { RecordingPruner } from "./recording_pruner.ts";
import { sayStopped, type Shutdown, shutDown } from "./shutdown.ts";
import { ProcessTakeover, type TakeoverEnd } from "./takeover/takeover.ts";
import { TakeoverDoor, type TakeoverDoorDeps } from "./takeover/takeover_door.ts";
import { Signals } from "./signals.ts";
import { VERSION } from "./version.ts";

/** How long an impatient end waits for the log, milliseconds. */
const LAST_FLUSH_MS = 200;

/** Exit code of a second signal, as a shell reports a process that a SIGINT ended. */
const EXIT_INTERRUPTED = 130;

/** What is there before anything listens. */
interface Base {
  readonly log: Logger;
  readonly clock: Clock;
}

/** How a server starts. */
export interface ServeOptions {
  /** The configuration file, `undefined` for the defaults. */
  readonly file: string | undefined;
  /** Take over from the process that serves. */
  readonly takeover: boolean;
}

/** Who this process is. */
interface Start extends Base {
  readonly identity: ServerIdentity;
  /** Absent: it takes over from nobody. */
  readonly takeover: ProcessTakeover | undefined;
  /** Absent: nobody wants to be notified. */
  readonly manager: ServiceManagerFacts | undefined;
}

/**
 * Serve until a signal comes.
 *
 * @returns When all ends are delivered, or their time is up.
 * @throws `ConfigError`, or an error that names what could not be started and the way out.
 */
export async function serve({ file, takeover: isTakeover }: ServeOptions): Promise<void> {
  const source = new ConfigSource(file);
  const loaded = source.loadForStart();
  const manager = readServiceManager((name) => Deno.env.get(name), Deno.pid);
  giveUpEnvironment();
  changeDirectory(loaded.config.process.workDir);
  const clock = new SystemClock();
  const { process, rtmp: { serverId } } = loaded.config;
  using takeover = isTakeover ? await ProcessTakeover.begin(process, clock) : undefined;
  using identity = takeover === undefined
    ? ServerIdentity.claim(serverId)
    : ServerIdentity.inherit(takeover.from.serverId, serverId, clock);
  const config = withServerId(loaded.config, identity.id);

  const needs = fileNeeds(config);
  const fileWarning = openFilesWarning(needs, openableFiles(needs.connections + needs.others));

  const log = await Logger.open(config.log, { clock });
  using _faults = new UncaughtErrors((error, count) => {
    log.write("error", undefined, `Bug: ${errorStack(error)}`, { faults: count });
  });
  if (identity.notice !== undefined) log.write("warn", undefined, identity.notice);
  if (fileWarning !== undefined) log.write("warn", undefined, fileWarning);
  let shutdown: Shutdown;
  try {
    shutdown = await run(source, { ...loaded, config }, { log, clock, identity, takeover, manager });
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
  { log, clock, identity, takeover, manager }: Start,
): Promise<Shutdown> {
  for (const warning of warnings) log.write("warn", undefined, `Configuration: ${formatProblem(warning)}`);
  const stop = Promise.withResolvers<Deno.Signal | undefined>();
  let isStopped = false;
  let draining: Draining | undefined;
  let notifier: ServiceManager | undefined;
  let pidFile: PidFile | undefined;
  const notified = (reload: () => Promise<ReloadOutcome>) => notifier?.during(reload) ?? reload();
  const reloader = new Reloader(config, { source, log, clock });
  using _signals = new Signals({
    stop: (signal) => {
      isStopped = true;
      stop.resolve(signal);
    },
    // Before it listens there is nothing to drain: it stops.
    drain: (signal) => draining?.start(signal) ?? false,
    abort: (signal) => abort(signal, { log, clock }),
    reopenLog: () => reopenLog(log),
    reload: () => void notified(() => reloader.reload({ by: "signal" })),
  });
  const certificates = openCertificates(config, source.directory, { clock, log });
  using bans = BanStore.open({ clock, failed: (notice) => log.write("error", undefined, notice) });
  const takesOver = takeover !== undefined;
  const firstClientId = takeover?.firstClientId ?? 1;
  const hooks = await HookService.open(config.hooks, { log, clock, firstClientId });
  const isRecording = [...config.rtmp.vhosts.values()].some(({ dvr }) => dvr.enabled);
  const { recordings: reports, serviceId: owner } = hooks;
  const followers = new Followers(config, owner, clock);
  const recordings = RecordingAccount.open(isRecording, { log, reports, events: followers, clock, owner });
  try {
    if (takesOver) refuseWithoutOutbox(hooks);
    await using disk = openHlsDisk(config, { hooks, followers }, { log, clock });
    const shown = { hooks, bans, followers, recordings, certificates, takesOver, log, clock };
    const { media: rtmp, options } = await listenMedia(config, { ...shown, sink: disk });
    bans.follow((list) => rtmp.setBans(list), followers);
    using drain = draining = new Draining({
      media: rtmp,
      log,
      clock,
      get graceMs() {
        return reloader.config.process.graceDrainMs;
      },
      started: () => pidFile?.release(),
    });
    const library = new RecordingLibrary({ account: recordings, media: rtmp, clock });
    using pruner = new RecordingPruner(config.rtmp.vhosts, { account: recordings, library, log, clock });
    const reload: Shown["reload"] = (caller) => notified(() => reloader.reload({ by: "api", ...caller }));
    const management = await manageOrDrain({
      ...{ ...shown, config, rtmp, recordings: library, draining: drain, reload },
    });
    followCertificates(certificates, rtmp, management);
    const pidFailed = (message: string): void => log.write("error", undefined, message);
    // Until it has taken over the other process is the one to find there.
    pidFile = takesOver ? undefined : await PidFile.write(config.process.pid, pidFailed);
    announce(config, source.file, { rtmp, management, outboxAlarm: hooks.snapshot().outbox.alarm }, log);
    using _door = await openDoor(config, {
      ...{ log, clock },
      greeting: () => ({
        ...{ program: "srs", version: VERSION, pid: Deno.pid, serverId: config.rtmp.serverId },
        nextClientId: hooks.clientIds.next(),
      }),
      takenOver: async (by) => {
        drain.start(by);
        await drain.closed;
        bans.handOver();
        identity.release();
        await management.close();
      },
    });
    let tooLate: Error | undefined;
    if (takeover !== undefined && !isStopped) {
      if (await finishTakeover(takeover, log) === "late") {
        tooLate = takeover.tooLate;
        stop.resolve(undefined);
      } else {
        bans.takeOver();
        pidFile = await PidFile.replace(config.process.pid, pidFailed);
      }
    }
    using service = notifier = ServiceManager.open(manager, {
      log,
      clock,
      status: () => statusOf(drain, rtmp),
    });
    if (tooLate === undefined) service?.ready();
    const parts = { hooks, disk, management, pruner, followers, certificates, draining: drain, log };
    reloader.begin(new RunningServer(config, options, { ...parts, media: rtmp }));
    const cause = await Promise.race([stop.promise, drain.over.then(() => undefined)]);
    reloader.stop();
    // A script may start the next server as soon as this one has its signal.
    pidFile?.release();
    void service?.stopping();
    const shutdown = await shutDown(cause, {
      config: reloader.config,
      rtmp,
      hooks,
      disk,
      management,
      log,
      clock,
    });
    await pidFile?.remove();
    if (tooLate !== undefined) throw tooLate;
    return shutdown;
  } finally {
    certificates.close();
    recordings.close();
    await hooks.close();
  }
}

/** To take over without one would leave what hooks are owed to chance: the other process serves on. */
function refuseWithoutOutbox(hooks: HookService): void {
  const { alarm } = hooks.snapshot().outbox;
  if (alarm !== undefined) throw new Error(`Cannot take over: the outbox cannot be used: ${alarm}`);
}

async function finishTakeover(takeover: ProcessTakeover, log: Logger): Promise<TakeoverEnd> {
  const { from: { pid, version, serverId } } = takeover;
  const fields = { pid, version, server_id: serverId };
  const end = await takeover.finish();
  if (end === "draining") log.write("trace", undefined, "Took over", fields);
  else if (end === "silent") {
    const message = "The process that was taken over did not answer: see whether it has ended";
    log.write("warn", undefined, message, fields);
  }
  return end;
}

/** For people who ask the service manager. */
function statusOf({ facts }: Draining, media: MediaServer): string {
  if (facts === undefined) return `Serving ${media.connectionCount} connections`;
  return `Draining, ${facts.connections ?? media.connectionCount} clients left`;
}

async function openDoor(
  { process: { pid: pidPath, reusePort } }: Config,
  deps: Omit<TakeoverDoorDeps, "pidPath">,
): Promise<TakeoverDoor | undefined> {
  return pidPath === "" || !reusePort ? undefined : await TakeoverDoor.open({ ...deps, pidPath });
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
