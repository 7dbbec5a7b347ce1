import { acceptFault } from "../../../system/net/accept_error.ts";
import { assertEquals } from "../../support/assert.ts";
import { resetAtOnce } from "../../support/net/resets.ts";

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

for (const code of ["ENOTCONN", "ECONNABORTED", "ECONNRESET", "EPROTO", "EHOSTUNREACH"]) {
  Deno.test(`acceptFault() takes ${code} for a client that was gone`, () => {
    assertEquals(acceptFault(systemError(code)), "reset");
  });
}

for (const code of ["EMFILE", "ENFILE"]) {
  Deno.test(`acceptFault() takes ${code} for a lack of open files`, () => {
    assertEquals(acceptFault(systemError(code)), "outOfFiles");
  });
}

for (const error of [systemError("EINVAL"), systemError("ENOMEM"), new TypeError("a bug"), "no error"]) {
  Deno.test(`acceptFault() takes ${error} for a fault of another kind`, () => {
    assertEquals(acceptFault(error), "other");
  });
}

Deno.test("acceptFault() knows what accept() throws for a connection that was reset", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await resetAtOnce(listener.addr.port);
  let fault: string;
  try {
    const conn = await listener.accept();
    conn.close();
    fault = "none";
  } catch (error) {
    fault = acceptFault(error);
  }
  assertEquals(fault, "reset");
});
