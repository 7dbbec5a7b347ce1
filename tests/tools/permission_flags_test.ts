/**
 * What the flags of the compiled file mean to Deno, asked of Deno itself.
 *
 * @module
 */
import { environmentNames } from "../../config/mod.ts";
import { permissionFlags } from "../../tools/permission_flags.ts";
import { assert, assertEquals } from "../support/assert.ts";

/** Asked by a program that runs with the flags. */
const PROBE = `
const state = (name, more = {}) => [name, Deno.permissions.querySync({ name, ...more }).state];
const kinds = ["net", "read", "write", "run", "ffi", "sys", "env", "import"].map((name) => state(name));
const variable = (name) => state("env", { variable: name })[1];
console.log(JSON.stringify({ kinds, own: Deno.args.map(variable), home: variable("HOME") }));
`;

Deno.test("permissionFlags() grant network, files and the server's own variables, and nothing else", async () => {
  const names = environmentNames();
  const file = await Deno.makeTempFile({ suffix: ".js" });
  await Deno.writeTextFile(file, PROBE);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-config", ...permissionFlags(), file, ...names],
  }).output();
  await Deno.remove(file);
  const { kinds, own, home } = JSON.parse(new TextDecoder().decode(stdout));
  // What would be asked for is refused, for nothing is ever asked.
  assertEquals(permissionFlags()[0], "--no-prompt");
  assertEquals(Object.fromEntries(kinds), {
    ...{ net: "granted", read: "granted", write: "granted" },
    ...{ run: "prompt", ffi: "prompt", sys: "prompt", env: "prompt" },
    import: "denied",
  });
  assert(names.length > 50);
  assertEquals(own, names.map(() => "granted"));
  assertEquals(home, "prompt");
});
