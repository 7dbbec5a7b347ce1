/**
 * docs/LOGS.md: every log message, from the code.
 *
 * @module
 */
import { LOG_MEANINGS } from "./log_meanings.ts";
import { type LogMessage, logMessagesOf, mergeMessages } from "./log_messages.ts";

const ROOT = new URL("../", import.meta.url);
const ROOMS = ["app", "cluster", "config", "core", "hooks", "http", "rtmp", "stream", "system"];

/** Every message that the product can log. */
export async function productMessages(): Promise<readonly LogMessage[]> {
  const messages: LogMessage[] = [];
  for (const room of ROOMS) {
    for (const path of await sourcePaths(`${room}/`)) {
      messages.push(...logMessagesOf(path, await Deno.readTextFile(new URL(path, ROOT))));
    }
  }
  return mergeMessages(messages);
}

/** The document, as Markdown; lines, the last one ended. */
export function logDocument(messages: readonly LogMessage[]): string {
  const lines = [
    "<!-- deno-fmt-ignore-file -->",
    "",
    "# Log messages",
    "",
    "<!-- Written by `deno task docs` from the calls in the code and tools/log_meanings.ts. -->",
    "",
    "A line has the time, the level, the number of its connection (`-` for none), the message, and fields as `name=value`;",
    'with `srs_log_format = "json"` it is an object with `time`, `level`, `client_id`, `message` and the fields. Search for',
    "the message: it does not change; what changes in it is written as `<name>` here. Levels are SRS's, from `verbose`,",
    "`info` and `trace` (the usual one) to `warn` and `error`. `...` are fields that depend on the case.",
  ];
  for (const room of new Set(messages.map((message) => message.room))) {
    lines.push("", `## ${room}`, "", "| message | level | fields | meaning |", "| --- | --- | --- | --- |");
    for (const { message, levels, fields } of messages.filter((candidate) => candidate.room === room)) {
      const cells = [`\`${message}\``, levels.join(", "), code(fields), LOG_MEANINGS.get(message) ?? ""];
      lines.push(`| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function code(fields: readonly string[]): string {
  return fields.map((field) => `\`${field}\``).join(" ");
}

async function sourcePaths(directory: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(directory, ROOT))) {
    if (isDirectory) paths.push(...await sourcePaths(`${directory}${name}/`));
    else if (name.endsWith(".ts")) paths.push(`${directory}${name}`);
  }
  return paths.sort();
}
