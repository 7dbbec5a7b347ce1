/**
 * The server, its process and its machine.
 *
 * @module
 */
import type { ApiContext } from "../api_context.ts";
import type { ApiRoute } from "../api_route.ts";
import { dataReply, type JsonObject } from "../reply.ts";
import { listOf, type Schema } from "../schema/json_schema.ts";
import {
  AUTHORS,
  authorsView,
  FEATURES_SCHEMA,
  featuresView,
  VERSION,
  versionView,
} from "../views/about_view.ts";
import { MEMINFOS, meminfosView, SYSTEM_PROC_STATS, systemProcStatsView } from "../views/host_view.ts";
import { RUSAGES, rusagesView, SELF_PROC_STATS, selfProcStatsView } from "../views/process_view.ts";
import { CERTIFICATE, certificateView } from "../views/certificate_view.ts";
import { LIMITS, SUMMARIES, summariesView } from "../views/summaries_view.ts";

/** Routes of the server. */
export function serverRoutes({ deps, snapshots }: ApiContext): readonly ApiRoute[] {
  const { identity, process, media, drain } = deps;
  const route = (
    name: string,
    summary: string,
    schema: Schema,
    data: () => JsonObject | Promise<JsonObject>,
  ): ApiRoute => ({
    method: "GET",
    path: `/api/v1/${name}`,
    scope: "read",
    summary,
    answer: { kind: "data", members: { data: schema } },
    handle: async () => dataReply(identity, { data: await data() }),
  });
  return [
    route("versions", "The version of this server.", VERSION, () => versionView(identity.version)),
    route(
      "summaries",
      "The server in a few numbers.",
      SUMMARIES,
      async () => {
        const state = { limits: media.limitCounts(), draining: drain.facts() !== undefined };
        return summariesView(await snapshots.totals(), state, identity, process);
      },
    ),
    route("rusages", "What the process has used.", RUSAGES, () => rusagesView(process)),
    route(
      "self_proc_stats",
      "The process as the kernel counts.",
      SELF_PROC_STATS,
      () => selfProcStatsView(identity, process),
    ),
    route(
      "system_proc_stats",
      "What the cores of the machine did.",
      SYSTEM_PROC_STATS,
      () => systemProcStatsView(process),
    ),
    route("meminfos", "The memory of the machine.", MEMINFOS, () => meminfosView(process)),
    route("authors", "License and authors.", AUTHORS, () => authorsView),
    route("features", "What this server can do.", FEATURES_SCHEMA, () => featuresView(identity.version)),
    {
      method: "GET",
      path: "/api/v1/certificates",
      scope: "read",
      summary: "The certificates of all listeners for TLS, and when they end.",
      answer: { kind: "data", members: { certificates: listOf(CERTIFICATE) } },
      handle: () => {
        const now = process.wallNow();
        return dataReply(identity, {
          certificates: deps.certificates().map((certificate) => certificateView(certificate, now)),
        });
      },
    },
    {
      method: "GET",
      path: "/api/v1/limits",
      scope: "read",
      summary: "How often clients ran into each limit.",
      answer: { kind: "data", members: { limits: LIMITS } },
      handle: () => dataReply(identity, { limits: { ...media.limitCounts() } }),
    },
  ];
}
