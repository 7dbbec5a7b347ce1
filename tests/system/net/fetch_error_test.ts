import { fetchErrorDetail, fetchErrorText } from "../../../system/net/fetch_error.ts";
import { assertEquals } from "../../support/assert.ts";

const CONNECT =
  "error sending request for url (http://a.example/cam.flv?st=abcdefgh): client error (Connect): tcp connect error";
const BODY = "error decoding response body for url (http://a.example/cam.flv?st=abcdefgh): broken";

Deno.test("fetchErrorDetail() says what failed without the address, in the texts of all runtimes", () => {
  for (
    const error of [new TypeError(CONNECT), new TypeError("fetch failed", { cause: new Error(CONNECT) })]
  ) {
    assertEquals([fetchErrorText(error), fetchErrorDetail(error)], [CONNECT, "tcp connect error"]);
  }
  assertEquals(fetchErrorDetail(new Error(BODY)), "error decoding response body: broken");
  assertEquals(fetchErrorDetail("gone"), "gone");
  assertEquals(fetchErrorDetail(new Error("x".repeat(999))).length, 200);
});
