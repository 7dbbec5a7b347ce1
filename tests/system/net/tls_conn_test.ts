/**
 * Connections by TLS, on loopback.
 *
 * @module
 */
import { connect as connectTls } from "node:tls";
import type { ClientConn } from "../../../system/net/client_conn.ts";
import { renewAll, TlsAcceptLoop } from "../../../system/net/tls_accept_loop.ts";
import { TlsClientConn } from "../../../system/net/tls_conn.ts";
import { SystemClock } from "../../../system/system_clock.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../../support/assert.ts";
import { turn } from "../../support/wait.ts";
import { Inbox, PATIENCE_MS } from "../../support/inbox.ts";
import {
  CA_CERT,
  CLIENT_CERT,
  SERVER_CERT,
  TLS_CLIENT_KEY,
  TLS_SERVER_KEY,
} from "../../support/net/tls_fixtures.ts";

const ADDRESS = { hostname: "127.0.0.1", port: 0 };
const PAIR = { cert: SERVER_CERT, key: TLS_SERVER_KEY };

function listen(
  terms: { readonly maxShaking?: number } = {},
): { readonly loop: TlsAcceptLoop; readonly accepted: Inbox<ClientConn> } {
  const accepted = new Inbox<ClientConn>(PATIENCE_MS, () => "a connection");
  const events = { serve: (conn: ClientConn) => accepted.put(conn), failed: () => {} };
  return {
    loop: TlsAcceptLoop.listen(ADDRESS, { pair: PAIR, ...terms }, events, new SystemClock()),
    accepted,
  };
}

function connect(port: number): Promise<Deno.TlsConn> {
  return Deno.connectTls({ hostname: "127.0.0.1", port, caCerts: [CA_CERT] });
}

Deno.test("TlsClientConn.readArrived() brings all records that are there, then the end", async () => {
  const { loop, accepted } = listen();
  const client = await connect(loop.address.port);
  const [conn] = await Promise.all([accepted.take(() => true, "it"), client.handshake()]);
  assert(conn instanceof TlsClientConn);
  for (let i = 0; i < 20; i++) await client.write(new Uint8Array(1000).fill(i));
  client.close();
  const buffer = new Uint8Array(64 * 1024);
  let filled = 0;
  // The first read shakes hands, and may find but the first records.
  let reads = 0;
  for (;;) {
    const length = await conn.readArrived(buffer.subarray(filled));
    if (length === null) break;
    filled += length;
    reads++;
  }
  assertEquals(filled, 20_000);
  assertEquals(Array.from({ length: 20 }, (_, i) => buffer[i * 1000 + 999]), [...Array(20).keys()]);
  assert(reads <= 4, `${reads} reads`);
  conn.close();
  await loop.stop();
});

