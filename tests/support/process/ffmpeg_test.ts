/**
 * The tools that other tests stand on.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "../assert.ts";
import { mediaTools, runTool, ToolProcess } from "./ffmpeg.ts";

const NO_DIRECTORY = "/var/empty/no/such/directory";

Deno.test("mediaTools() finds tools that run", async () => {
  const tools = await mediaTools();
  assertStringIncludes(await version(tools.ffmpeg), "ffmpeg version");
  assertStringIncludes(await version(tools.ffprobe), "ffprobe version");
});

Deno.test("mediaTools() gets tools that run from npm where the path has none", async () => {
  const tools = await mediaTools({ path: NO_DIRECTORY });
  assertStringIncludes(await version(tools.ffmpeg), "ffmpeg version");
  assertStringIncludes(await version(tools.ffprobe), "ffprobe version");
});

Deno.test("ToolProcess ends a tool that would run without end", async () => {
  const { ffmpeg } = await mediaTools();
  const endless = ["-v", "error", "-re", "-f", "lavfi", "-i", "anullsrc", "-f", "null", "-"];
  const tool = ToolProcess.start(ffmpeg, endless);
  assertEquals((await tool.kill()).signal, "SIGKILL");
  assertEquals((await runTool(ffmpeg, endless, { timeoutMs: 200 })).signal, "SIGKILL");
});

async function version(program: string): Promise<string> {
  const { stdout } = await runTool(program, ["-version"]);
  return new TextDecoder().decode(stdout);
}
