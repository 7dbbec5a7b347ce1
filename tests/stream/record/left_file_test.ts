/**
 * Files that a killed process left.
 *
 * @module
 */
import { finishLeftFile } from "../../../stream/record/mod.ts";
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
          () => finishLeftFile(name.endsWith(".tmp") ? link : `${link}.tmp`),
          Error,
          "is a link or a folder",
        );
        assert((await Deno.lstat(link)).isSymlink);
      }
      assertEquals(await Deno.readTextFile(other), "not a recording");
    }));
}