Deno.test("TlsClientConn.readArrived() fills a small buffer, and throws what the connection throws", async () => {
  const { loop, accepted } = listen();
  const client = await connect(loop.address.port);
  const [conn] = await Promise.all([accepted.take(() => true, "it"), client.handshake()]);
  assert(conn instanceof TlsClientConn);
  await client.write(Uint8Array.from({ length: 10 }, (_, i) => i));
  const small = new Uint8Array(4);
  const got: number[] = [];
  while (got.length < 10) got.push(...small.subarray(0, await conn.readArrived(small) ?? 0));
  assertEquals(got, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const failed = assertRejects(() => conn.readArrived(small));
  conn.close();
  await failed;
  client.close();
  await loop.stop();
});

Deno.test("TlsAcceptLoop.renew() gives new clients the new certificate, and keeps the others", async () => {
  const { loop, accepted } = listen();
  const { port } = loop.address;
  const before = await connect(port);
  const [old] = await Promise.all([accepted.take(() => true, "it"), before.handshake()]);
  await loop.renew({ cert: CLIENT_CERT, key: TLS_CLIENT_KEY });
  assertEquals(loop.address.port, port);
  assertEquals(await peerName(port, accepted), "client");
  await before.write(Uint8Array.of(7));
  assertEquals(await old.read(new Uint8Array(1)), 1);
  before.close();
  old.close();
  await loop.renew(PAIR);
  assertEquals(await peerName(port, accepted), "server");
  await loop.stop();
});

/**
 * The name in the certificate of the server at a port. A connection that still waits in the queue of a listener that
 * closes is reset, so it is made again.
 */
async function peerName(port: number, accepted: Inbox<ClientConn>): Promise<string> {
  const served = accepted.take(() => true, "it");
  for (;;) {
    const socket = connectTls({ host: "127.0.0.1", port, ca: CA_CERT });
    const secured = new Promise<void>((resolve) => socket.on("secureConnect", resolve));
    const failed = new Promise<undefined>((resolve) => socket.on("error", () => resolve(undefined)));
    const conn = await Promise.race([served, failed]);
    if (conn === undefined) continue;
    const reading = conn.read(new Uint8Array(1));
    await secured;
    const { subject } = socket.getPeerCertificate();
    const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
    socket.destroy();
    await Promise.allSettled([reading, closed]);
    conn.close();
    return String(subject.CN);
  }
}

Deno.test("TlsAcceptLoop.renew() takes those that wait for the listener before it closes that one", async () => {
  const { loop, accepted } = listen();
  const { port } = loop.address;
  // The system has connected them, and nobody has accepted them yet.
  const arriving = Array.from({ length: 20 }, () => Deno.connect({ hostname: "127.0.0.1", port }));
  await loop.renew({ cert: CLIENT_CERT, key: TLS_CLIENT_KEY });
  const clients = await Promise.all(arriving);
  const conns = await Promise.all(clients.map(() => accepted.take(() => true, "it")));
  for (const conn of [...clients, ...conns]) conn.close();
  await loop.stop();
});

Deno.test("TlsAcceptLoop.renew() after stop() listens no more", async () => {
  const { loop } = listen();
  const { port } = loop.address;
  await loop.stop();
  await loop.renew(PAIR);
  Deno.listen({ hostname: "127.0.0.1", port }).close();
});

Deno.test("renewAll() goes on after a listener that cannot use the pair, and says what kept it", () => {
  const renewed: string[] = [];
  const listener = (name: string) => ({
    renew: () => {
      if (name === "broken") throw new Error("Too many open files");
      renewed.push(name);
      return Promise.resolve();
    },
  });
  const all = ["one", "broken", "two"].map(listener);
  assertThrows(() => renewAll(all, PAIR), Error, "Too many open files");
  assertEquals(renewed, ["one", "two"]);
});

Deno.test("TlsClientConn.close() before the handshake is over ends what is under way at once", async () => {
  const { loop, accepted } = listen();
  using silent = await Deno.connect(loop.address);
  const conn = await accepted.take(() => true, "it");
  assert(conn instanceof TlsClientConn);
  const failed = Promise.all(
    [conn.read(new Uint8Array(1)), conn.handshake(), conn.readArrived(new Uint8Array(1))].map(
      (work) => assertRejects(() => work, Deno.errors.Interrupted),
    ),
  );
  conn.close();
  await failed;
  await conn.closeWrite();
  silent.closeWrite();
  await conn.released;
  await loop.stop();
});

Deno.test("TlsClientConn.close() while a client does not read fails what is under way, and says when it is gone", async () => {
  const { loop, accepted } = listen();
  const client = await connect(loop.address.port);
  const [conn] = await Promise.all([accepted.take(() => true, "it"), client.handshake()]);
  assert(conn instanceof TlsClientConn);
  let [written, isReleased] = [0, false];
  void conn.released?.then(() => isReleased = true);
  const writing = (async () => {
    for (const block = new Uint8Array(64 * 1024);;) written += await conn.write(block);
  })();
  const failed = Promise.all(
    [conn.read(new Uint8Array(1)), writing].map((work) => assertRejects(() => work, Deno.errors.Interrupted)),
  );
  // Until the buffers of both ends are full.
  for (
    let [before, quiet] = [0, 0];
    quiet < 100;
    [before, quiet] = [written, written === before ? quiet + 1 : 0]
  ) {
    await turn();
  }
  conn.close();
  await failed;
  await turn();
  assertEquals([isReleased], [false]);
  client.close();
  await conn.released;
  await loop.stop();
});
