/**
 * What operators and their services write: TOML, SRS's own configuration, answers of hooks, command lines.
 *
 * @module
 */
import { parseCommandLine } from "../../../app/cli/command_line.ts";
import { convertSrsConf } from "../../../config/srs_conf/convert_srs_conf.ts";
import { loadConfig } from "../../../config/build/load_config.ts";
import { ConfigError } from "../../../config/problems/problem.ts";
import { indexToml } from "../../../config/toml/toml_index.ts";
import { TomlSyntaxError } from "../../../config/toml/toml_syntax_error.ts";
import { parseAnswer } from "../../../hooks/contract/answer.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import type { Corpus } from "../mutator.ts";
import { attempt, type FuzzTarget, textCorpus, textOf } from "../target.ts";

const ROOT = new URL("../../../", import.meta.url);

/**
 * Of an operator's own text, which nobody else waits for: how long it takes past that is of no interest. The sample
 * configuration fits.
 */
const MAX_OWN_BYTES = 14 * 1024;

const TOMLS = [
  'a = 1\n[b.c]\nd = "x" # y\n"e.f" = [1,\n 2]\n[b]\ng = { h = true, "i" = \'j\' }\nk = """\nl\\u00e9 """\n',
  "[x]\r\ny.z = 1979-05-27T07:32:00Z\r\nw = 0x1F\nv = -1.5e3\nu = '''a\nb'''\n",
  'listen = [1935, "127.0.0.1:19350"]\n[vhost."a.test"]\n[vhost."a.test".play]\nqueue_length = "5s"\n' +
  '[vhost."a.test".http_hooks]\nenabled = true\non_publish = ["http://127.0.0.1:8085/a", "http://b/"]\n',
];

const SRS_CONF = "listen 1935;\nmax_connections 1000;\nvhost __defaultVhost__ {\n  gop_cache on;\n" +
  '  http_hooks {\n    enabled on;\n    on_publish http://a/b "http://c/d"; # e\n  }\n}\nvhost a.test { }\n';

function ownText(input: Uint8Array): string {
  return textOf(input.subarray(0, MAX_OWN_BYTES));
}

function checkProblems(error: ConfigError): void {
  assert(error.problems.length > 0, "an error without a problem");
  for (const { line, message } of error.problems) {
    assert(line === undefined || line >= 1, `line ${line}`);
    assert(message !== "", "a problem without a message");
  }
}

function load(text: string): void {
  const input = {
    text,
    file: "srs.toml",
    env: {},
    version: "1.2.3",
    serverId: "vid-test",
    readFile: () => "secret",
  };
  const result = attempt(ConfigError, () => loadConfig(input));
  if ("refused" in result) return checkProblems(result.refused);
  assert(Object.isFrozen(result.value.config), "the configuration can be changed");
  assert(result.value.config.rtmp.vhosts.size > 0, "no vhost");
}

const toml = (corpus: Corpus): FuzzTarget => ({
  name: "toml-index",
  corpus,
  testCases: 1500,
  run(input) {
    const text = ownText(input);
    const result = attempt(TomlSyntaxError, () => indexToml(text));
    const lines = text.split("\n").length;
    if ("refused" in result) {
      assert(
        result.refused.line >= 1 && result.refused.line <= lines,
        `line ${result.refused.line} of ${lines}`,
      );
      return;
    }
    const { keys, sections } = result.value;
    for (const key of keys) {
      const line = result.value.line(key) ?? 0;
      assert(line >= 1 && line <= lines, `key ${JSON.stringify(key)} on line ${line} of ${lines}`);
    }
    for (const { start, end } of sections) {
      assert(start >= 0 && start <= end && end <= text.length, "a bad section");
    }
  },
});

const config = (corpus: Corpus): FuzzTarget => ({
  name: "config",
  corpus,
  testCases: 400,
  run: (input) => load(ownText(input)),
});

const convert = (corpus: Corpus): FuzzTarget => ({
  name: "convert",
  corpus,
  testCases: 600,
  run(input) {
    const result = attempt(ConfigError, () => convertSrsConf(ownText(input), { file: "srs.conf" }));
    if ("refused" in result) return checkProblems(result.refused);
    for (const { line } of result.value.notes) assert(line >= 1, `line ${line}`);
    const { toml: converted } = result.value;
    const loaded = attempt(
      ConfigError,
      () => loadConfig({ text: converted, env: {}, version: "1.2.3", serverId: "vid-test" }),
    );
    if ("refused" in loaded) checkConverted(loaded.refused, converted);
  },
});

