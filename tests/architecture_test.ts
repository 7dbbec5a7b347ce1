/**
 * The house's rules, read from the files themselves: who imports whom, what each room may touch, and how every
 * file looks.
 *
 * @module
 */
import { assert, assertEquals } from "./support/assert.ts";
import { readSourceFiles, type SourceFile, sourceFile } from "./support/source_file.ts";

const ROOT = new URL("../", import.meta.url);
const FILES = await readSourceFiles(ROOT);
const PRODUCT = FILES.filter((file) => !file.path.startsWith("tests/"));

/** Rooms, the inner ones first, and the rooms that each may also import. */
const ROOMS: ReadonlyMap<string, readonly string[]> = new Map([
  ["core", []],
  ["system/log", ["core", "system"]],
  ["system", ["core"]],
  ["rtmp/wire", []],
  ["rtmp/session", ["rtmp/wire", "core"]],
  ["rtmp/client", ["rtmp/wire", "core"]],
  ["stream/media", ["rtmp/wire", "core"]],
  ["stream/mux", ["stream/media"]],
  ["stream/live", ["stream/media", "core"]],
  ["stream/schedule", ["stream/live", "core"]],
  ["stream/admission/access", ["core"]],
  [
    "stream/admission",
    [
      "stream/admission/access",
      "stream/live",
      "stream/media",
      "stream/schedule",
      "rtmp/wire",
      "system",
      "core",
    ],
  ],
  [
    "stream/record",
    ["stream/admission", "stream/live", "stream/media", "stream/mux", "system", "core"],
  ],
  [
    "rtmp",
    [
      ...["rtmp/wire", "rtmp/session"],
      ...["stream/admission", "stream/admission/access", "stream/live", "stream/media", "stream/schedule"],
      ...["core", "system"],
    ],
  ],
  [
    "cluster",
    [
      ...["rtmp/client", "rtmp/wire", "stream/admission"],
      ...["stream/live", "stream/media", "stream/schedule", "core", "system"],
    ],
  ],
  ["hooks", ["core", "system"]],
  ["config", ["core"]],
  ["http/server", ["core", "system"]],
  [
    "http",
    [
      ...["http/server", "stream/admission", "stream/admission/access"],
      ...["stream/live", "stream/media", "stream/mux", "stream/schedule", "core", "system"],
    ],
  ],
]);

