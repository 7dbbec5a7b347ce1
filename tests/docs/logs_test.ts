/**
 * docs/LOGS.md has every message of the code, and its meaning.
 *
 * @module
 */
import { logDocument, productMessages } from "../../tools/log_document.ts";
import { LOG_MEANINGS } from "../../tools/log_meanings.ts";
import { logMessagesOf } from "../../tools/log_messages.ts";
import { assert, assertEquals } from "../support/assert.ts";

const MESSAGES = await productMessages();

Deno.test("docs/LOGS.md is what `deno task docs` writes", async () => {
  const document = await Deno.readTextFile(new URL("../../docs/LOGS.md", import.meta.url));
  assert(document === logDocument(MESSAGES), "run: deno task docs");
});

Deno.test("every log message has a meaning in tools/log_meanings.ts, and no meaning is left over", () => {
  const messages = new Set(MESSAGES.map(({ message }) => message));
  assertEquals([...messages].filter((message) => !LOG_MEANINGS.has(message)), []);
  assertEquals([...LOG_MEANINGS.keys()].filter((message) => !messages.has(message)), []);
});

const CASES = [
  {
    name: "a call of a log",
    code: 'this.#deps.log.write("warn", id, "Cut", { ip, at: 1 });',
    found: [{ message: "Cut", levels: ["warn"], fields: ["ip", "at"] }],
  },
  {
    name: "a call of a peer",
    code: 'peer.log(quiet ? "info" : "trace", "ended", { ...time, url });',
    found: [{ message: "ended", levels: ["info", "trace"], fields: ["...", "url"] }],
  },
  {
    name: "what changes in a message",
    code: "log.write('error', undefined, `Hook ${row.event} ${ok ? 'sent' : 'lost'}: ${text(cause)}`);",
    found: [
      { message: "Hook <event> sent: <cause>", levels: ["error"], fields: [] },
      { message: "Hook <event> lost: <cause>", levels: ["error"], fields: [] },
    ],
  },
  {
    name: "constants",
    code:
      'const level = "warn"; const message = "a" + "b"; const fields = { x }; log.write(level, 1, message, fields);',
    found: [{ message: "ab", levels: ["warn"], fields: ["x"] }],
  },
  {
    name: "a function that logs what it is handed",
    code:
      'const warn = (message: string, fields: F) => lines.push({ level: "warn", message, fields }); warn("a", { b });',
    found: [{ message: "a", levels: ["warn"], fields: ["b"] }],
  },
  {
    name: "the line of a limit",
    code: 'limits.hit("tls", hit, { message: "TLS" });',
    found: [{ message: "TLS", levels: ["warn"], fields: ["limit", "ip", "detail", "times"] }],
  },
  {
    name: "nothing in other calls",
    code: 'Math.log(x, "error"); file.write("error", 1, "a"); f(1);',
    found: [],
  },
];
for (const { name, code, found } of CASES) {
  Deno.test(`logMessagesOf() finds ${name}`, () => {
    assertEquals(logMessagesOf("room/a.ts", code), found.map((message) => ({ ...message, room: "room" })));
  });
}
