/**
 * What is read for an operator, and what is said where it cannot be read.
 *
 * @module
 */
import { readTextFile } from "../../app/text_file.ts";
import { assertEquals, assertThrows } from "../support/assert.ts";

/** Write `bytes` to a file and read it as `a.toml`. */
function read(bytes: Uint8Array): string {
  const path = Deno.makeTempFileSync({ prefix: "srs-test-" });
  try {
    Deno.writeFileSync(path, bytes);
    return readTextFile(path, "a.toml");
  } finally {
    Deno.removeSync(path);
  }
}

Deno.test("readTextFile() reads UTF-8 over the borders of its reads", () => {
  const text = `# ${"ü".repeat(70_000)}\nlisten = 1935\n`;
  assertEquals(read(new TextEncoder().encode(text)), text);
  assertEquals(read(new Uint8Array()), "");
});

Deno.test("readTextFile() names the line that is not valid UTF-8", () => {
  const latin1 = Uint8Array.from([..."listen = 1\nserver_id = 'M\xfcller'\n"].map((c) => c.charCodeAt(0)));
  assertThrows(() => read(latin1), Error, "a.toml:2: File is not valid UTF-8 (save the file as UTF-8)");
  const utf16 = Uint8Array.from([0xff, 0xfe, 0x6c, 0x00, 0x0a, 0x00]);
  assertThrows(() => read(utf16), Error, "a.toml:1: File is not valid UTF-8");
  assertThrows(() => read(Uint8Array.from([0x61, 0x0a, 0xc3])), Error, "a.toml:2: ");
});

Deno.test("readTextFile() says why it cannot read", () => {
  assertThrows(() => readTextFile("/nowhere/a.toml", "a.toml"), Error, "No such file");
  assertThrows(() => readTextFile("/", "a.toml"), Error, "It is a directory");
  assertThrows(() => readTextFile("/dev/zero", "a.toml"), Error, "It has more than 16777216 bytes");
});
