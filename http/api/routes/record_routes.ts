/**
 * Recordings: the list, one of them, its file, a start, a stop and a removal.
 *
 * @module
 */
import { errorMessage, type RecordingQuery } from "../../../core/mod.ts";
import { fileResponse } from "../../static/file_response.ts";
import { ApiCode } from "../api_code.ts";
import type { ApiContext } from "../api_context.ts";
import type { ApiCall, ApiRoute } from "../api_route.ts";
import { choiceOf } from "../choice_parameter.ts";
import { badBody, readJsonBody } from "../json_body.ts";
import { pageAnswer } from "../list_pages.ts";
import { pageRangeOf } from "../page.ts";
import { codeReply, dataReply } from "../reply.ts";
import { count, flag, object, text } from "../schema/json_schema.ts";
import { RECORD, recordView } from "../views/record_view.ts";

/** The most of one page: each is a row that is read. */
const MAX_PAGE = 1000;
const NAMES = ["vhost", "app", "stream"] as const;

/** Routes of recordings. */
export function recordRoutes(context: ApiContext): readonly ApiRoute[] {
  const { deps: { identity, recordings } } = context;
  return [
    {
      method: "GET",
      path: "/api/v1/records",
      scope: "read",
      summary: "Recordings, the newest first, those that are being written too.",
      query: {
        start: count("The first of the page, 0 by default."),
        count: count(`The most of the page, 10 by default and ${MAX_PAGE} at most.`),
        vhost: text("Only those of this vhost, by its name."),
        app: text("Only those of this app."),
        stream: text("Only those of this stream."),
        running: flag("true: only those that are being written; false: only those that are whole."),
        until: count("Only those that began until then, milliseconds since 1970; `next` has it."),
      },
      answer: pageAnswer("records", RECORD),
      handle: (call) => list(context, call),
    },
    {
      method: "POST",
      path: "/api/v1/records",
      scope: "admin",
      summary: "Record a stream from its newest key frame on, by the dvr_path of its vhost.",
      body: object({ stream: text("The id of a stream, or its `url`, such as /live/livestream.") }),
      answer: {
        kind: "data",
        members: { id: text("Of the recording, which is listed once its first frames are written.") },
      },
      handle: (call) => begin(context, call),
    },
    {
      method: "GET",
      path: "/api/v1/records/{id}",
      scope: "read",
      summary: "One recording.",
      answer: { kind: "data", members: { record: RECORD } },
      handle: async ({ params: { id = "" } }) => {
        const recording = await recordings.get(id);
        return recording === undefined
          ? noSuchRecording()
          : dataReply(identity, { record: recordView(recording) });
      },
    },
    {
      method: "DELETE",
      path: "/api/v1/records/{id}",
      scope: "admin",
      summary: "Stop a recording that is being written, or remove one that is whole, with its file.",
      answer: { kind: "data", members: {} },
      handle: (call) => end(context, call),
    },
    {
      method: "GET",
      path: "/api/v1/records/{id}/file",
      scope: "read",
      summary: "The file of a recording that is whole; ranges are served.",
      answer: { kind: "text", contentType: "video/mp4" },
      handle: (call) => sendFile(context, call),
    },
  ];
}

async function list({ deps: { identity, recordings } }: ApiContext, call: ApiCall): Promise<Response> {
  const { head, query } = call;
  const { start, end } = pageRangeOf(query, Number.MAX_SAFE_INTEGER);
  const running = choiceOf(query, "running", ["true", "false"]);
  if (running instanceof Response) return running;
  const state = running === undefined ? {} : { running: running === "true" };
  const wanted = { ...queryOf(query), ...state, start, count: Math.min(end - start, MAX_PAGE) };
  const { total, entries } = await recordings.list(wanted);
  const next = start + entries.length;
  let more: string | null = null;
  if (entries.length > 0 && next < total) {
    const page = new URLSearchParams(query);
    page.set("start", String(next));
    page.set("count", String(wanted.count));
    // Later ones would move the pages.
    if (wanted.untilMs === undefined && start === 0) page.set("until", String(entries[0]?.startMs));
    more = `${head.url.pathname}?${page}`;
  }
  return dataReply(identity, { total, next: more, records: entries.map(recordView) });
}

function queryOf(query: URLSearchParams): Omit<RecordingQuery, "start" | "count" | "running"> {
  const until = query.get("until");
  const names = NAMES.flatMap((name) => query.has(name) ? [[name, query.get(name)]] : []);
  return {
    ...Object.fromEntries(names),
    ...(until !== null && /^\d{1,15}$/.test(until) ? { untilMs: Number(until) } : {}),
  };
}