/** What SRS took and this server does not is reported by the check of the new file, never a broken file. */
function checkConverted(error: ConfigError, converted: string): void {
  checkProblems(error);
  const syntax = attempt(TomlSyntaxError, () => indexToml(converted));
  assert("value" in syntax, `the conversion is not TOML: ${error.message}`);
}

const answers: FuzzTarget = {
  name: "hook-answer",
  corpus: textCorpus(
    "0",
    ' {"code": 0, "msg": "no", "data": {"stream": "x", "app": "y", "ttl": 1.5, "max_bitrate_kbps": 10}}',
    '{"code":1,"msg":"a\\u0000b\\nc","data":{"redirect":"rtmp://a/b","forward":["rtmp://x/y","http://z"]}}',
    '{"code":0,"data":{"redirect":"rtmp://a/b","__proto__":{"ttl":1}}}',
    '{"code":0,"data":{"redirect":"https://a/b?c=d"}}',
    '[0,{"code":"0"}]',
  ),
  testCases: 3000,
  run(input, random) {
    const status = random.pick([200, 200, 200, 201, 204, 301, 400, 403, 404, 408, 425, 429, 500, 599]);
    const answer = parseAnswer(status, input);
    if (answer.kind === "allow") {
      assert(status === 200 || status === 201, `status ${status} is a yes`);
      const { app, stream, ttlMs, maxBitrateKbps, forward = [] } = answer.decisions;
      for (const name of [app, stream]) assert(name === undefined || (name !== "" && name.length <= 1024));
      for (const count of [ttlMs, maxBitrateKbps]) {
        assert(count === undefined || (count > 0 && count < Infinity));
      }
      assert(forward.length <= 16 && forward.every((address) => /^rtmps?:\/\//.test(address)));
      assertEquals(Object.getPrototypeOf(answer.decisions), Object.prototype);
    } else if (answer.kind === "deny") {
      assert(status < 500 && status !== 408 && status !== 425 && status !== 429, `status ${status} is a no`);
      const { msg = "", redirect = "rtmp://" } = answer;
      assert(msg.length <= 512 && !/[\r\n]/.test(msg), "more than a line for the client");
      assert(redirect.length <= 2048 && /^(?:rtmps?:\/\/|https?:\/\/[!-~]+$)/.test(redirect));
    } else {
      assert(answer.cause !== "" && answer.cause.length < 200);
    }
  },
};

const commandLines: FuzzTarget = {
  name: "command-line",
  corpus: textCorpus(
    "-c\nsrs.toml",
    "config\nconvert\nsrs.conf",
    "hooks\ntest\non_publish\n--stream\nx\n--config=a",
    "sign\nrtmp://host/live/x\n--action\npublish\n--for\n1h",
    "--help\n-?\n-V",
    "hooks\nreplay\n--id\n1",
  ),
  testCases: 1500,
  run(input) {
    const command = parseCommandLine(ownText(input).split("\n"));
    if (command.kind === "usage") assert(command.message !== "", "refused without a word");
  },
};

/** All of them; the corpus is the repository's own files. */
export async function textTargets(): Promise<FuzzTarget[]> {
  const sample = await Deno.readTextFile(new URL("srs.toml", ROOT));
  const confs = await Promise.all(
    ["one", "two", "three", "six", "nginx"].map((name) =>
      Deno.readTextFile(new URL(`tests/config/srs_conf/${name}.conf`, ROOT))
    ),
  );
  // The examples in the sample are commented out: active, they are a file that uses everything.
  const active = sample.replaceAll(/^# ?(?=[\w."[])/gm, "");
  const tomls = textCorpus(TOMLS[0] ?? "", ...TOMLS.slice(1), sample.slice(0, 3000), active.slice(0, 6000));
  return [
    toml(tomls),
    config(tomls),
    convert(textCorpus(SRS_CONF, ...confs)),
    answers,
    commandLines,
  ];
}
