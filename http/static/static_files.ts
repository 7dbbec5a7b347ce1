/**
 * Files of a directory of the operator's: whole or in ranges, without lists of directories, without files whose names
 * begin with a dot, and without links that lead out of the directory.
 *
 * @module
 */
import { fileResponse, type FoundFile } from "./file_response.ts";

const INDEX = "index.html";

/** The files of one directory. */
export class StaticFiles {
  readonly #directory: string;

  /** @param directory An existing one; what it contains may change at any time. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * The file of a path.
   *
   * @param request GET or HEAD.
   * @returns `undefined` where there is no such file, or none that may be seen.
   */
  async respond(request: Request): Promise<Response | undefined> {
    const { pathname } = new URL(request.url);
    const names = readNames(pathname);
    if (names === undefined) return undefined;
    const found = await this.#find(names);
    if (found === undefined) return undefined;
    if (found.info.isFile) {
      // A slash would make links in the file relative to something else.
      return pathname.endsWith("/") ? undefined : await fileResponse(request, found);
    }
    if (!pathname.endsWith("/")) return await this.#redirect(request, names);
    const index = await this.#find([...names, INDEX]);
    return index?.info.isFile ? await fileResponse(request, index) : undefined;
  }

  /** The pages of a directory have links that are relative to it. */
  async #redirect(request: Request, names: readonly string[]): Promise<Response | undefined> {
    const index = await this.#find([...names, INDEX]);
    if (!index?.info.isFile) return undefined;
    const { pathname, search } = new URL(request.url);
    const last = pathname.slice(pathname.lastIndexOf("/") + 1);
    return new Response(null, {
      status: 301,
      headers: { "Location": `./${last}/${search}`, "Content-Length": "0" },
    });
  }

  async #find(names: readonly string[]): Promise<FoundFile | undefined> {
    try {
      const root = await Deno.realPath(this.#directory);
      const path = await Deno.realPath([root, ...names].join("/"));
      if (path !== root && !path.startsWith(root === "/" ? root : `${root}/`)) return undefined;
      // A link within the directory may lead to a hidden file.
      if (/\/\./.test(path.slice(root.length))) return undefined;
      const info = await Deno.stat(path);
      // Opening a pipe waits for somebody to write into it.
      return info.isFile || info.isDirectory ? { path, info } : undefined;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }
}

/** The names of a path; `undefined` for one that no file can have. */
function readNames(pathname: string): readonly string[] | undefined {
  const names: string[] = [];
  for (const part of pathname.split("/")) {
    if (part === "") continue;
    const name = decoded(part);
    // An encoded slash is not a separator, a dot at the beginning is a hidden file or a way up.
    if (name === undefined || name.startsWith(".") || /[/\\\0]/.test(name)) return undefined;
    names.push(name);
  }
  return names;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** There is no such file, or none that this process may see. */
function isAbsent(error: unknown): boolean {
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return true;
  if (error instanceof Deno.errors.NotADirectory || error instanceof Deno.errors.FilesystemLoop) return true;
  return error instanceof Error && "code" in error && error.code === "ENAMETOOLONG";
}
