/**
 * A file as a response: whole, in part, or "you have it already". RFC 9110 §13 and §14.
 *
 * @module
 */
import { eTag, ifNoneMatch } from "@std/http/etag";
import { contentType } from "@std/media-types/content-type";
import { ByteSliceStream } from "@std/streams/byte-slice-stream";
import { UnfinishedBody } from "../server/unfinished_body.ts";
import { readRange } from "./byte_range.ts";

/** A file or a directory, without links on its way. */
export interface FoundFile {
  readonly path: string;
  readonly info: Deno.FileInfo;
}

/** What is sent for a file. */
export async function fileResponse(request: Request, { path, info }: FoundFile): Promise<Response> {
  const etag = await eTag(info) ?? "";
  const lastModified = info.mtime?.toUTCString() ?? "";
  const headers = new Headers({
    "Accept-Ranges": "bytes",
    "ETag": etag,
    "Last-Modified": lastModified,
    "X-Content-Type-Options": "nosniff",
  });
  if (isKnown(request, etag, info)) return new Response(null, { status: 304, headers });
  headers.set("Content-Type", contentType(extensionOf(path)) ?? "application/octet-stream");
  const ifRange = request.headers.get("if-range");
  // A part is for a client that has the rest of the same file. A weak tag cannot tell (§13.1.5), a date can.
  const wanted = ifRange === null || ifRange === lastModified ? request.headers.get("range") : null;
  // Of an empty file there is no part: as other servers, it is sent whole.
  const range = wanted === null || info.size === 0 ? undefined : readRange(wanted, info.size);
  if (range === "unsatisfiable") {
    return new Response(null, {
      status: 416,
      headers: { "Content-Range": `bytes */${info.size}`, "Content-Length": "0" },
    });
  }
  const { start, end } = range ?? { start: 0, end: info.size - 1 };
  const length = end - start + 1;
  headers.set("Content-Length", String(length));
  if (range !== undefined) headers.set("Content-Range", `bytes ${start}-${end}/${info.size}`);
  const body = request.method === "HEAD" || length === 0 ? null : await part(path, start, length);
  return new Response(body, { status: range === undefined ? 200 : 206, headers });
}

/** Tags come before dates (RFC 9110 §13.2.2). A date has whole seconds. */
function isKnown({ headers }: Request, etag: string, { mtime }: Deno.FileInfo): boolean {
  const tags = headers.get("if-none-match");
  if (tags !== null) return !ifNoneMatch(tags, etag);
  const since = Date.parse(headers.get("if-modified-since") ?? "");
  return mtime !== null && Math.floor(mtime.getTime() / 1000) * 1000 <= since;
}

/** A file that grows meanwhile is sent as long as was promised. */
async function part(path: string, start: number, length: number): Promise<ReadableStream<Uint8Array>> {
  const file = await Deno.open(path);
  await file.seek(start, Deno.SeekMode.Start);
  return file.readable.pipeThrough(new ByteSliceStream(0, length - 1)).pipeThrough(whole(path, length));
}

/** Passes bytes through, and fails at their end where there are fewer than `length`. */
function whole(path: string, length: number): TransformStream<Uint8Array, Uint8Array> {
  let missing = length;
  return new TransformStream({
    transform(bytes, controller) {
      missing -= bytes.length;
      controller.enqueue(bytes);
    },
    flush() {
      if (missing === 0) return;
      const detail = `${missing} of the ${length} bytes that were promised are missing`;
      throw new UnfinishedBody(`The file ${path} became shorter while it was sent: ${detail}`);
    },
  });
}

function extensionOf(path: string): string {
  return /\.[^./]+$/.exec(path)?.[0] ?? "";
}
