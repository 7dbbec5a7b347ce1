/** The pages' scripts have types in their comments, which the compiler of TypeScript checks. */
import ts from "typescript";
import { assertEquals } from "../../support/assert.ts";

const ENTRIES = ["player.js", "console.js"].map((name) =>
  new URL(`../../../http/pages/assets/${name}`, import.meta.url).pathname
);
/** What scripts of libraries define for the page. */
const GLOBALS = "/globals.d.ts";

Deno.test("the types of the pages' scripts hold", () => {
  const options: ts.CompilerOptions = {
    ...{ allowJs: true, checkJs: true, noEmit: true, strict: true, types: [] },
    ...{ target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ["lib.es2024.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === GLOBALS || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === GLOBALS
      ? ts.createSourceFile(name, "declare var mpegts: any;", ts.ScriptTarget.ES2023)
      : getSourceFile(name, ...rest);
  const program = ts.createProgram([...ENTRIES, GLOBALS], options, host);
  assertEquals(program.getSourceFiles().filter(({ fileName }) => fileName.includes("/pages/")).length, 29);
  const found = ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
    return `${file?.fileName}:${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
  assertEquals(found, []);
});
