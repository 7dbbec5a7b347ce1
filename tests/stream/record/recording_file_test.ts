/** Files of recordings replace nothing and stay in their folder. */
import { createRecordingFile, finishRecordingFile } from "../../../stream/record/recording_file.ts";
import { recordPath } from "../../../stream/record/path_template.ts";
import { RecordPathError } from "../../../stream/record/record_folder.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../../support/assert.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";

async function create(path: string, root: string): Promise<string> {
  const { file, path: unfinished } = await createRecordingFile(path, root);
  file.close();
  return unfinished;
}

Deno.test("a name that exists, or is being written, gets a number", async () => {
  await using directory = await temporaryDirectory();
  const root = directory.path;
  const path = `${root}/live/cam.mp4`;
  const first = await create(path, root);
  const second = await create(path, root);
  assertEquals([first, second], [`${root}/live/cam.mp4.tmp`, `${root}/live/cam-1.mp4.tmp`]);
  assertEquals(await finishRecordingFile({ path: first, root }, 0), path);
  assertEquals(await create(path, root), `${root}/live/cam-2.mp4.tmp`);
});

Deno.test("a file that another program put in place meanwhile is not replaced", async () => {
  await using directory = await temporaryDirectory();
  const root = directory.path;
  const unfinished = await create(`${root}/cam.flv`, root);
  await Deno.writeTextFile(`${root}/cam.flv`, "theirs");
  assertEquals(await finishRecordingFile({ path: unfinished, root }, 0), `${root}/cam-1.flv`);
  assertEquals(await Deno.readTextFile(`${root}/cam.flv`), "theirs");
});

Deno.test("a file that has its name already, and its name while it was written too, keeps the one", async () => {
  await using directory = await temporaryDirectory();
  const root = directory.path;
  const unfinished = await create(`${root}/cam.flv`, root);
  await Deno.link(unfinished, `${root}/cam.flv`);
  assertEquals(await finishRecordingFile({ path: unfinished, root }, 0), `${root}/cam.flv`);
  assertEquals(Array.from(Deno.readDirSync(root), ({ name }) => name), ["cam.flv"]);
});

Deno.test("a file whose folder has become a link that leads out of its root is not named there", async () => {
  await using directory = await temporaryDirectory();
  const root = `${directory.path}/rec`;
  const unfinished = await create(`${root}/live/cam.flv`, root);
  await Deno.rename(`${root}/live`, `${directory.path}/outside`);
  await Deno.symlink(`${directory.path}/outside`, `${root}/live`);
  await assertRejects(() => finishRecordingFile({ path: unfinished, root }, 0), RecordPathError);
  assertEquals(Array.from(Deno.readDirSync(`${root}/live`), ({ name }) => name), ["cam.flv.tmp"]);
});

Deno.test("a file in its root itself gets its name, also where the root is written with a slash too many", async () => {
  await using directory = await temporaryDirectory();
  for (const template of ["rec//[stream].flv", "rec///[app]/[stream].flv", "rec//.//[stream].flv"]) {
    const facts = { vhost: "v", app: "live", stream: "cam", wallMs: 0 };
    const made = recordPath(`${directory.path}/${template}`, facts);
    assert("path" in made, template);
    const place = { path: await create(made.path, made.root), root: made.root };
    assertEquals(await finishRecordingFile(place, 0), place.path.replace(/\.tmp$/, ""), template);
  }
});

Deno.test("the duration goes into the name when it is known", async () => {
  await using directory = await temporaryDirectory();
  const root = directory.path;
  const unfinished = await create(`${root}/cam.[duration].flv`, root);
  assertEquals(await finishRecordingFile({ path: unfinished, root }, 1234.4), `${root}/cam.1234.flv`);
});

Deno.test("a link that leads out of the folder is not followed, and nothing is made behind it", async () => {
  await using directory = await temporaryDirectory();
  const root = `${directory.path}/rec`;
  const outside = `${directory.path}/outside`;
  await Deno.mkdir(root);
  await Deno.mkdir(outside);
  await Deno.symlink(outside, `${root}/live`);
  const error = await assertRejects(() => create(`${root}/live/room/cam.flv`, root), RecordPathError);
  assertStringIncludes(error.message, `${root}/live is a link that leads out of ${root}`);
  assertEquals([...Deno.readDirSync(outside)], []);
});

Deno.test("a folder that is itself a link is the operator's choice", async () => {
  await using directory = await temporaryDirectory();
  await Deno.mkdir(`${directory.path}/disk`);
  await Deno.symlink(`${directory.path}/disk`, `${directory.path}/rec`);
  await create(`${directory.path}/rec/live/cam.flv`, `${directory.path}/rec`);
  assert(Deno.statSync(`${directory.path}/disk/live/cam.flv.tmp`).isFile);
});
