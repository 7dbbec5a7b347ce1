/**
 * Which route answers a path.
 *
 * @module
 */
import type { ApiRoute } from "../../../http/api/api_route.ts";
import { RouteTable } from "../../../http/api/route_table.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";

function route(method: ApiRoute["method"], path: string): ApiRoute {
  const answer = { kind: "data", members: {} } as const;
  return { method, path, scope: "read", summary: path, answer, handle: () => new Response() };
}

const TABLE = new RouteTable([
  route("GET", "/api/foos/{id}"),
  route("DELETE", "/api/foos/{id}"),
  route("POST", "/api/foos/{id}/bars/{bar}"),
  route("GET", "/api/foos/all"),
  route("GET", "/"),
]);

/** The route's path and parameters, or what is there instead. */
function found(method: string, path: string): unknown {
  const match = TABLE.find(method, path);
  if (match.kind === "route") return [match.route.path, match.params];
  return match.kind === "otherMethods" ? match.methods : match.kind;
}

const CASES: readonly (readonly [method: string, path: string, expected: unknown])[] = [
  ["GET", "/api/foos/7", ["/api/foos/{id}", { id: "7" }]],
  ["HEAD", "/api/foos/7/", ["/api/foos/{id}", { id: "7" }]],
  ["GET", "/api/foos/all", ["/api/foos/all", {}]],
  ["POST", "/api/foos/7/bars/x%2Fy", ["/api/foos/{id}/bars/{bar}", { id: "7", bar: "x%2Fy" }]],
  ["GET", "/", ["/", {}]],
  ["GET", "//", ["/", {}]],
  ["POST", "/api/foos/7", ["GET", "HEAD", "DELETE"]],
  ["GET", "/api/foos", "nothing"],
  ["GET", "/api/foos//", "nothing"],
  ["GET", "/api//7", "nothing"],
  ["GET", "/api/foos/7/8", "nothing"],
  ["POST", "/api/foos//bars/1", "nothing"],
  ["GET", "/api/foos/__proto__", ["/api/foos/{id}", { id: "__proto__" }]],
];
for (const [method, path, expected] of CASES) {
  Deno.test(`RouteTable.find() of ${method} ${path}`, () => assertEquals(found(method, path), expected));
}

Deno.test("RouteTable refuses two routes of one method and path", () => {
  assertThrows(() => new RouteTable([route("GET", "/a"), route("GET", "/a")]), RangeError);
});
