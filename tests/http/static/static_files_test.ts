/** Files of a directory: what is served, and what nobody gets to see. */
import { StaticFiles } from "../../../http/static/static_files.ts";
import { assertEquals, assertMatch } from "../../support/assert.ts";

const TEXT = "0123456789";

interface Site {
  readonly files: StaticFiles;
  readonly root: string;
  get(path: string, init?: RequestInit): Promise<Response | undefined>;
}

/** `site/` with files, next to a file that is not of it. */
async function withSite(run: (site: Site) => Promise<void>): Promise<void> {
  const parent = await Deno.makeTempDir({ prefix: "srs-test-" });
  const root = `${parent}/site`;
  try {
    await Deno.mkdir(`${root}/docs/.hidden`, { recursive: true });
    await Deno.mkdir(`${root}/empty`);
    await Deno.writeTextFile(`${parent}/outside.txt`, "outside");
    await Deno.writeTextFile(`${root}/a.txt`, TEXT);
    await Deno.writeTextFile(`${root}/a b.txt`, TEXT);
    await Deno.writeTextFile(`${root}/clip.mp4`, TEXT);
    await Deno.writeTextFile(`${root}/.env`, "hidden");
    await Deno.writeTextFile(`${root}/docs/.hidden/a.txt`, "hidden");
    await Deno.writeTextFile(`${root}/docs/index.html`, "<p>docs</p>");
    await Deno.symlink(`${parent}/outside.txt`, `${root}/link-out.txt`);
    await Deno.symlink(parent, `${root}/link-up`);
    await Deno.symlink("a.txt", `${root}/link-in.txt`);
    await Deno.symlink(".env", `${root}/link-hidden.txt`);
    await Deno.symlink("loop", `${root}/loop`);
    const files = new StaticFiles(root);
    const get = (path: string, init?: RequestInit) =>
      files.respond(new Request(`http://localhost:8080${path}`, init));
    await run({ files, root, get });
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

Deno.test("StaticFiles serves a file with its type and a validator", () =>
  withSite(async ({ get }) => {
    const response = await get("/a.txt");
    assertEquals(response?.status, 200);
    assertMatch(response?.headers.get("content-type") ?? "", /^text\/plain/);
    assertEquals(response?.headers.get("content-length"), String(TEXT.length));
    assertEquals(response?.headers.get("x-content-type-options"), "nosniff");
    assertEquals(response?.headers.get("server"), null);
    assertEquals(await response?.text(), TEXT);
    const etag = response?.headers.get("etag") ?? "";
    const again = await get("/a.txt", { headers: { "If-None-Match": etag } });
    assertEquals(again?.status, 304);
    assertEquals(await (await get("/a%20b.txt"))?.text(), TEXT);
    assertEquals(await (await get("/clip.mp4"))?.text(), TEXT);
    assertEquals(await (await get("/link-in.txt"))?.text(), TEXT);
  }));

Deno.test("StaticFiles does not send a file that the client has by its date", () =>
  withSite(async ({ get }) => {
    const date = (await get("/a.txt", { method: "HEAD" }))?.headers.get("last-modified") ?? "";
    assertEquals((await get("/a.txt", { headers: { "If-Modified-Since": date } }))?.status, 304);
    const earlier = new Date(Date.parse(date) - 1000).toUTCString();
    const response = await get("/a.txt", { headers: { "If-Modified-Since": earlier } });
    assertEquals([response?.status, await response?.text()], [200, TEXT]);
  }));

Deno.test("StaticFiles serves an empty file, and a part of it as the whole", () =>
  withSite(async ({ get, root }) => {
    await Deno.writeTextFile(`${root}/none.txt`, "");
    for (const headers of [{}, { Range: "bytes=0-" }]) {
      const response = await get("/none.txt", { headers });
      assertEquals([response?.status, response?.headers.get("content-length")], [200, "0"]);
    }
  }));

Deno.test("StaticFiles closes the file of a client that leaves", () =>
  withSite(async ({ get, root }) => {
    await Deno.writeFile(`${root}/large.bin`, new Uint8Array(1024 * 1024));
    for (const headers of [{}, { Range: "bytes=1000-" }]) {
      const reader = (await get("/large.bin", { headers }))?.body?.getReader();
      await reader?.read();
      await reader?.cancel();
    }
  }));

Deno.test("StaticFiles answers HEAD without a body", () =>
  withSite(async ({ get }) => {
    const response = await get("/a.txt", { method: "HEAD" });
    assertEquals(response?.headers.get("content-length"), String(TEXT.length));
    assertEquals(response?.body, null);
  }));

const RANGES = [
  { range: "bytes=2-4", status: 206, body: "234", contentRange: "bytes 2-4/10" },
  { range: "bytes=7-", status: 206, body: "789", contentRange: "bytes 7-9/10" },
  { range: "bytes=-2", status: 206, body: "89", contentRange: "bytes 8-9/10" },
  { range: "bytes=5-99", status: 206, body: "56789", contentRange: "bytes 5-9/10" },
  { range: "bytes=10-", status: 416, body: "", contentRange: "bytes */10" },
  { range: "lines=1-2", status: 200, body: TEXT, contentRange: null },
];

for (const { range, status, body, contentRange } of RANGES) {
  Deno.test(`StaticFiles answers the range ${range} with ${status}`, () =>
    withSite(async ({ get }) => {
      const response = await get("/clip.mp4", { headers: { Range: range } });
      assertEquals(response?.status, status);
      assertEquals(response?.headers.get("content-range"), contentRange);
      assertEquals(response?.headers.get("content-length"), String(body.length));
      assertEquals(await response?.text(), body);
    }));
}

Deno.test("StaticFiles gives a part only to a client that has the rest of the same file", () =>
  withSite(async ({ get }) => {
    const date = (await get("/a.txt", { method: "HEAD" }))?.headers.get("last-modified") ?? "";
    const of = async (ifRange: string) => {
      const response = await get("/a.txt", { headers: { "Range": "bytes=2-4", "If-Range": ifRange } });
      return [response?.status, await response?.text()];
    };
    assertEquals(await of(date), [206, "234"]);
    assertEquals(await of("Thu, 01 Jan 2026 00:00:00 GMT"), [200, TEXT]);
    assertEquals(await of('"another"'), [200, TEXT]);
  }));

Deno.test("StaticFiles serves the index of a directory, below a slash", () =>
  withSite(async ({ get }) => {
    assertEquals(await (await get("/docs/"))?.text(), "<p>docs</p>");
    const redirect = await get("/docs?a=1");
    assertEquals([redirect?.status, redirect?.headers.get("location")], [301, "./docs/?a=1"]);
    assertEquals(await get("/empty/"), undefined);
    assertEquals(await get("/empty"), undefined);
    assertEquals(await get("/"), undefined);
  }));

const ABSENT = [
  "/missing.txt",
  "/a.txt/",
  "/a.txt/b",
  "/.env",
  "/%2eenv",
  "/docs/.hidden/a.txt",
  "/link-out.txt",
  "/link-up/outside.txt",
  "/link-hidden.txt",
  "/loop",
  "/..%2foutside.txt",
  "/%2e%2e/outside.txt",
  "/docs/..%2f..%2foutside.txt",
  "/..%5coutside.txt",
  "/a.txt%00",
  "/%ff",
  `/${"a".repeat(300)}`,
];

for (const path of ABSENT) {
  Deno.test(`StaticFiles has nothing at ${path.slice(0, 40)}`, () =>
    withSite(async ({ get }) => assertEquals(await get(path), undefined)));
}

Deno.test("StaticFiles does not wait for the writer of a pipe", () =>
  withSite(async ({ get, root }) => {
    await new Deno.Command("mkfifo", { args: [`${root}/pipe`] }).output();
    assertEquals(await get("/pipe"), undefined);
  }));

Deno.test("StaticFiles finds what comes into its directory later, and nothing when the directory goes", () =>
  withSite(async ({ get, root }) => {
    await Deno.writeTextFile(`${root}/new.txt`, "new");
    assertEquals(await (await get("/new.txt"))?.text(), "new");
    await Deno.rename(root, `${root}-old`);
    assertEquals(await get("/new.txt"), undefined);
  }));
