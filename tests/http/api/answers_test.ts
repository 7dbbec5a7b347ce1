/**
 * Every answer against the OpenAPI document, and against the fields and types of SRS's answers.
 *
 * @module
 */
import { Ajv2020 } from "ajv/2020";
import { ApiHarness, asBody, type Body, withStream } from "../../support/http/api_harness.ts";
import { assert, assertEquals, assertGreater } from "../../support/assert.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";
import { SRS_FIELDS } from "./srs_fields.ts";

/** What the document says of one operation. */
interface Operation {
  readonly path: string;
  readonly schema: Body | undefined;
}

/** The GET operations of a document. */
function getOperations(document: Body): readonly Operation[] {
  return Object.entries(asBody(document["paths"])).flatMap(([path, item]) => {
    const get = asBody(item)["get"];
    if (get === undefined) return [];
    const content = asBody(asBody(asBody(asBody(get)["responses"])["200"])["content"]);
    const json = content["application/json"];
    return [{ path, schema: json === undefined ? undefined : asBody(asBody(json)["schema"]) }];
  });
}

/** A check of `value` against a schema of the document; the faults. */
function faultsOf(document: Body, schema: Body, value: unknown): unknown {
  const ajv = new Ajv2020({ strict: true, allErrors: true, keywords: ["components"] });
  const validate = ajv.compile({ ...schema, components: document["components"] });
  return validate(value) ? [] : validate.errors;
}

/** The ids that a list of the API has. */
async function firstIds(api: ApiHarness): Promise<Readonly<Record<string, string>>> {
  const ids: Record<string, string> = {};
  for (const name of ["vhosts", "streams", "clients"]) ids[name] = String((await api.list(name))[0]?.["id"]);
  return ids;
}

Deno.test("every GET of the document is answered as it says, with ids that are there and ids that are not", () =>
  withStream(async (api) => {
    const document = await api.json("openapi.json");
    assertEquals(document["openapi"], "3.1.0");
    const operations = getOperations(document);
    assertGreater(operations.length, 20);
    const ids = await firstIds(api);
    for (const { path, schema } of operations) {
      if (schema === undefined) continue;
      const resource = path.split("/")[3] ?? "";
      const paths = path.includes("{")
        ? [path.replace(/\{\w+\}/, ids[resource] ?? "1"), path.replace(/\{\w+\}/, "nobody")]
        : [path];
      for (const real of paths) {
        const reply = await fetch(`${api.url}${real}`);
        assertEquals(reply.status, 200, real);
        assertEquals(faultsOf(document, schema, await reply.json()), [], real);
      }
    }
  }));

Deno.test("the document's schemas refuse an answer with a member more or less", () =>
  withStream(async (api) => {
    const document = await api.json("openapi.json");
    const operation = getOperations(document).find(({ path }) => path === "/api/v1/versions");
    assert(operation?.schema !== undefined);
    const answer = await api.json("versions");
    assertEquals(faultsOf(document, operation.schema, answer), []);
    const { data: _data, ...less } = answer;
    for (const wrong of [{ ...answer, more: 1 }, less, { ...answer, pid: 7 }]) {
      assert(JSON.stringify(faultsOf(document, operation.schema, wrong)) !== "[]");
    }
  }));

for (const [route, fields] of Object.entries(SRS_FIELDS)) {
  Deno.test(`GET /api/v1/${route} has the fields of SRS with their types`, () =>
    withStream(async (api) => {
      for (const path of [route, `${route}/`]) {
        const answer = await api.json(path);
        for (const name of ["server", "service", "pid"]) assertEquals(typeof answer[name], "string");
        assertEquals(typeof answer["code"], "number");
        assertEquals(fields.filter(([field, type]) => typesAt(answer, field).some((t) => t !== type)), []);
      }
    }));
}

for (const route of ["vhosts", "streams", "clients"]) {
  Deno.test(`GET /api/v1/${route}/{id} has the fields of one of the list`, () =>
    withStream(async (api) => {
      const ids = await firstIds(api);
      const answer = await api.json(`${route}/${ids[route]}`);
      const fields = SRS_FIELDS[route] ?? [];
      assertGreater(fields.length, 8);
      const wrong = fields.filter(([field, type]) =>
        typesAt(answer, field.replace(/^(\w+)s\[\]/, "$1")).some((t) => t !== type)
      );
      assertEquals(wrong, []);
    }));
}

Deno.test("a stream that is waited for has null for what SRS has null for", async () => {
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server);
  const player = await harness.client();
  await player.play("livestream");
  const [stream] = await api.list("streams");
  assertEquals([stream?.["video"], stream?.["audio"], stream?.["publish"]], [
    null,
    null,
    { active: false, cid: "" },
  ]);
});

/** The types at a dotted path, one for each member of a list on the way. */
function typesAt(value: unknown, path: string): readonly string[] {
  const [name = "", ...rest] = path.split(".");
  const inner = asBody(value)[name.replace("[]", "")];
  if (rest.length === 0) return [typeof inner];
  const members = name.endsWith("[]") ? (Array.isArray(inner) ? inner : []) : [inner];
  assert(members.length > 0, `${path} is of an empty list`);
  return members.flatMap((member) =>
    typeof member === "object" && member !== null ? typesAt(member, rest.join(".")) : ["absent"]
  );
}

Deno.test("the roots list what is below them, as sentences by name", () =>
  withStream(async (api) => {
    for (const root of ["/", "/api/", "/api/v1/"]) {
      const { code, urls } = asBody(await (await fetch(`${api.url}${root}`)).json());
      assertEquals(code, 0, root);
      const sentences = JSON.stringify(urls);
      for (const route of Object.keys(SRS_FIELDS)) {
        if (root === "/api/v1/") assertEquals(typeof asBody(urls)[route], "string", route);
      }
      assertGreater(sentences.length, 10, root);
    }
  }));
