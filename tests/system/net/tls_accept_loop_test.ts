/**
 * Listeners for TLS whose clients do not shake hands, on loopback.
 *
 * @module
 */
import { connect as connectTls } from "node:tls";
import type { ClientConn } from "../../../system/net/client_conn.ts";
import { TlsAcceptLoop } from "../../../system/net/tls_accept_loop.ts";
import { TlsClientConn } from "../../../system/net/tls_conn.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import { Inbox, PATIENCE_MS } from "../../support/inbox.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import {
  CA_CERT,
  CLIENT_CERT,
  SERVER_CERT,
  TLS_CLIENT_KEY,
  TLS_SERVER_KEY,
} from "../../support/net/tls_fixtures.ts";
import { turn, until } from "../../support/wait.ts";

const LOOPBACK = "127.0.0.1";
const MAX_HELD = 3;
/** Given up one after the other, they make connections be relayed; in the time of a calm, they keep them so. */
const MANY_GIVEN_UP = 16;
const CALM_MS = 30_000;

/** A listener that has accepted as many silent clients as it may, and one more. */
class Trial implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly accepted = new Inbox<ClientConn>(PATIENCE_MS, () => "a connection");
  readonly faults: string[] = [];
  readonly loop: TlsAcceptLoop;
  readonly silent: Deno.Conn[] = [];
  readonly #conns: TlsClientConn[] = [];

  constructor(protocols: readonly string[] = []) {
    const events = {
      serve: (conn: ClientConn) => this.accepted.put(conn),
      failed: (fault: string) => void this.faults.push(fault),
    };
    const pair = { cert: SERVER_CERT, key: TLS_SERVER_KEY };
    const terms = { pair, protocols, maxHeld: MAX_HELD };
    this.loop = TlsAcceptLoop.listen({ hostname: LOOPBACK, port: 0 }, terms, events, this.clock);
  }

  static async relaying(protocols?: readonly string[]): Promise<Trial> {
    const trial = new Trial(protocols);
    for (let count = 0; count < MAX_HELD; count++) await trial.addSilent();
    assertEquals([trial.loop.isRelaying, trial.faults], [true, ["silent"]]);
    await trial.settled(1);
    return trial;
  }

  /** Until the listener before is closed, at a moment at which nobody waits to be accepted: so many timers are left. */
  async settled(timers: number): Promise<void> {
    await until(async () => {
      await this.clock.advance(1);
      return this.clock.timers === timers;
    });
    for (let turns = 0; turns < 10; turns++) await turn();
  }

  /** A client that says nothing, and its connection. */
  async addSilent(): Promise<TlsClientConn> {
    const { port } = this.loop.address;
    this.silent.push(await Deno.connect({ hostname: LOOPBACK, port }));
    return await this.accept();
  }

  async accept(): Promise<TlsClientConn> {
    const conn = await this.accepted.take(() => true, "it");
    assert(conn instanceof TlsClientConn);
    this.#conns.push(conn);
    return conn;
  }

  /** A client that shakes hands, and its connection. */
  async addHonest(alpnProtocols: string[] = []): Promise<[Deno.TlsConn, TlsClientConn]> {
    const { port } = this.loop.address;
    const client = await Deno.connectTls({ hostname: LOOPBACK, port, caCerts: [CA_CERT], alpnProtocols });
    const [conn] = await Promise.all([this.accept(), client.handshake()]);
    return [client, conn];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const conn of this.#conns) conn.close();
    for (const client of this.silent) client.close();
    for (const conn of this.#conns) await conn.released;
    await this.loop.stop();
  }
}

async function readAll(conn: { read(buffer: Uint8Array): Promise<number | null> }): Promise<number[]> {
  const got: number[] = [];
  const buffer = new Uint8Array(1000);
  for (let length = await conn.read(buffer); length !== null; length = await conn.read(buffer)) {
    got.push(...buffer.subarray(0, length));
  }
  return got;
}

Deno.test("TlsAcceptLoop serves clients that shake hands, however many do not", async () => {
  await using trial = await Trial.relaying(["h2", "http/1.1"]);
  for (let count = 0; count < 3 * MAX_HELD; count++) await trial.addSilent();
  const [client, conn] = await trial.addHonest(["http/1.1"]);
  assertEquals(await conn.handshake(), "http/1.1");
  assertEquals(conn.remoteAddr.port, (client.localAddr as Deno.NetAddr).port);
  const sent = Uint8Array.from({ length: 100_000 }, (_, i) => i);
  const reading = readAll(conn);
  for (let at = 0; at < sent.length;) at += await client.write(sent.subarray(at));
  await client.closeWrite();
  assertEquals((await reading).length, sent.length);
  await conn.write(Uint8Array.of(1, 2, 3));
  conn.close();
  // What was written before it was closed arrives, and then the end as TLS has it.
  assertEquals(await readAll(client), [1, 2, 3]);
  client.close();
  await conn.released;
});

Deno.test("a relayed client that is given up in its handshake loses its socket at once", async () => {
  await using trial = await Trial.relaying();
  const conn = await trial.addSilent();
  const [client] = trial.silent.slice(-1);
  assert(client !== undefined);
  conn.close();
  await conn.released;
  await assertRejects(() => conn.handshake(), Deno.errors.Interrupted);
  // The client sees its end, which it had not to announce itself.
  assertEquals(await client.read(new Uint8Array(1)), null);
});

