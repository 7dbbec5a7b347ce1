/**
 * Files that a configuration includes: found, put together, and named in problems.
 *
 * @module
 */
import { IncludeFiles } from "../../../app/include_files.ts";
import type { IncludeReader } from "../../../config/toml/include_reader.ts";
import { printConfig } from "../../../config/print_config.ts";
import { assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { load, problemsOf, warningsOf } from "../support.ts";

/** Files in memory; a pattern is a file's name, or ends in `*`. */
function reader(files: Readonly<Record<string, string>>): IncludeReader {
  return {
    expand: (pattern) =>
      pattern.endsWith("*")
        ? Object.keys(files).filter((name) => name.startsWith(pattern.slice(0, -1))).toSorted()
        : [pattern],
    identity: (name) => name.replace(/^\.\//, ""),
    read(name) {
      const text = files[name];
      if (text === undefined) throw new Error(`cannot read ${name}`);
      return text;
    },
  };
}

Deno.test("loadConfig() puts the tables of included files together", () => {
  const includes = reader({
    "a.toml": 'include = "b.toml"\n[vhost.a.play]\ngop_cache = false\n[vhost.constructor]\n',
    "b.toml": "max_connections = 5\n[vhost.a]\nmin_latency = true\n[vhost.a.play]\nqueue_length = 5\n",
  });
  const { config } = load('include = ["a.toml"]\nlisten = 19350\n[vhost.a]\nchunk_size = 4096\n', {
    includes,
  });
  assertEquals([config.rtmp.maxConnections, config.rtmp.listen[0]?.port], [5, 19350]);
  assertEquals([...config.rtmp.vhosts.keys()], ["a", "constructor"]);
  const vhost = config.rtmp.vhosts.get("a");
  assertEquals([vhost?.chunkSize, vhost?.minLatency], [4096, true]);
  assertEquals([vhost?.play.gopCache, vhost?.play.queueLengthMs], [false, 5000]);
  assertStringIncludes(printConfig(config), "queue_length = 5 # b.toml:5\n");
});

const PROBLEMS = [
  {
    name: "a broken file",
    files: { "a.toml": "\nlisten 1935\n" },
    problem: 'a.toml:2: Expected = after key "listen"',
  },
  {
    name: "an unknown key",
    files: { "a.toml": "\n[vhost.a]\nmin_latensy = true\n" },
    problem: 'a.toml:3: vhost.a.min_latensy: Unknown key "min_latensy" (did you mean "min_latency"?)',
  },
  {
    name: "a bad value",
    files: { "a.toml": "chunk_size = 1\n" },
    problem: "a.toml:1: chunk_size: 1 is out of range",
  },
  {
    name: "a key that is in two files",
    files: { "a.toml": "\nlisten = 2\n" },
    problem: "a.toml:2: listen: Repeated key: it is already in srs.toml:2 (keep one of them)",
  },
  {
    name: "an inline table that would be put together",
    text: 'include = "a.toml"\n[vhost.a.http_hooks]\nheaders = { a = "1" }\n',
    files: { "a.toml": '[vhost.a.http_hooks]\nheaders = { b = "2" }\n' },
    problem:
      "a.toml:2: vhost.a.http_hooks.headers: Repeated key: it is already in srs.toml:3 (keep one of them)",
  },
  {
    name: "a file that includes itself",
    files: { "a.toml": '\ninclude = "b.toml"\n', "b.toml": 'include = "a.toml"\n' },
    problem: "b.toml:1: include: a.toml includes itself",
  },
  {
    name: "the first file again",
    files: { "a.toml": 'include = "srs.toml"' },
    problem: "a.toml:1: include: srs.toml includes itself",
  },
  {
    name: "a file that includes itself by another name",
    files: { "a.toml": 'include = "./a.toml"' },
    problem: "a.toml:1: include: ./a.toml includes itself",
  },
  {
    name: "no such file",
    files: {},
    problem: "srs.toml:1: include: Cannot include a.toml: cannot read a.toml",
  },
  {
    name: "a number as a name",
    text: "include = [1]",
    files: {},
    problem: "srs.toml:1: include: Expected names of files in quotes, found 1",
  },
  {
    name: "include below a header",
    text: '[vhost.a]\ninclude = "a.toml"',
    files: {},
    problem: 'srs.toml:2: vhost.a.include: Unknown key "include" (it belongs to the top of a file',
  },
  {
    name: "more files than anybody has",
    text: 'include = ["x*"]',
    files: Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`x${index}`, ""])),
    problem: "srs.toml:1: include: More than 256 files are included",
  },
];
for (const { name, text = 'include = "a.toml"\nlisten = 1\n', files, problem } of PROBLEMS) {
  Deno.test(`loadConfig() refuses ${name}, with the file and its line`, () => {
    const [first = "", ...more] = problemsOf(text, { includes: reader(files) });
    assertStringIncludes(first, problem);
    assertEquals(more, []);
  });
}