async function begin(context: ApiContext, { request, ip, caller }: ApiCall): Promise<Response> {
  const { deps: { identity, recordings, log }, snapshots } = context;
  const body = await readJsonBody(request);
  if (body instanceof Response) return body;
  const { stream: wanted, ...others } = body;
  if (Object.keys(others).length > 0 || typeof wanted !== "string") {
    return badBody("it has the member stream alone, a text");
  }
  const { clients } = await snapshots.fresh();
  // A url of the default vhost begins with a slash, which people leave out.
  const names = [wanted, `/${wanted}`];
  const publishers = clients.filter(({ role }) => role === "publish");
  const publisher = publishers.find(({ streamId }) => streamId === wanted) ??
    names.map((name) => publishers.find(({ streamUrl }) => streamUrl === name)).find((one) =>
      one !== undefined
    );
  if (publisher === undefined) return notPublished();
  const { vhost, app, stream, clientId } = publisher;
  const answer = await recordings.record({ kind: "start", stream: { vhost, app, stream } });
  switch (answer.kind) {
    case "started":
      log.write("trace", clientId, "Recording started by the API", {
        by: ip,
        caller: caller.name,
        id: answer.id,
      });
      return dataReply(identity, { id: answer.id });
    case "recording": {
      // One that waits for its disk is not listed.
      const message = `This stream is being recorded already: DELETE /api/v1/records/${answer.id} stops that`;
      return codeReply(ApiCode.RecordingRuns, message, { status: 409 });
    }
    case "failed": {
      const message = `${answer.error}; mend that, and try again: nothing is recorded`;
      return codeReply(ApiCode.System, message, { status: 409 });
    }
    default:
      return notPublished();
  }
}

async function end(context: ApiContext, { params: { id = "" }, ip, caller }: ApiCall): Promise<Response> {
  const { deps: { identity, recordings, log } } = context;
  const recording = await recordings.get(id);
  if (recording === undefined) {
    // One that has been started is listed when its first frames are written, and may be stopped before that.
    const { kind } = await recordings.record({ kind: "stop", id });
    if (kind === "none") return noSuchRecording();
    log.write("trace", undefined, "Recording stopped by the API", { by: ip, caller: caller.name, id });
    return dataReply(identity, {});
  }
  const { clientId, file } = recording;
  const by = { by: ip, caller: caller.name, id };
  if (recording.reason === undefined) {
    const { kind } = await recordings.record({ kind: "stop", id });
    if (kind === "none") {
      const message = "The recording is being finished, or another process writes it: try again";
      return codeReply(ApiCode.RecordingRuns, message, { status: 409 });
    }
    log.write("trace", clientId, "Recording stopped by the API", by);
    return dataReply(identity, {});
  }
  try {
    await recordings.remove(recording);
  } catch (error) {
    const message = `Cannot remove ${file}: ${errorMessage(error)}`;
    return codeReply(ApiCode.System, message, { status: 409 });
  }
  log.write("trace", clientId, "Recording removed by the API", { ...by, file });
  return dataReply(identity, {});
}

async function sendFile(
  { deps: { recordings } }: ApiContext,
  { request, params: { id = "" } }: ApiCall,
): Promise<Response> {
  const recording = await recordings.get(id);
  if (recording === undefined) return noSuchRecording(404);
  if (recording.reason === undefined) {
    return codeReply(ApiCode.RecordingRuns, "The recording is being written: stop it, or wait", {
      status: 409,
    });
  }
  let info: Deno.FileInfo | undefined;
  try {
    info = await recordings.fileInfo(recording);
  } catch (error) {
    const message = `Cannot send ${recording.file}: ${errorMessage(error)}`;
    return codeReply(ApiCode.System, message, { status: 409 });
  }
  if (info === undefined) {
    const message = `There is no file ${recording.file} any more: DELETE forgets the recording`;
    return codeReply(ApiCode.RecordingFileGone, message, { status: 404 });
  }
  const response = await fileResponse(request, { path: recording.file, info });
  response.headers.set("Content-Disposition", dispositionOf(recording.file));
  response.headers.set("Cache-Control", "private, no-cache");
  response.headers.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  response.headers.set("Cross-Origin-Resource-Policy", "same-origin");
  return response;
}

/** A file is saved under its own name, and pages play it all the same. RFC 6266. */
function dispositionOf(file: string): string {
  const name = file.slice(file.lastIndexOf("/") + 1);
  const plain = name.replaceAll(/[^\w.,@+= -]/g, "_");
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `inline; filename="${plain}"${plain === name ? "" : `; filename*=UTF-8''${encoded}`}`;
}

function notPublished(): Response {
  return codeReply(
    ApiCode.StreamNotFound,
    "Nobody publishes this stream: name it by the id or the url that /api/v1/streams has",
  );
}

function noSuchRecording(status = 200): Response {
  return codeReply(ApiCode.RecordingNotFound, "No recording of this id", { status });
}