Deno.test("a relayed client that sends half a handshake, and one that sends a byte at a time, are given up too", async () => {
  await using trial = await Trial.relaying();
  const [half, slow] = [await trial.addSilent(), await trial.addSilent()];
  const [halfClient, slowClient] = trial.silent.slice(-2);
  assert(halfClient !== undefined && slowClient !== undefined);
  const hello = await clientHello();
  await halfClient.write(hello);
  // The server's part of the handshake: the client has nothing to say to it.
  assert(await halfClient.read(new Uint8Array(1)) === 1);
  for (const byte of hello.subarray(0, 50)) await slowClient.write(Uint8Array.of(byte));
  for (const conn of [half, slow]) {
    conn.close();
    await conn.released;
  }
  assertEquals(await slowClient.read(new Uint8Array(1)).catch(() => null), null);
  await readAll(halfClient).catch(() => []);
});

Deno.test("a relayed client whose handshake comes a byte at a time is served", async () => {
  await using trial = await Trial.relaying();
  using front = Deno.listen({ hostname: LOOPBACK, port: 0 });
  const connecting = Deno.connectTls({ hostname: LOOPBACK, port: front.addr.port, caCerts: [CA_CERT] });
  using outer = await front.accept();
  using inner = await Deno.connect(trial.loop.address);
  const client = await connecting;
  const back = pump(inner, outer, 64 * 1024);
  const forth = pump(outer, inner, 1);
  const conn = await trial.accept();
  await Promise.all([client.handshake(), conn.handshake()]);
  conn.close();
  assertEquals(await client.read(new Uint8Array(1)), null);
  await back;
  client.close();
  await forth;
});

Deno.test("a client without TLS fails a relayed handshake as it fails one of the runtime's", async () => {
  await using trial = new Trial();
  const messages: string[] = [];
  for (const isRelaying of [false, true]) {
    if (isRelaying) { for (let count = 0; count < MAX_HELD; count++) await trial.addSilent(); }
    await trial.settled(isRelaying ? 1 : 0);
    assertEquals(trial.loop.isRelaying, isRelaying);
    using client = await Deno.connect(trial.loop.address);
    await client.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
    const conn = await trial.accept();
    const { message } = await assertRejects(() => conn.handshake(), Deno.errors.InvalidData);
    messages.push(message);
    conn.close();
  }
  assertEquals(messages[0], messages[1]);
  assert(messages[0]?.includes("InvalidContentType"), messages[0]);
});

Deno.test("TlsAcceptLoop.renew() gives relayed clients the new certificate", async () => {
  await using trial = await Trial.relaying();
  await trial.addSilent();
  assertEquals(await peerName(trial), "server");
  await trial.loop.renew({ cert: CLIENT_CERT, key: TLS_CLIENT_KEY });
  assertEquals(await peerName(trial), "client");
});

/** The name in the certificate of the server. */
async function peerName(trial: Trial): Promise<string> {
  const socket = connectTls({ host: LOOPBACK, port: trial.loop.address.port, ca: CA_CERT });
  const secured = new Promise<void>((resolve, reject) =>
    socket.on("secureConnect", resolve).on("error", reject)
  );
  await Promise.all([secured, trial.accept().then((conn) => conn.handshake())]);
  const { subject } = socket.getPeerCertificate();
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  socket.destroy();
  await closed;
  return String(subject.CN);
}

Deno.test("TlsAcceptLoop relays when clients were given up one by one, and until few of them are", async () => {
  await using trial = new Trial();
  for (let count = 0; count < MANY_GIVEN_UP; count++) {
    assert(!trial.loop.isRelaying);
    const conn = await trial.addSilent();
    conn.close();
    trial.silent.pop()?.close();
    await conn.released;
  }
  assert(trial.loop.isRelaying);
  await trial.settled(1);
  for (let count = 0; count < MANY_GIVEN_UP; count++) (await trial.addSilent()).close();
  await trial.clock.advance(CALM_MS);
  assert(trial.loop.isRelaying);
  for (let count = 0; count < MANY_GIVEN_UP - 1; count++) (await trial.addSilent()).close();
  await trial.clock.advance(CALM_MS);
  assert(!trial.loop.isRelaying);
  await trial.settled(0);
  const [client, conn] = await trial.addHonest();
  client.close();
  conn.close();
});

/** What a client says first. */
async function clientHello(): Promise<Uint8Array> {
  using listener = Deno.listen({ hostname: LOOPBACK, port: 0 });
  const connecting = Deno.connectTls({ hostname: LOOPBACK, port: listener.addr.port });
  using conn = await listener.accept();
  using client = await connecting;
  const failed = client.handshake().catch(() => undefined);
  const bytes = new Uint8Array(4096);
  const length = await conn.read(bytes);
  await conn.closeWrite();
  await failed;
  return bytes.subarray(0, length ?? 0);
}

/** Until the end of one side, or that of the other. */
async function pump(from: Deno.Conn, to: Deno.Conn, atOnce: number): Promise<void> {
  const buffer = new Uint8Array(atOnce);
  try {
    for (let length = await from.read(buffer); length !== null; length = await from.read(buffer)) {
      for (let at = 0; at < length;) at += await to.write(buffer.subarray(at, length));
    }
    await to.closeWrite();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}