Deno.test("loadConfig() reports the problems of all files, file by file", () => {
  const includes = reader({ "a.toml": "chunk_sise = 1\n", "b.toml": "\nlissten = 1\n" });
  const problems = problemsOf('include = ["a.toml", "b.toml"]\n\n\nmax_conections = 1\n', { includes });
  assertEquals(problems.map((line) => line.split(": ")[0]), ["srs.toml:4", "a.toml:1", "b.toml:2"]);
  assertEquals(warningsOf('include = "b*"', { includes: reader({ "b1": "daemon = true\n" }) }), [
    "b1:1: daemon: Has no effect here (the server stays in the foreground; use systemd or a container)",
  ]);
});

Deno.test("loadConfig() includes nothing where it is given no reader", () => {
  assertEquals(problemsOf('include = "a.toml"'), [
    "srs.toml:1: include: Cannot include a.toml: included files are not read here",
  ]);
});

Deno.test("IncludeFiles finds files relative to the file that includes, by their patterns", async () => {
  const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
  try {
    for (
      const name of [
        "conf/b.toml",
        "conf/a.toml",
        "conf/.hidden.toml",
        "conf/x/c.toml",
        "conf/y/c.toml",
        "a.conf",
      ]
    ) {
      await Deno.mkdir(`${directory}/${name}`.replace(/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(`${directory}/${name}`, name);
    }
    const files = new IncludeFiles(directory);
    assertEquals(files.expand("*.toml", "conf/main.toml"), ["conf/a.toml", "conf/b.toml"]);
    assertEquals(files.expand("../*.conf", "conf/main.toml"), ["a.conf"]);
    assertEquals(files.expand("conf/*/c.toml", "main.toml"), ["conf/x/c.toml", "conf/y/c.toml"]);
    assertEquals(files.expand("conf/[ax].toml", undefined), ["conf/a.toml"]);
    assertEquals(files.expand("conf/?.toml", undefined), ["conf/a.toml", "conf/b.toml"]);
    assertEquals(files.expand("conf/.h*", undefined), ["conf/.hidden.toml"]);
    assertEquals(files.expand("none/*.toml", undefined), []);
    assertEquals(files.expand("none.toml", "conf/main.toml"), ["conf/none.toml"]);
    assertEquals(files.expand(`${directory}/conf/a*`, "x"), [`${directory}/conf/a.toml`]);
    assertEquals(files.read("conf/a.toml"), "conf/a.toml");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("IncludeFiles knows a file by whatever link leads to it", async () => {
  const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
  try {
    await Deno.symlink(".", `${directory}/loop`);
    await Deno.writeTextFile(`${directory}/srs.toml`, 'include = ["loop/srs.toml", "loop/*.toml"]');
    const includes = new IncludeFiles(directory);
    assertEquals(problemsOf(includes.read("srs.toml"), { includes }), [
      "srs.toml:1: include: loop/srs.toml includes itself",
      "srs.toml:1: include: loop/srs.toml includes itself",
    ]);
    assertEquals(includes.identity("none.toml"), `${directory}/none.toml`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
