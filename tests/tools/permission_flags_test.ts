/**
 * What the flags of the compiled file mean to Deno, asked of Deno itself.
 *
 * @module
 */
import { permissionFlags } from "../../tools/permission_flags.ts";
import { assert, assertEquals } from "../support/assert.ts";

/** Asked by a program that runs with the flags. */
const PROBE = `
const { giveUpEnvironment } = await import(Deno.args[0]);
const state = (name) => [name, Deno.permissions.querySync({ name }).state];
const kinds = ["net", "read", "write", "run", "ffi", "sys", "env", "import"].map(state);
giveUpEnvironment();
console.log(JSON.stringify({ kinds, later: state("env"), home: Deno.permissions.querySync({ name: "env", variable: "HOME" }).state }));
`;
const ENVIRONMENT = new URL("../../app/process_environment.ts", import.meta.url).href;

Deno.test("permissionFlags() grant network, files and the environment, which a server gives up", async () => {
  const file = await Deno.makeTempFile({ suffix: ".js" });
  await Deno.writeTextFile(file, PROBE);
  // What is compiled in needs no permission to be imported; here the file of the source does.
  const flags = permissionFlags().filter((flag) => flag !== "--deny-import");
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-config", ...flags, file, ENVIRONMENT],
  }).output();
  await Deno.remove(file);
  const { kinds, later, home } = JSON.parse(new TextDecoder().decode(stdout));
  // What would be asked for is refused, for nothing is ever asked.
  assertEquals(permissionFlags()[0], "--no-prompt");
  assert(permissionFlags().includes("--deny-import"));
  const { import: _import, ...granted } = Object.fromEntries(kinds);
  assertEquals(granted, {
    ...{ net: "granted", read: "granted", write: "granted", env: "granted" },
    ...{ run: "prompt", ffi: "prompt", sys: "prompt" },
  });
  assertEquals([later, home], [["env", "prompt"], "prompt"]);
});
