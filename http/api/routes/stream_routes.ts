/**
 * Streams: the list, and one of them.
 *
 * @module
 */
import type { ByteText } from "../../byte_text.ts";
import { ApiCode } from "../api_code.ts";
import type { ApiContext } from "../api_context.ts";
import type { ApiRoute } from "../api_route.ts";
import { PAGE_QUERY, pageAnswer } from "../list_pages.ts";
import { codeReply, memberReply } from "../reply.ts";
import { clientFinder, SEARCH_QUERY } from "../search.ts";
import { sourceOf, STREAM, type StreamClients, streamRows, streamsOf } from "../views/stream_view.ts";

/** Routes of streams. */
export function streamRoutes({ deps, snapshots, pages, view }: ApiContext): readonly ApiRoute[] {
  const { identity, process } = deps;
  const rows = streamRows(() => process.wallNow(), view);
  const write = (stream: StreamClients, to: ByteText) => rows.write(stream, to);
  return [
    {
      method: "GET",
      path: "/api/v1/streams",
      scope: "read",
      summary: "All streams that are published or waited for.",
      query: { ...PAGE_QUERY, ...SEARCH_QUERY },
      answer: pageAnswer("streams", STREAM),
      handle: (call) =>
        pages.answer(call, "streams", async () => {
          const streams = streamsOf((await snapshots.current()).clients);
          rows.expect(streams.length);
          return { members: streams.filter(wantedBy(call.query)), write };
        }),
    },
    {
      method: "GET",
      path: "/api/v1/streams/{id}",
      scope: "read",
      summary: "One stream.",
      answer: { kind: "data", members: { stream: STREAM } },
      handle: async ({ params }) => {
        const streams = streamsOf((await snapshots.current()).clients);
        rows.expect(streams.length);
        const stream = streams.find(({ streamId }) => streamId === params["id"]);
        return stream === undefined
          ? codeReply(ApiCode.StreamNotFound, "No stream of this id")
          : memberReply(identity, "stream", stream, write);
      },
    },
  ];
}

/** By the publisher, or the first player: all have the same url. */
function wantedBy(query: URLSearchParams): (stream: StreamClients) => boolean {
  const isFound = clientFinder(query);
  return (stream) => {
    const client = sourceOf(stream);
    return client !== undefined && isFound(client);
  };
}
