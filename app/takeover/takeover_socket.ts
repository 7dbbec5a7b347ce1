/**
 * Where two processes of this server meet, the one that serves and the one that takes over: a Unix socket in a directory
 * that only their user may enter. They speak in turns, a line at a time: `take PID`; the greeting, or `busy`; `drain`;
 * `draining`. After `late` the process that serves does not listen any more.
 *
 * @module
 */
import { connectUnix, listenUnix } from "../../system/mod.ts";

/** Longer lines are of something else, bytes. */
const MAX_LINE_BYTES = 1024;
/** Only the user of this process. */
const PRIVATE_DIRECTORY = 0o700;
const SOCKET_END = ".sock";
const NUMBER = /^\d{1,10}$/;

/** What the process that serves says of itself. */
export interface TakeoverGreeting {
  /** Always this: tells it from other programs. */
  readonly program: "srs";
  /** `major.minor.patch`. */
  readonly version: string;
  readonly pid: number;
  /** Its name for clients and hooks, which the other one inherits. */
  readonly serverId: string;
  /** Connections have had numbers below this. */
  readonly nextClientId: number;
}

/** Before the id of the process that takes over: what it says first. */
export const TAKE = "take";
/** In place of the greeting: another one takes over. Its id and how long it still may take follow, see {@link busyLine}. */
export const BUSY = "busy";
/** What the process that takes over says once it serves. */
export const DRAIN = "drain";
/** The answer, once nothing listens any more. */
export const DRAINING = "draining";
/** The process that takes over has taken too long: the other one serves on. */
export const LATE = "late";

/** Another process takes over already. */
export interface TakeoverBusy {
  readonly pid: number;
  /** How long it still may take, seconds. */
  readonly seconds: number;
}

/** The directory of the sockets, next to the file with the process's id. */
export function socketDirectory(pidPath: string): string {
  return `${pidPath}.takeover`;
}

/** The socket of a process. */
export function socketPath(pidPath: string, pid: number): string {
  return `${socketDirectory(pidPath)}/${pid}${SOCKET_END}`;
}

/**
 * Listen at the socket of this process, and remove those that killed ones have left.
 *
 * @throws What the system says.
 */
export async function listenAtSocket(pidPath: string): Promise<Deno.UnixListener> {
  const directory = socketDirectory(pidPath);
  Deno.mkdirSync(directory, { recursive: true, mode: PRIVATE_DIRECTORY });
  // It may have been there already.
  Deno.chmodSync(directory, PRIVATE_DIRECTORY);
  const names = Array.from(Deno.readDirSync(directory), ({ name }) => name);
  for (const name of names.filter((name) => name.endsWith(SOCKET_END))) {
    await removeIfLeft(`${directory}/${name}`);
  }
  return listenUnix(socketPath(pidPath, Deno.pid));
}

/** Remove the socket of this process, and the directory unless another process has one there. */
export function removeSocket(pidPath: string): void {
  try {
    Deno.removeSync(socketPath(pidPath, Deno.pid));
    Deno.removeSync(socketDirectory(pidPath));
  } catch (error) {
    // Not empty, or gone: either is right.
    if (!(error instanceof Error)) throw error;
  }
}

/** Read a line; `undefined` where there is none, or a longer one. */
export async function readLine(conn: Deno.Conn): Promise<string | undefined> {
  const bytes = new Uint8Array(MAX_LINE_BYTES);
  for (let filled = 0; filled < bytes.length;) {
    const length = await conn.read(bytes.subarray(filled));
    if (length === null) return undefined;
    filled += length;
    const text = new TextDecoder().decode(bytes.subarray(0, filled));
    const end = text.indexOf("\n");
    if (end >= 0) return text.slice(0, end);
  }
  return undefined;
}

/** Write a line. */
export async function writeLine(conn: Deno.Conn, line: string): Promise<void> {
  const bytes = new TextEncoder().encode(`${line}\n`);
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

/** A greeting; `undefined` where the line is none. */
export function parseGreeting(line: string): TakeoverGreeting | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { program, version, pid, serverId, nextClientId }: Partial<Record<string, unknown>> = Object
    .fromEntries(Object.entries(value));
  if (
    program !== "srs" || typeof version !== "string" || typeof serverId !== "string" ||
    typeof pid !== "number" || typeof nextClientId !== "number" || !Number.isSafeInteger(nextClientId)
  ) return undefined;
  return { program, version, pid, serverId, nextClientId };
}

/** The process that wants to take over; `undefined` where the line is something else. */
export function parseTake(line: string): number | undefined {
  const [word, pid = "", ...others] = line.split(" ");
  return word === TAKE && NUMBER.test(pid) && others.length === 0 ? Number(pid) : undefined;
}

/** The line that {@link parseBusy} reads. */
export function busyLine({ pid, seconds }: TakeoverBusy): string {
  return `${BUSY} ${pid} ${seconds}`;
}

/** Who takes over already; `undefined` where the line is something else. */
export function parseBusy(line: string): TakeoverBusy | undefined {
  const [word, pid = "", seconds = ""] = line.split(" ");
  if (word !== BUSY || !NUMBER.test(pid) || !NUMBER.test(seconds)) return undefined;
  return { pid: Number(pid), seconds: Number(seconds) };
}

async function removeIfLeft(path: string): Promise<void> {
  try {
    (await connectUnix(path)).close();
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) Deno.removeSync(path);
  }
}
