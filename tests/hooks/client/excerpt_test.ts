import { excerpt } from "../../../hooks/client/excerpt.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const CASES = [
  { name: "nothing", text: '{"code":1,"msg":"not yours"}', shown: '{"code":1,"msg":"not yours"}' },
  { name: "a member", text: '{"token":"abc","x":1}', shown: '{"token":"***","x":1}' },
  { name: "a member with an escaped quote", text: '{"token":"a\\"b","x":1}', shown: '{"token":"***","x":1}' },
  { name: "a member whose text does not end", text: '{"password":"abc', shown: '{"password":"***"' },
  { name: "a number", text: '{"stream_key": 12,"x":1}', shown: '{"stream_key": "***","x":1}' },
  { name: "a parameter", text: "no: ?token=abc&x=1", shown: "no: ?token=***&x=1" },
  { name: "a parameter in another's value", text: "?token=a;key=b&x=1", shown: "?token=***&x=1" },
  { name: "two parameters", text: "?token=a&key=b&x=1", shown: "?token=***&key=***&x=1" },
  {
    name: "a parameter in a member's text",
    text: '{"msg":"?sign=abc","x":1}',
    shown: '{"msg":"?sign=***","x":1}',
  },
  {
    name: "a parameter in a secret member",
    text: '{"auth":"?sign=abc","x":1}',
    shown: '{"auth":"***","x":1}',
  },
  { name: "a webhook secret", text: "secret whsec_QUJD+/= here", shown: "secret *** here" },
  { name: "lines", text: "<html>\r\n\t<body>0", shown: "<html> <body>0" },
];

for (const { name, text, shown } of CASES) {
  Deno.test(`excerpt() shows an answer with ${name} as one line without secrets`, () => {
    assertEquals(excerpt(new TextEncoder().encode(text), []), shown);
  });
}

Deno.test("excerpt() hides configured secrets, and cuts after that", () => {
  const text = `${"x".repeat(195)}QUJDREVGRw`;
  const shown = excerpt(new TextEncoder().encode(text), ["QUJDREVGRw", ""]);
  assertEquals(shown, `${"x".repeat(195)}***`);
  const long = excerpt(new TextEncoder().encode("y".repeat(100_000)), []);
  assertEquals([long.length, long.endsWith("y...")], [203, true]);
  assert(!excerpt(new TextEncoder().encode(`token=${"z".repeat(5000)}`), []).includes("z"));
});
