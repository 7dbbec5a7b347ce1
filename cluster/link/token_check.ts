/**
 * `cluster.token_traverse`: the origin's `on_connect` decides about each client of an edge. It gets the parameters and
 * the page of the client, from a connection that does nothing else and does not say that it is an edge.
 *
 * @module
 */
import { ClientSession } from "../../rtmp/client/mod.ts";
import type { Refusal, WantedStream } from "../../stream/admission/mod.ts";
import { deadline } from "../../system/mod.ts";
import type { ClusterDeps } from "../ports.ts";
import { originPlaces, type UpstreamPlace } from "../pull/pull_route.ts";
import { RtmpLink } from "./link.ts";

/** All of it, milliseconds: less than what a player waits for its stream, so that nobody plays without an answer. */
const CHECK_MS = 1800;
const NOT_ASKED: Refusal = Object.freeze({ rule: "origin", reason: "No origin could be asked" });

/** The client that is asked about. */
export type AskedClient = Pick<WantedStream, "target" | "facts">;

/** Ask the origin; why it refuses, or `undefined`. Never rejects but by a bug. */
export async function checkToken(client: AskedClient, deps: ClusterDeps): Promise<Refusal | undefined> {
  const { clock } = deps.media;
  const stop = new AbortController();
  const answer = await deadline(clock, askInTurn(client, deps, stop.signal), { maxMs: CHECK_MS });
  stop.abort("over");
  return answer === "expired" ? NOT_ASKED : answer;
}

async function askInTurn(
  { target, facts }: AskedClient,
  deps: ClusterDeps,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  for (const place of originPlaces(target, target.vhost.cluster, target.url.param)) {
    const tcUrl = `${place.tcUrl}${target.url.param}`;
    const answer = await ask({ ...place, tcUrl }, facts.pageUrl, deps, signal).catch(() => "lost" as const);
    if (answer !== "lost") return answer === "accepted" ? undefined : answer;
    if (signal.aborted) break;
  }
  return NOT_ASKED;
}

async function ask(
  { endpoint, app, tcUrl, streamName, trust }: UpstreamPlace,
  pageUrl: string,
  { dial, environment, media }: ClusterDeps,
  signal: AbortSignal,
): Promise<"accepted" | "lost" | Refusal> {
  const socket = await dial(endpoint, { signal, trust });
  const session = new ClientSession({
    environment,
    request: { kind: "play", app, tcUrl, streamName },
    ...{ flight: "stepwise", chunkSize: 4096, pageUrl },
  });
  const link = new RtmpLink(socket, session, media.clock);
  let answer: "accepted" | "lost" | Refusal = "lost";
  const close = (): void => void link.close();
  signal.addEventListener("abort", close, { once: true });
  if (signal.aborted) close();
  try {
    await link.run(({ events }) => {
      for (const event of events) {
        if (answer !== "lost") break;
        if (event.kind === "connected") answer = "accepted";
        else if (event.kind === "refused") {
          const { code, description } = event.refusal;
          answer = { rule: "origin", reason: description === "" ? code : description };
        }
      }
      if (answer !== "lost") close();
      return undefined;
    });
  } finally {
    signal.removeEventListener("abort", close);
  }
  return answer;
}