/** Rooms of which another may import the types of these rooms' files. */
const TYPE_IMPORTS: readonly { readonly room: string; readonly path: RegExp }[] = [
  {
    room: "config",
    path:
      /^(?:rtmp|stream\/admission|stream\/admission\/access|hooks|system\/log|http|cluster)\/options\.ts$/,
  },
  { room: "http", path: /^hooks\// },
];

/** The rooms that get clock, chance and sockets handed in. */
const PURE_ROOMS: readonly string[] = [
  "core",
  "rtmp/wire",
  "rtmp/session",
  "rtmp/client",
  "stream/media",
  "stream/mux",
  "stream/live",
  "stream/admission/access",
];

const IMPURE =
  /\bDeno\.|\bfetch\s*\(|\bset(?:Timeout|Interval|Immediate)\b|\bDate\.now\b|\bnew\s+Date\s*\(\s*\)|(?<!new\s)\bDate\s*\(|\bMath\.random\b|\bconsole\b|\bperformance\.|\bcrypto\.|\bprocess\.|\bqueueMicrotask\b/;

/** Where alone each way out of the process may be used. */
const EXCLUSIVE: readonly { readonly use: RegExp; readonly where: RegExp }[] = [
  { use: /\bDeno\.listen\b/, where: /^(?:system\/net\/|system\/net\/port_check\.ts$)/ },
  { use: /\bDeno\.connect\b/, where: /^(?:cluster\/|system\/net\/(?:unix_socket|tls_relay)\.ts$)/ },
  { use: /\bDeno\.serve\b/, where: /^hooks\/tools\/hook_server\.ts$/ },
  // Everything else is handed a clock, which a test can move.
  {
    use: /\bDate\.now\b|\bperformance\.|(?<!\.)\bset(?:Timeout|Interval)\s*\(/,
    where: /^(?:core\/clock\.ts$|system\/system_clock\.ts$|tools\/)/,
  },
  { use: /\bconsole\./, where: /^system\/log\// },
  { use: /\bDeno\.(?:Command|dlopen)\b/, where: /^tools\// },
];

const MAX_LINES = 300;

function roomOf(path: string): string | undefined {
  for (const room of ROOMS.keys()) if (path.startsWith(`${room}/`)) return room;
  return undefined;
}

/** `path: what` for every product file and finding. */
function findings(files: readonly SourceFile[], find: (file: SourceFile) => readonly string[]): string[] {
  return files.flatMap((file) => find(file).map((what) => `${file.path}: ${what}`));
}

function matching(pattern: RegExp): (file: SourceFile) => readonly string[] {
  return (file) => pattern.exec(file.code)?.slice(0, 1) ?? [];
}

function forbiddenImports(file: SourceFile): readonly string[] {
  const room = roomOf(file.path);
  if (room === undefined) return [];
  return file.imports.filter(({ path, typeOnly }) => {
    if (path === undefined) return false;
    const target = roomOf(path);
    if (target === room) return false;
    if (target !== undefined && ROOMS.get(room)?.includes(target)) return false;
    return !(typeOnly && TYPE_IMPORTS.some((rule) => rule.room === room && rule.path.test(path)));
  }).map(({ specifier }) => `imports ${specifier}`);
}

Deno.test("every file belongs to a room, the command, the tools or the tests", () => {
  const homeless = PRODUCT.filter(({ path }) =>
    roomOf(path) === undefined && !/^(?:main\.ts$|app\/|tools\/)/.test(path)
  );
  assertEquals(homeless.map(({ path }) => path), []);
  assert(PRODUCT.length > 20, "the files of the product were not found");
});

Deno.test("imports point only where the table of rooms allows", () => {
  assertEquals(findings(PRODUCT, forbiddenImports), []);
});

Deno.test("forbiddenImports() finds an import that points back", () => {
  const back = sourceFile("rtmp/wire/a.ts", 'import { Session } from "../session/session.ts";');
  assertEquals(forbiddenImports(back), ["imports ../session/session.ts"]);
  const value = sourceFile("config/a.ts", 'import { x } from "../rtmp/options.ts";');
  assertEquals(forbiddenImports(value).length, 1);
  const type = sourceFile("config/a.ts", 'import type { X } from "../rtmp/options.ts";');
  assertEquals(forbiddenImports(type).length, 0);
});

Deno.test("a room is imported by its mod.ts from outside of it", () => {
  const house = (path: string) => path.split("/")[0];
  const found = findings(PRODUCT.filter(({ path }) => !path.startsWith("tools/")), (file) =>
    file.imports
      .filter(({ path }) =>
        path !== undefined && house(path) !== house(file.path) && roomOf(path) !== undefined
      )
      .filter(({ path, typeOnly }) =>
        !/\/mod\.ts$/.test(path ?? "") && !(typeOnly && /\/(?:options|ports)\.ts$/.test(path ?? ""))
      )
      .map(({ specifier }) => `imports ${specifier}`));
  assertEquals(found, []);
});

Deno.test("no file imports itself in a circle, be it for a type", () => {
  const byPath = new Map(FILES.map((file) => [file.path, file]));
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
    if (done.has(path) || trail.includes(path)) return;
    for (const imported of byPath.get(path)?.imports ?? []) {
      if (imported.path !== undefined) visit(imported.path, [...trail, path]);
    }
    done.add(path);
  };
  for (const path of byPath.keys()) visit(path, []);
  assertEquals(circles, []);
});

Deno.test("the pure rooms touch no clock, chance, socket or console", () => {
  // The interface of the clock that is handed in names its own timers.
  const pure = PRODUCT.filter(({ path }) =>
    PURE_ROOMS.includes(roomOf(path) ?? "") && path !== "core/clock.ts"
  );
  assert(pure.length > 10);
  assertEquals(findings(pure, matching(IMPURE)), []);
});

for (const { use, where } of EXCLUSIVE) {
  Deno.test(`${use.source} is used nowhere but in ${where.source}`, () => {
    assertEquals(findings(PRODUCT.filter(({ path }) => !where.test(path)), matching(use)), []);
  });
}

/** Tests that may use the machine's timers, and why. */
const REAL_TIME: readonly { readonly path: RegExp; readonly why: string }[] = [
  { path: /^tests\/(?:app\/(?:shutdown|pty)|e2e\/(?:pairs|fanout_slow))_test\.ts$/, why: "a real process" },
  { path: /^tests\/clients\/programs\//, why: "real programs" },
  { path: /^tests\/attacks\/(?:api|connections|requests)_test\.ts$/, why: "clients that send slowly" },
  {
    path: /^tests\/rtmp\/server\/(?:takeover|half_open)_test\.ts$/,
    why: "a publisher that goes on sending",
  },
  { path: /^tests\/app\/uncaught_errors_test\.ts$/, why: "an error that a timer throws" },
  { path: /^tests\/hooks\//, why: "an outbox in a thread and a process of their own" },
];

Deno.test("tests wait for events, or move the clock, and do not sleep", () => {
  const found = findings(
    FILES.filter(({ path }) => path.endsWith("_test.ts") && !REAL_TIME.some((rule) => rule.path.test(path))),
    matching(/(?<!\.)\bset(?:Timeout|Interval)\s*\(/),
  );
  assertEquals(found, [], "use tests/support/wait.ts, or a clock of tests/support/manual_clock.ts");
});

Deno.test("only one file names the assertion library", () => {
  const found = FILES.filter((file) =>
    file.imports.some(({ specifier }) => /^@std\/assert|\/assert\/mod/.test(specifier))
  );
  assertEquals(found.map(({ path }) => path), ["tests/support/assert.ts"]);
});

Deno.test("the product imports nothing of the tests and no package for them", () => {
  const found = findings(PRODUCT, (file) =>
    file.imports
      .filter(({ path, specifier }) =>
        path?.startsWith("tests/") || /fast-check|mediabunny|@std\/assert/.test(specifier)
      )
      .map(({ specifier }) => specifier));
  assertEquals(found, []);
});

const BANS: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  { name: "default exports", pattern: /\bexport\s+default\b/ },
  { name: "the type any", pattern: /(?<![.\w])any\b(?!\s*[(:])/ },
  { name: "enums", pattern: /\benum\s+\w/ },
  { name: "double casts", pattern: /\bas\s+unknown\s+as\b/ },
  { name: "empty catches", pattern: /\bcatch\s*(?:\([^)]*\))?\s*\{\s*\}/ },
  { name: "module-level variables", pattern: /^(?:export\s+)?(?:let|var)\s/m },
  { name: "private in TypeScript's way but for constructors", pattern: /\bprivate\s+(?!constructor\b)/ },
  { name: "type checks switched off", pattern: /@ts-(?:ignore|nocheck|expect-error)/ },
];
for (const { name, pattern } of BANS) {
  Deno.test(`no file has ${name}`, () => assertEquals(findings(FILES, matching(pattern)), []));
}

Deno.test("no test is skipped or runs alone", () => {
  const tests = FILES.filter(({ path }) => path.endsWith("_test.ts"));
  assertEquals(findings(tests, matching(/\bDeno\.test\.(?:ignore|only)\b|\b(?:ignore|only)\s*:/)), []);
  assertEquals(findings(tests, matching(/\bsanitize(?:Ops|Resources|Exit)\s*:/)), []);
});

Deno.test("every file but tests and benches, which are named after theirs, opens with its purpose and @module", () => {
  const own = FILES.filter(({ path }) => !/_(?:test|bench)\.ts$/.test(path));
  assertEquals(own.filter(({ header }) => !/@module\b/.test(header)).map(({ path }) => path), []);
});

Deno.test(`no file has more than ${MAX_LINES} lines`, () => {
  const long = FILES.filter(({ text }) => text.trimEnd().split("\n").length > MAX_LINES);
  assertEquals(long.map(({ path }) => path), []);
});

Deno.test("no two files export a class or type of one name", () => {
  const exported = /^export (?:abstract )?(?:class|interface|type) (\w+)/gm;
  const paths = new Map<string, string>();
  const twice = FILES.flatMap(({ path, code }) =>
    [...new Set([...code.matchAll(exported)].map((match) => match[1] ?? ""))].flatMap((name) => {
      const other = paths.get(name);
      paths.set(name, path);
      return other === undefined ? [] : [`${name}: ${other} and ${path}`];
    })
  );
  assertEquals(twice, []);
});

Deno.test("a room's mod.ts holds nothing but re-exports", () => {
  const rest = /export\s+(?:type\s+)?(?:\*|\{[^}]*\})\s*(?:as\s+\w+\s*)?from\s*""\s*;?/g;
  const found = FILES.filter(({ path }) => path.endsWith("/mod.ts")).filter(({ code }) =>
    code.replace(rest, "").trim() !== ""
  );
  assertEquals(found.map(({ path }) => path), []);
});

Deno.test("sourceFile() sees through comments, strings, templates and regular expressions", () => {
  const { code } = sourceFile(
    "a.ts",
    "const a = `x ${Date.now()} any`; // any\nconst b = /any\"/; const c = 'any';\nany",
  );
  assertEquals(code.match(/any/g)?.length, 1);
  assert(code.includes("Date.now()"));
});
