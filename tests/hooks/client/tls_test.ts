import { createServer } from "node:https";
import { assert, assertEquals } from "../../support/assert.ts";
import { hooksOptions, ServiceUnderTest, vhostHooks } from "../../support/hooks/hook_fixtures.ts";
import {
  CA_CERT,
  CLIENT_CERT,
  SERVER_CERT,
  TLS_CLIENT_KEY,
  TLS_SERVER_KEY,
} from "../../support/net/tls_fixtures.ts";

/** A service that answers `0` over TLS, whose certificate the client may be configured to trust. */
async function startTls(options: { readonly clientsMustProve: boolean }) {
  const { clientsMustProve } = options;
  const requests: string[] = [];
  const server = createServer({
    key: TLS_SERVER_KEY,
    cert: SERVER_CERT,
    ca: CA_CERT,
    requestCert: clientsMustProve,
    rejectUnauthorized: clientsMustProve,
  }, (request, response) => {
    requests.push(request.url ?? "");
    response.end("0");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Expected a TCP address");
  return {
    requests,
    url: `https://127.0.0.1:${address.port}/hooks`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

Deno.test("TLS is verified: an authority that nobody named is an error", async () => {
  await using service = await startTls({ clientsMustProve: false });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks({ on_play: service.url })));
  assertEquals((await tested.request("on_play")).kind, "deny");
  assertEquals(service.requests, []);
  const [line] = await tested.log.waitFor("Hook called event=on_play verdict=error");
  assert(String(line?.fields.cause).includes("certificate"));
});

Deno.test("ca_cert names the authority of the service", async () => {
  await using service = await startTls({ clientsMustProve: false });
  const vhost = vhostHooks({ on_play: service.url }, { caCert: CA_CERT });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  await tested.admitted("on_play");
  assertEquals(service.requests, ["/hooks"]);
});

Deno.test("client_cert and client_key prove who calls", async () => {
  await using service = await startTls({ clientsMustProve: true });
  const urls = { on_play: service.url };
  await using stranger = await ServiceUnderTest.open(hooksOptions(vhostHooks(urls, { caCert: CA_CERT })));
  assertEquals((await stranger.request("on_play")).kind, "deny");
  assertEquals(service.requests, []);
  const vhost = vhostHooks(urls, { caCert: CA_CERT, clientCert: CLIENT_CERT, clientKey: TLS_CLIENT_KEY });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  await tested.admitted("on_play");
  assertEquals(service.requests, ["/hooks"]);
});
