/**
 * Viewers of HLS while the server accepts nobody more: their connections serve them as long as their stream is here.
 *
 * @module
 */
import { assert, assertMatch, assertRejects } from "../../support/assert.ts";
import { HlsHarness } from "../../support/hls/hls_harness.ts";
import { readPlaylist } from "../../support/hls/playlist_reader.ts";

/** A connection that is kept. */
class KeptConnection implements Disposable {
  readonly #conn: Deno.TcpConn;
  readonly #port: number;

  private constructor(conn: Deno.TcpConn, port: number) {
    this.#conn = conn;
    this.#port = port;
  }

  static async open(port: number): Promise<KeptConnection> {
    return new KeptConnection(await Deno.connect({ hostname: "127.0.0.1", port }), port);
  }

  /** Head and body of an answer; `""` where the connection is closed. */
  async get(path: string): Promise<string> {
    const request = `GET /${path} HTTP/1.1\r\nHost: 127.0.0.1:${this.#port}\r\n\r\n`;
    await this.#conn.write(new TextEncoder().encode(request));
    let text = "";
    const bytes = new Uint8Array(65_536);
    for (;;) {
      const length = await this.#conn.read(bytes);
      if (length === null) return text;
      text += new TextDecoder().decode(bytes.subarray(0, length));
      const [head = "", body] = text.split("\r\n\r\n");
      const expected = Number(/content-length: (\d+)/i.exec(head)?.[1]);
      if (body !== undefined && body.length >= expected) return text;
    }
  }

  /** Whether the server has closed it. */
  async isClosed(): Promise<boolean> {
    return await this.#conn.read(new Uint8Array(1)) === null;
  }

  [Symbol.dispose](): void {
    this.#conn.close();
  }
}

Deno.test("a connection serves its viewer until the stream has gone elsewhere, then closes after an answer", async () => {
  await using harness = await HlsHarness.start();
  const publisher = await harness.publisher();
  await publisher.send(5000);
  const path = await harness.view();
  const port = harness.node.addresses.http[0]?.port ?? 0;
  using viewer = await KeptConnection.open(port);
  using other = await KeptConnection.open(port);
  await harness.node.stopAccepting();
  await assertRejects(() => Deno.connect({ hostname: "127.0.0.1", port }));
  for (let i = 0; i < 3; i++) {
    await publisher.send(1000);
    assertMatch(await viewer.get(path), /^HTTP\/1\.1 200 /);
  }
  assertMatch(await other.get("live/none.html"), /^HTTP\/1\.1 404 [\s\S]*\r\nconnection: close\r\n/i);
  assert(await other.isClosed());
  const { segments } = readPlaylist((await viewer.get(path)).split("\r\n\r\n")[1] ?? "");
  const held = viewer.get(`${path}?_HLS_msn=${(segments.at(-1)?.sequence ?? 0) + 2}`);
  await publisher.client.close();
  await harness.clock.skip(3000);
  assertMatch(await held, /^HTTP\/1\.1 200 /);
  // The old list once more, and the connection ends: the next request comes to the server that has the stream.
  assertMatch(await viewer.get(path), /^HTTP\/1\.1 200 OK\r\nConnection: close\r\n/);
  assert(await viewer.isClosed());
});
