/**
 * What `deno task doc` does: each room's face has documentation for all that it shows, by itself.
 *
 * Linted together, the rooms would lend each other what they do not show.
 *
 * @module
 */

const ROOT = new URL("../", import.meta.url);

Deno.chdir(ROOT);
const faces = await facesOf(".");
const found = await Promise.all(faces.map(lint));
if (faces.length === 0 || found.includes("bad")) Deno.exit(1);

async function facesOf(directory: string): Promise<string[]> {
  const faces: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    if (name.startsWith(".") || name === "node_modules" || name === "tests") continue;
    if (isDirectory) faces.push(...await facesOf(`${directory}/${name}`));
    else if (name === "mod.ts") faces.push(`${directory}/${name}`);
  }
  return faces.sort();
}

async function lint(face: string): Promise<"good" | "bad"> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", face],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) await Deno.stderr.write(stderr);
  return success ? "good" : "bad";
}
