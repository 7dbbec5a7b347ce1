/**
 * The level of the log, while the server runs.
 *
 * @module
 */
import { LOG_LEVELS, type LogLevel } from "../../../core/mod.ts";
import type { ApiContext } from "../api_context.ts";
import type { ApiAnswer, ApiCall, ApiRoute } from "../api_route.ts";
import { badBody, readJsonBody } from "../json_body.ts";
import { dataReply } from "../reply.ts";
import { object, oneOfTexts } from "../schema/json_schema.ts";

const PATH = "/api/v1/log";
const ANSWER: ApiAnswer = {
  kind: "data",
  members: {
    log: object({
      level: oneOfTexts(LOG_LEVELS, "Lines below it are not written."),
      configured: oneOfTexts(LOG_LEVELS, "The level after a restart."),
    }),
  },
};

/** Routes of the log. */
export function logRoutes(context: ApiContext): readonly ApiRoute[] {
  return [
    {
      method: "GET",
      path: PATH,
      scope: "read",
      summary: "The level of the log.",
      answer: ANSWER,
      handle: () => show(context),
    },
    {
      method: "POST",
      path: PATH,
      scope: "admin",
      summary: "Change the level of the log, until a restart.",
      body: object({ level: oneOfTexts(LOG_LEVELS, "The lowest that is written.") }),
      answer: ANSWER,
      handle: (call) => change(context, call),
    },
  ];
}

function show({ deps: { identity, logThreshold, configuredLogLevel } }: ApiContext): Response {
  return dataReply(identity, { log: { level: logThreshold.level, configured: configuredLogLevel } });
}

async function change(context: ApiContext, { request, ip, caller }: ApiCall): Promise<Response> {
  const body = await readJsonBody(request);
  if (body instanceof Response) return body;
  const { level: wanted, ...more } = body;
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) return badBody(`it has a member ${JSON.stringify(unknown.slice(0, 40))}`);
  const level = LOG_LEVELS.find((name) => name === wanted);
  if (level === undefined) return badBody(`level is one of ${LOG_LEVELS.join(", ")}`);
  const { logThreshold, log, followers, process } = context.deps;
  const before = logThreshold.level;
  // By the more talkative of both levels, so that the log says why its lines change.
  logThreshold.set(lower(before, level));
  log.write("trace", undefined, "Log level changed by the API", {
    by: ip,
    caller: caller.name,
    from: before,
    to: level,
  });
  logThreshold.set(level);
  const wallMs = process.wallNow();
  followers.emit({ kind: "log_level", wallMs, vhost: "", app: "", logLevel: { from: before, to: level } });
  return show(context);
}

function lower(one: LogLevel, other: LogLevel): LogLevel {
  return LOG_LEVELS.indexOf(one) < LOG_LEVELS.indexOf(other) ? one : other;
}
