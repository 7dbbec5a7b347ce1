/**
 * The outbox file of a configuration, where that has one.
 *
 * @module
 */
import type { Clock, Log } from "../../core/mod.ts";
import { addressesOf, hasHooks } from "../configured_addresses.ts";
import type { HooksOptions } from "../options.ts";
import type { HookTimings } from "../timings.ts";
import { DiskStore } from "./disk_store.ts";
import type { OutboxBounds, OutboxRow } from "./outbox_row.ts";

/** An open outbox file. */
export interface HookDisk {
  readonly store: DiskStore;
  /** What earlier processes left. */
  readonly rows: readonly OutboxRow[];
  readonly firstClientId: number;
}

/** What it is opened with. */
export interface HookDiskDeps {
  readonly log: Log;
  readonly clock: Clock;
  readonly timings: HookTimings;
  readonly serviceId: string;
  /** Looked at each time. */
  readonly bounds: OutboxBounds;
}

/**
 * Open the file, if there are hooks or a file from before.
 *
 * @throws {OutboxError} When it cannot be used and is required.
 */
export async function openHookDisk(
  options: HooksOptions,
  { log, clock, timings, serviceId, bounds }: HookDiskDeps,
): Promise<HookDisk | undefined> {
  const path = absolutePath(options.outbox.path);
  if (path === "" || !(hasHooks(options) || await isFile(path))) return undefined;
  return await DiskStore.open({
    ...{ path, serviceId, bounds, log, clock },
    required: options.outbox.required,
    addresses: addressesOf(options),
    checkMs: timings.outboxCheckMs,
    hangMs: timings.outboxHangMs,
  });
}

/** The worker's current directory may differ from this thread's. */
function absolutePath(path: string): string {
  if (path === "" || path.startsWith("/")) return path;
  return `${Deno.cwd()}/${path.replace(/^\.\//, "")}`;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    // A file that cannot be examined may be an outbox: opening it reports what is wrong.
    return !(error instanceof Deno.errors.NotFound);
  }
}
