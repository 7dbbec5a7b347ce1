/**
 * Attacks on what is served besides media: files of the operator's, and the page of a stream.
 *
 * @module
 */
import { PageAssets } from "../../http/pages/page_assets.ts";
import { PlayerPage } from "../../http/pages/player_page.ts";
import { StaticFiles } from "../../http/static/static_files.ts";
import { RecordPathError } from "../../stream/record/record_folder.ts";
import { createRecordingFile } from "../../stream/record/recording_file.ts";
import { assert, assertEquals, assertMatch, assertNotMatch, assertRejects } from "../support/assert.ts";
import { attackTest } from "../support/attacks/attacks.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

function request(path: string): Request {
  return new Request(`http://localhost:8080${path}`);
}

attackTest(
  2,
  "a directory whose name begins like the one that is served stays closed, by dots and by a link",
  async () => {
    await using parent = await temporaryDirectory();
    await Deno.mkdir(`${parent.path}/site`);
    await Deno.mkdir(`${parent.path}/site-secret`);
    await Deno.writeTextFile(`${parent.path}/site/a.txt`, "site");
    await Deno.writeTextFile(`${parent.path}/site-secret/a.txt`, "secret");
    await Deno.symlink(`${parent.path}/site-secret`, `${parent.path}/site/link`);
    const files = new StaticFiles(`${parent.path}/site`);
    assertEquals(await (await files.respond(request("/a.txt")))?.text(), "site");
    for (const path of ["/link/a.txt", "/..%2fsite-secret/a.txt", "/%2e%2e/site-secret/a.txt"]) {
      assertEquals(await files.respond(request(path)), undefined, path);
    }
  },
);

attackTest(
  2,
  "a recording does not follow a link to a directory whose name begins like its own",
  async () => {
    await using parent = await temporaryDirectory();
    const root = `${parent.path}/rec`;
    await Deno.mkdir(root);
    await Deno.mkdir(`${root}-secret`);
    await Deno.symlink(`${root}-secret`, `${root}/live`);
    await assertRejects(() => createRecordingFile(`${root}/live/cam.flv`, root), RecordPathError);
    assertEquals([...Deno.readDirSync(`${root}-secret`)], []);
  },
);

attackTest(29, "no script of the pages makes markup of a text", async () => {
  const assets = new URL("../../http/pages/assets/", import.meta.url);
  const scripts = [...Deno.readDirSync(assets)].filter(({ name }) => /\.m?[jt]s$/.test(name));
  assert(scripts.length > 0);
  for (const { name } of scripts) {
    const text = await Deno.readTextFile(new URL(name, assets));
    assertNotMatch(
      text,
      /\b(?:innerHTML|outerHTML|insertAdjacentHTML|document\.write|setHTMLUnsafe|srcdoc)\b/,
      name,
    );
  }
});

attackTest(
  29,
  "a directory has no list, and the name of a stream is text on its page, which runs no script of its own",
  async () => {
    await using directory = await temporaryDirectory();
    await Deno.writeTextFile(`${directory.path}/secret-name.txt`, "");
    assertEquals(await new StaticFiles(directory.path).respond(request("/")), undefined);

    const page = new PlayerPage(new PageAssets());
    const stream = `<img src=x onerror=alert(1)>"'`;
    const response = await page.respond(request("/live/x"), {
      app: stream,
      stream,
      flv: `"><script>`,
      hls: `"><script>`,
    });
    assertMatch(response.headers.get("content-security-policy") ?? "", /script-src 'self'/);
    const text = await response.text();
    assertNotMatch(text, /<img|<script>/);
    assert(text.includes("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;"), text);
  },
);
