/**
 * Text that is put together as bytes: what it holds is what a string would have.
 *
 * @module
 */
import fc from "fast-check";
import { ByteText, utf8 } from "../../http/byte_text.ts";
import { assertEquals } from "../support/assert.ts";

function textOf(add: (to: ByteText) => void): string {
  const text = new ByteText();
  add(text);
  return new TextDecoder().decode(text.take());
}

/** Where numbers get another digit, and where the groups that they are written in meet. */
const EDGES = [0, 1, 9, 10, 99, 100, 999_999_999, 1e9, 1e9 + 1, 1_000_000_050, 1e15, Number.MAX_SAFE_INTEGER];
const OTHERS = [-0, -1, 0.5, -1.25, 1e21, Number.MAX_SAFE_INTEGER + 1, Infinity, NaN];

Deno.test("ByteText adds numbers as JavaScript writes them", () => {
  for (const value of [...EDGES, ...OTHERS]) assertEquals(textOf((to) => to.addNumber(value)), `${value}`);
  fc.assert(fc.property(fc.oneof(fc.maxSafeNat(), fc.maxSafeInteger(), fc.double()), (value) => {
    assertEquals(textOf((to) => to.addNumber(value)), `${value}`);
  }));
});

Deno.test("ByteText adds thousandths as JavaScript writes their number", () => {
  const parts = [0.4, 0.5, 12_345.6, 1.5, 999.5];
  for (const value of [...EDGES, ...OTHERS, ...parts, 1e15 - 1]) {
    assertEquals(textOf((to) => to.addThousandths(value)), `${Math.round(value) / 1000}`);
  }
  fc.assert(fc.property(fc.maxSafeNat(), (value) => {
    assertEquals(textOf((to) => to.addThousandths(value)), `${value / 1000}`);
  }));
});

Deno.test("ByteText grows with what is added, and is empty once that was taken", () => {
  const part = fc.oneof(fc.string({ unit: "binary", maxLength: 300 }), fc.constant("語".repeat(20_000)));
  fc.assert(fc.property(fc.array(part), (parts) => {
    const text = new ByteText();
    for (const one of parts) {
      text.addText(one);
      text.add(utf8(one));
      text.addByte(0x2c);
    }
    const whole = parts.map((one) => `${one}${one},`).join("");
    assertEquals(text.take(), utf8(whole));
    assertEquals(text.take(), new Uint8Array());
  }));
});

Deno.test("what was taken of a ByteText stays as it is", () => {
  const text = new ByteText();
  text.addText("before");
  const before = text.take();
  text.addText("after!");
  assertEquals(new TextDecoder().decode(before), "before");
});
