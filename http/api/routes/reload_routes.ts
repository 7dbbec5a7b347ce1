/**
 * The configuration, read again while the server runs.
 *
 * @module
 */
import { RELOAD_WHEN, type ReloadedKey, type ReloadOutcome } from "../../../core/mod.ts";
import { ApiCode } from "../api_code.ts";
import type { ApiContext } from "../api_context.ts";
import type { ApiRoute } from "../api_route.ts";
import { dataReply, type JsonObject, jsonReply } from "../reply.ts";
import { listOf, nullable, object, oneOfTexts, text } from "../schema/json_schema.ts";

const KEY = object({
  key: text(
    "Its whole path, as `vhost.NAME.http_hooks.on_play`; of a vhost that came or went, `vhost.NAME`.",
  ),
  from: nullable(text("As TOML, secrets masked; null where the vhost was not there.")),
  to: nullable(
    text("The same afterwards; as before where a file that the key names has other content."),
  ),
  when: oneOfTexts(
    RELOAD_WHEN,
    "live: at once, also for what runs; next: at the next connect, request, publish, play or call; " +
      "new: for connections and streams that begin later; restart: after a restart.",
  ),
});

/** Routes of the reload. */
export function reloadRoutes({ deps }: ApiContext): readonly ApiRoute[] {
  return [{
    method: "POST",
    path: "/api/v1/reload",
    scope: "admin",
    summary: "Read the configuration again and put in force what has changed, all of it or nothing: " +
      "a file with problems is refused with status 400, and its `problems` have `file`, `line`, `key` and `text`.",
    answer: {
      kind: "data",
      members: {
        data: object({
          changed: listOf(KEY, "What is in force now, or will be as its `when` says."),
          restart: listOf(KEY, "What is in force after a restart alone."),
        }),
      },
    },
    handle: async ({ ip, caller }) => {
      const answer = await deps.reload({ ip, name: caller.name });
      if (answer.kind === "refused") return refusal(answer);
      const { changed, restart } = answer;
      return dataReply(deps.identity, { data: { changed: changed.map(shown), restart: restart.map(shown) } });
    },
  }];
}

function shown({ key, from, to, when }: ReloadedKey): JsonObject {
  return { key, from: from ?? null, to: to ?? null, when };
}

function refusal({ problems }: Extract<ReloadOutcome, { kind: "refused" }>): Response {
  const msg = `The configuration has ${problems.length} problem(s); nothing has changed`;
  const list = problems.map(({ file, line, key, text }) => ({
    file: file ?? null,
    line: line ?? null,
    key,
    text,
  }));
  return jsonReply({ code: ApiCode.ConfigurationRefused, msg, problems: list }, { status: 400 });
}
