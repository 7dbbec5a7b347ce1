/**
 * Text files of an operator: read whole within a bound, as UTF-8 and nothing else.
 *
 * @module
 */
import { ConfigError } from "../config/mod.ts";

/** More than any configuration or certificate has; a device has no end at all. */
const MAX_BYTES = 16 * 1024 * 1024;
const READ_BYTES = 64 * 1024;
const LINE_END = 0x0a;

/**
 * Read a text file.
 *
 * @param path Where it is.
 * @param name What the operator calls it, for errors.
 * @throws {ConfigError} It is not valid UTF-8, with the line. `Error` with the reason where it cannot be read.
 */
export function readTextFile(path: string, name: string): string {
  const bytes = readBytes(path);
  // Letters that are replaced without a word would make other names and keys of what was written.
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    return decoder.decode(bytes);
  } catch {
    const line = lineThatFails(bytes);
    const suggestion = "save the file as UTF-8";
    throw new ConfigError([{ file: name, line, path: "", message: "File is not valid UTF-8", suggestion }]);
  }
}

function readBytes(path: string): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    using file = Deno.openSync(path);
    for (;;) {
      const part = new Uint8Array(READ_BYTES);
      const size = file.readSync(part);
      if (size === null) break;
      parts.push(part.subarray(0, size));
      length += size;
      if (length > MAX_BYTES) throw new Error(`It has more than ${MAX_BYTES} bytes`);
    }
  } catch (error) {
    throw reasonOf(error);
  }
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function reasonOf(error: unknown): unknown {
  if (error instanceof Deno.errors.NotFound) return new Error("No such file");
  if (error instanceof Deno.errors.IsADirectory) return new Error("It is a directory, name a file in it");
  if (error instanceof Deno.errors.PermissionDenied) return new Error("Permission denied");
  return error;
}

function lineThatFails(bytes: Uint8Array): number {
  for (let line = 1, start = 0;; line++) {
    const end = bytes.indexOf(LINE_END, start);
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(start, end < 0 ? undefined : end));
    } catch {
      return line;
    }
    if (end < 0) return line;
    start = end + 1;
  }
}
