/**
 * Bans: the list, a new one, and lifting it.
 *
 * @module
 */
import { errorMessage } from "../../../core/mod.ts";
import { BanRules, canonicalBan, streamUrlFault } from "../../../stream/admission/mod.ts";
import type { ApiLog, BanEntry, NewBan, VhostFacts } from "../../ports.ts";
import { ApiCode } from "../api_code.ts";
import type { ApiContext } from "../api_context.ts";
import type { ApiCall, ApiRoute } from "../api_route.ts";
import { badBody, type JsonMembers, readJsonBody } from "../json_body.ts";
import { PAGE_QUERY, pageAnswer } from "../list_pages.ts";
import { codeReply, dataReply } from "../reply.ts";
import { count, number, object, oneOfTexts, text } from "../schema/json_schema.ts";
import { BAN, BAN_KINDS, banView } from "../views/ban_view.ts";

/** Ten years: what is longer is for good. */
const MAX_SECONDS = 315_360_000;
const MAX_REASON = 500;

const BAN_BODY = object({
  kind: oneOfTexts(BAN_KINDS, "What is banned."),
  value: text(
    "An address, a network such as 192.0.2.0/24, or a stream as lists have its `url`: /live/livestream, after the " +
      "name of a configured vhost for all but the default vhost.",
  ),
}, {
  seconds: number(`For how long, above 0 and up to ${MAX_SECONDS}; absent: until it is lifted.`),
  reason: text("For other operators; clients do not see it."),
});

/** Routes of bans. */
export function banRoutes(context: ApiContext): readonly ApiRoute[] {
  const { deps: { identity, bans, log }, pages } = context;
  return [
    {
      method: "GET",
      path: "/api/v1/bans",
      scope: "read",
      summary: "Bans in force.",
      query: PAGE_QUERY,
      answer: pageAnswer("bans", BAN),
      handle: (call) => pages.answer(call, "bans", () => ({ members: bans.list(), show: banView })),
    },
    {
      method: "POST",
      path: "/api/v1/bans",
      scope: "admin",
      summary: "Ban an address, a network or a stream, and end the clients that it is about.",
      body: BAN_BODY,
      answer: { kind: "data", members: { ban: BAN, ended: count("Clients that were ended.") } },
      handle: (call) => ban(context, call),
    },
    {
      method: "DELETE",
      path: "/api/v1/bans/{id}",
      scope: "admin",
      summary: "Lift a ban.",
      answer: { kind: "data", members: {} },
      handle: ({ params: { id = "" }, ip, caller }) => {
        const isLifted = kept(() => bans.remove(id), log);
        if (isLifted instanceof Response) return isLifted;
        if (!isLifted) return codeReply(ApiCode.BanNotFound, "No ban of this id");
        log.write("trace", undefined, "Ban lifted by the API", { by: ip, caller: caller.name, ban: id });
        return dataReply(identity, {});
      },
    },
  ];
}

async function ban(context: ApiContext, { request, ip, caller }: ApiCall): Promise<Response> {
  const { deps: { bans, log, identity, vhosts } } = context;
  const body = await readJsonBody(request);
  if (body instanceof Response) return body;
  const wanted = readBan(body, vhosts);
  if (typeof wanted === "string") return badBody(wanted);
  const entry = kept(() => bans.add(wanted), log);
  if (entry instanceof Response) return entry;
  if (entry === undefined) {
    return codeReply(ApiCode.TooManyBans, "There are as many bans as there may be: lift some", {
      status: 409,
    });
  }
  const { kind, value, reason } = entry;
  log.write("trace", undefined, "Banned by the API", {
    by: ip,
    caller: caller.name,
    ban: entry.id,
    kind,
    value,
    description: reason,
  });
  return dataReply(identity, { ban: banView(entry), ended: await endBanned(context, entry) });
}

/** @returns What the change returns, or an answer that says why it cannot be kept, as on a full disk. */
function kept<T>(change: () => T, log: ApiLog): T | Response {
  try {
    return change();
  } catch (error) {
    const message = `Nothing has changed: ${errorMessage(error)}`;
    log.write("error", undefined, "Bans cannot be changed", { error: errorMessage(error) });
    return codeReply(ApiCode.System, message, { status: 503 });
  }
}

/** End the clients that are there and would not be let in again. */
async function endBanned({ deps: { media }, snapshots }: ApiContext, entry: BanEntry): Promise<number> {
  const rules = new BanRules([entry]);
  const { clients } = await snapshots.fresh();
  const banned = clients.filter(({ ip, streamUrl }) => rules.reasonFor({ ip, streamUrl }) !== undefined);
  const ended = await Promise.all(banned.map(({ clientId }) => media.kick(clientId, {})));
  snapshots.forget();
  return ended.filter((known) => known).length;
}

/** The ban that a body describes, or what is wrong with it. */
function readBan(
  { kind, value, seconds, reason = "", ...more }: JsonMembers,
  vhosts: readonly VhostFacts[],
): NewBan | string {
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) return `it has a member ${JSON.stringify(unknown.slice(0, 40))}`;
  const known = BAN_KINDS.find((name) => name === kind);
  if (known === undefined) return `kind is one of ${BAN_KINDS.join(", ")}`;
  if (typeof value !== "string") return "value is a text";
  const ban = canonicalBan({ kind: known, value });
  if (ban === undefined) return WANTED[known];
  const names = new Set(vhosts.map(({ name }) => name));
  const fault = known === "stream" ? streamUrlFault(ban.value, names) : undefined;
  if (fault !== undefined) return `the value of kind stream matches no stream: ${fault}`;
  if (typeof reason !== "string" || reason.length > MAX_REASON) {
    return `reason is a text of at most ${MAX_REASON} characters`;
  }
  if (seconds === undefined) return { ...ban, reason };
  if (typeof seconds !== "number" || !(seconds > 0 && seconds <= MAX_SECONDS)) {
    return `seconds is a number above 0 and up to ${MAX_SECONDS}`;
  }
  return { ...ban, reason, durationMs: Math.ceil(seconds * 1000) };
}

const WANTED = {
  ip: "the value of kind ip is an address, such as 192.0.2.1",
  network: "the value of kind network is a network, such as 192.0.2.0/24",
  stream: "the value of kind stream is the url of a stream, such as /live/livestream",
} as const;
