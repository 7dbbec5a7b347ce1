/**
 * Opens an outbox on disk: its directory, its worker, and the error where the file cannot be used.
 *
 * @module
 */
import { OutboxClient } from "./outbox_client.ts";
import { OutboxError } from "./outbox_database.ts";
import { explainOutboxFailure } from "./outbox_failure.ts";
import type { EventAddresses } from "./row_address.ts";

/** The file and its user. */
export interface OutboxFileOptions {
  /** Absolute. */
  readonly path: string;
  readonly serviceId: string;
  readonly maxDeadRows: number;
  /** Client ids reserved for a start. */
  readonly clientIds: number;
  /** What is configured. */
  readonly addresses: readonly EventAddresses[];
  /** Throw when the file cannot be written. */
  readonly required: boolean;
}

/** A worker that has opened the file, or that will try again. */
export interface OpenedOutboxFile {
  readonly client: OutboxClient;
  readonly firstClientId: number;
  readonly dead: number;
  /** Why the file cannot be written, and the way out. */
  readonly failure: string | undefined;
}

/**
 * Start the worker and open the file.
 *
 * @throws {OutboxError} When the file is required and cannot be written.
 */
export async function openOutboxFile(options: OutboxFileOptions): Promise<OpenedOutboxFile> {
  const { path, serviceId, maxDeadRows, clientIds, addresses, required } = options;
  await makeOutboxDirectory(path);
  const client = new OutboxClient(directoryOf(path));
  const opened = await client.request({
    kind: "open",
    path,
    service: serviceId,
    maxDeadRows,
    clientIds,
    addresses,
  });
  if (opened.kind !== "opened") {
    client.terminate();
    throw new OutboxError(opened.kind === "failed" ? opened.error : `unexpected reply ${opened.kind}`);
  }
  const { firstClientId, dead } = opened;
  if (opened.failure === undefined) return { client, firstClientId, dead, failure: undefined };
  const failure = explainOutboxFailure(path, opened.failure);
  if (!required) return { client, firstClientId, dead, failure };
  await client.request({ kind: "close" });
  client.terminate();
  throw new OutboxError(`${failure}; or start without it: hooks.outbox.required = false`);
}

/** Make the directory of an outbox file if it is missing. A failure shows when the file is opened. */
export async function makeOutboxDirectory(path: string): Promise<void> {
  await Deno.mkdir(directoryOf(path), { recursive: true }).catch(() => {});
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
