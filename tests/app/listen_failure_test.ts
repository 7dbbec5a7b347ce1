/**
 * What an operator reads about an address that cannot be listened on.
 *
 * @module
 */
import { isListenError, listenersFailure } from "../../app/listen_failure.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";

Deno.test("listenersFailure() says that [::] and an IPv4 address share their port", () => {
  const error = new Deno.errors.AddrInUse("Address already in use (os error 98)");
  const both = [{ hostname: "::", port: 1935 }, { hostname: "0.0.0.0", port: 1935 }];
  assertEquals(
    listenersFailure("RTMP", both, "listen", error),
    "Cannot listen for RTMP on [::]:1935 0.0.0.0:1935: Address already in use (end the other program, perhaps " +
      "another srs, or set another listen); [::] takes its port for IPv4 too",
  );
  const apart = [{ hostname: "::", port: 1935 }, { hostname: "0.0.0.0", port: 1936 }];
  assert(!listenersFailure("RTMP", apart, "listen", error).includes("IPv4"));
});

Deno.test("listenersFailure() names what no name server knows", () => {
  const address = { hostname: "nobody.invalid", port: 0 };
  const error = assertThrows(() => Deno.listen(address));
  assert(isListenError(error), String(error));
  const text = listenersFailure("the API", [address], "http_api.listen", error);
  assert(text.startsWith("Cannot listen for the API on nobody.invalid:0: failed to lookup"), text);
  assert(text.endsWith("(this name cannot be resolved: set another http_api.listen)"), text);
});
