/**
 * Where the real client programs are. One that is missing fails its tests, with the package to install.
 *
 * @module
 */
import { ClientProcess } from "./client_process.ts";

/** Where `.ci/run` puts a minimal Debian 13 for its ffmpeg, unless `DEBIAN13` names another directory. */
const DEBIAN13 = "/opt/debian13";

/** Where the newest programs are, of Debian's unstable branch, unless `DEBIAN_SID` names another directory. */
const DEBIAN_SID = "/opt/sid";

/** A program and what has to stand before its arguments. */
export interface Program {
  readonly path: string;
  readonly args: readonly string[];
}

/**
 * Find a program on the path.
 *
 * @throws When it is not there, with the Debian package that brings it.
 */
export async function findProgram(name: string, debianPackage: string): Promise<Program> {
  for (const directory of (Deno.env.get("PATH") ?? "").split(":")) {
    if (directory !== "" && await isFile(`${directory}/${name}`)) {
      return { path: `${directory}/${name}`, args: [] };
    }
  }
  throw new Error(`Cannot find ${name}: apt-get install ${debianPackage}`);
}

/**
 * Find `ffmpeg` or `ffprobe` 7.1 of Debian 13. It runs on that system's own loader and libraries, so nobody has to
 * change the root directory.
 *
 * @throws When that system is not there, with the command that brings it.
 */
export async function debian13Program(name: "ffmpeg" | "ffprobe"): Promise<Program> {
  const root = Deno.env.get("DEBIAN13") ?? DEBIAN13;
  return await foreignProgram(root, name, `debootstrap --variant=minbase --include=ffmpeg trixie ${root}`);
}

/**
 * Find a program of Debian's unstable branch, which is newer than what anybody has. It runs as those of Debian 13 do.
 *
 * @throws When that system is not there, with the command that brings it.
 */
export async function debianSidProgram(name: "ffmpeg" | "gst-launch-1.0"): Promise<Program> {
  const root = debianSidRoot();
  const packages = ["tools", "plugins-base", "plugins-good", "plugins-bad", "libav"]
    .map((part) => `gstreamer1.0-${part}`).join(",");
  return await foreignProgram(
    root,
    name,
    `debootstrap --variant=minbase --include=ffmpeg,${packages} sid ${root}`,
  );
}

/** The directory of that system. */
export function debianSidRoot(): string {
  return Deno.env.get("DEBIAN_SID") ?? DEBIAN_SID;
}

/** A program of the system below `root`, which `install` brings. */
async function foreignProgram(root: string, name: string, install: string): Promise<Program> {
  const file = `${root}/usr/bin/${name}`;
  if (!await isFile(file)) throw new Error(`Cannot find ${file}: ${install}`);
  const libraries = `${root}/usr/lib/x86_64-linux-gnu`;
  const path = ["", "/pulseaudio", "/blas", "/lapack"].map((part) => `${libraries}${part}`).join(":");
  return { path: `${root}/lib64/ld-linux-x86-64.so.2`, args: ["--library-path", path, file] };
}

/** As `program`, but run by nobody where this process is root: VLC refuses to be root. */
export function asNobody(program: Program): Program {
  if (Deno.uid() !== 0) return program;
  const user = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"];
  return { path: "setpriv", args: [...user, program.path, ...program.args] };
}

/** Start a program with its arguments. */
export function startProgram(
  program: Program,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly timeoutMs?: number } = {},
): ClientProcess {
  return ClientProcess.start(program.path, [...program.args, ...args], options);
}

/** Run a program to its end; its exit code and what it printed. */
export async function runProgram(
  program: Program,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly timeoutMs?: number } = {},
): Promise<{ readonly code: number; readonly text: string }> {
  const process = startProgram(program, args, options);
  const { code } = await process.finished;
  return { code, text: process.text };
}

/** What a program prints that looks most like its version: `1.22.0` rather than the `1.0` of `gst-launch-1.0`. */
export async function versionOf(program: Program, args: readonly string[]): Promise<string> {
  const { text } = await runProgram(program, args);
  return (/\d+\.\d+\.\d[\d.]*/.exec(text) ?? /\d+\.\d+/.exec(text))?.[0] ?? "unknown";
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}
