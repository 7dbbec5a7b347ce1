/**
 * Clients behind proxies: who they are, and who may say so.
 *
 * @module
 */
import { assertEquals } from "../../support/assert.ts";
import { RtmpTestClient } from "../../support/rtmp/rtmp_client.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";

const HEADER = new TextEncoder().encode("PROXY TCP4 192.0.2.7 198.51.100.1 56324 1935\r\n");
const PROXY_LISTEN = { proxyListen: [{ hostname: "127.0.0.1", port: 0 }] };

function proxyPort(harness: RtmpHarness): number {
  return harness.server.proxyAddresses[0]?.port ?? 0;
}

Deno.test("a client behind the PROXY protocol has its own address", async () => {
  await using harness = RtmpHarness.start({ ...PROXY_LISTEN, trustedProxies: ["127.0.0.0/8"] });
  await using client = await RtmpTestClient.connect({ port: proxyPort(harness), preamble: HEADER });
  assertEquals((await client.publish("livestream")).code, "NetStream.Publish.Start");
  assertEquals((await harness.logged("Publish accepted")).fields["ip"], "192.0.2.7");
});

Deno.test("SRS's prefix counts on listen, from trusted addresses, and may be left out", async () => {
  await using harness = RtmpHarness.start({ trustedProxies: ["127.0.0.1"] });
  const port = harness.server.addresses[0]?.port ?? 0;
  await using client = await RtmpTestClient.connect({
    port,
    preamble: Uint8Array.of(0xf3, 0, 4, 192, 0, 2, 8),
  });
  await client.publish("one");
  assertEquals((await harness.logged("Publish accepted")).fields["ip"], "192.0.2.8");
  await using plain = await RtmpTestClient.connect({ port });
  await plain.publish("two");
  assertEquals((await harness.logged("Publish accepted")).fields["ip"], "127.0.0.1");
});

Deno.test("a header is required, and only from trusted addresses", async () => {
  await using harness = RtmpHarness.start({ ...PROXY_LISTEN, trustedProxies: ["127.0.0.2"] });
  using liar = await Deno.connect({ port: proxyPort(harness) });
  await liar.write(HEADER);
  assertEquals((await harness.logged("PROXY protocol refused")).fields["detail"], "not in trusted_proxies");

  await using other = RtmpHarness.start({ ...PROXY_LISTEN, trustedProxies: ["127.0.0.1"] });
  using direct = await Deno.connect({ port: proxyPort(other) });
  await direct.write(new Uint8Array([3, ...new Uint8Array(1536)]));
  const { fields } = await other.logged("PROXY protocol refused");
  assertEquals(fields["detail"], "no header of the PROXY protocol");
});

Deno.test("health checks of proxies say nothing: connected and gone, or LOCAL and gone", async () => {
  await using harness = RtmpHarness.start({ ...PROXY_LISTEN, trustedProxies: ["127.0.0.1"] });
  const local = Uint8Array.of(13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10, 0x20, 0, 0, 0);
  for (const bytes of [new Uint8Array(0), local]) {
    const check = await Deno.connect({ port: proxyPort(harness) });
    if (bytes.length > 0) await check.write(bytes);
    check.close();
  }
  await using client = await RtmpTestClient.connect({ port: proxyPort(harness), preamble: HEADER });
  await client.publish("livestream");
  await harness.logged("Publish accepted");
  assertEquals(
    harness.log.map(({ message }) => message).filter((text) => /left|refused|ended/.test(text)),
    [],
  );
  assertEquals(harness.server.limitCounts()["proxy_header"], 0);
});
