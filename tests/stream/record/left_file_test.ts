/**
 * Files that a killed process left.
 *
 * @module
 */
import { finishLeftFile, RecordPathError } from "../../../stream/record/mod.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import { withDirectory } from "../../support/clients/streams.ts";

for (const extension of ["flv", "mp4"]) {
  Deno.test(`finishLeftFile() follows no link that has taken the place of a file: ${extension}`, () =>
    withDirectory(async (directory) => {
      const other = `${directory}/other.txt`;
      await Deno.writeTextFile(other, "not a recording");
      for (const name of [`left.${extension}.tmp`, `named.${extension}`]) {
        const link = `${directory}/${name}`;
        await Deno.symlink(other, link);
        await assertRejects(
          () => finishLeftFile({ path: name.endsWith(".tmp") ? link : `${link}.tmp`, root: directory }),
          Error,
          "is a link or a folder",
        );
        assert((await Deno.lstat(link)).isSymlink);
      }
      assertEquals(await Deno.readTextFile(other), "not a recording");
    }));
}

for (const extension of ["flv", "mp4"]) {
  Deno.test(`finishLeftFile() follows no link that has taken the place of a folder: ${extension}`, () =>
    withDirectory(async (directory) => {
      const root = `${directory}/rec`;
      const outside = `${directory}/outside`;
      await Deno.mkdir(root);
      await Deno.mkdir(outside);
      await Deno.symlink(outside, `${root}/live`);
      for (const name of [`left.${extension}.tmp`, `named.${extension}`]) {
        await Deno.writeTextFile(`${outside}/${name}`, "not a recording");
        const path = `${root}/live/${name.replace(".tmp", "")}.tmp`;
        await assertRejects(() => finishLeftFile({ path, root }), RecordPathError, "leads out of");
        assertEquals(await Deno.readTextFile(`${outside}/${name}`), "not a recording");
      }
    }));
}
