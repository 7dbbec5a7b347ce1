/**
 * Formats by their names, as threads send them to each other.
 *
 * @module
 */
import { remuxFormatNamed } from "../../http/mod.ts";
import { PublishFormat } from "../../cluster/mod.ts";
import { RtmpFormat } from "../../rtmp/mod.ts";
import type { LogFormat } from "../../stream/media/mod.ts";

/**
 * The format that another thread plays.
 *
 * @throws {RangeError} For a name that no format of this server has: a bug.
 */
export function formatNamed(name: string): LogFormat {
  const format = remuxFormatNamed(name) ?? RtmpFormat.named(name) ?? PublishFormat.named(name);
  if (format === undefined) {
    throw new RangeError(`Cannot encode a stream as ${name}: there is no such format`);
  }
  return format;
}
