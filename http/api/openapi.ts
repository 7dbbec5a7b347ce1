/**
 * The OpenAPI 3.1 document, written from the table of routes. Pure.
 *
 * @module
 */
import type { ApiAnswer, ApiRoute } from "./api_route.ts";
import type { Json, JsonObject } from "./reply.ts";
import { count, object, type Schema, text } from "./schema/json_schema.ts";

const REFUSAL = "Refusal";
const REFUSAL_REF: Schema = { $ref: `#/components/schemas/${REFUSAL}` };

/** Members of every answer whose `code` is 0. */
const ENVELOPE = {
  code: { type: "integer", const: 0, description: "All is well." },
  server: text("Id of this server, the same over restarts."),
  service: text("Id of this process."),
  pid: text("The system's number of this process."),
} as const;

/** The document of these routes. */
export function openApiDocument(version: string, routes: readonly ApiRoute[]): JsonObject {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = paths[route.path] ??= {};
    path[route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: "3.1.0",
    info: { title: "srs", version, description: "The management API, in the shape of SRS's." },
    paths,
    components: {
      schemas: { [REFUSAL]: refusal() },
      securitySchemes: {
        basic: { type: "http", scheme: "basic" },
        bearer: { type: "http", scheme: "bearer" },
      },
    },
  };
}

/** The schema of what a route answers with status 200. */
export function answerSchema(answer: Exclude<ApiAnswer, { kind: "text" }>): Schema {
  return answer.kind === "json" ? answer.schema : object({ ...ENVELOPE, ...answer.members });
}

function operation({ path, scope, summary, query = {}, body, answer }: ApiRoute): JsonObject {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const inQuery = Object.entries(query).map(([name, schema]) => ({ name, in: "query", schema }));
  const schema = body === undefined ? {} : {
    requestBody: { required: true, content: { "application/json": { schema: body } } },
  };
  return {
    summary,
    description: scope === "open" ? "Open to all." : `Needs the scope ${scope}.`,
    security: scope === "open" ? [] : [{ basic: [] }, { bearer: [] }],
    parameters: [...inPath, ...inQuery],
    ...schema,
    responses: {
      // An unknown id is status 200 in SRS, with a code that is not 0.
      200: { description: summary, content: content(answer, inPath.length > 0) },
      default: { description: "It was refused.", content: { "application/json": { schema: REFUSAL_REF } } },
    },
  };
}

function content(answer: ApiAnswer, hasId: boolean): JsonObject {
  if (answer.kind === "text") return { [answer.contentType]: { schema: { type: "string" } } };
  const schema = answerSchema(answer);
  return { "application/json": { schema: hasId ? { oneOf: [schema, REFUSAL_REF] } : schema } };
}

function refusal(): Schema {
  return object({
    code: { ...count("What is wrong; never 0."), minimum: 1 },
    msg: text("The same in words."),
  });
}
