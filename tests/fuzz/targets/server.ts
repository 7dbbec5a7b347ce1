/**
 * The whole server over a socket: connections of real clients with faults in them, and a pair that has none at the same time.
 *
 * @module
 */
import { SystemClock } from "../../../system/system_clock.ts";
import type { HookRequest, Hooks, LogFields, LogLevel, Verdict } from "../../../core/mod.ts";
import { RtmpServer } from "../../../rtmp/server/server.ts";
import { assertEquals } from "../../support/assert.ts";
import { PlayingPair } from "../../support/rtmp/playing_pair.ts";
import { testRtmpOptions } from "../../support/rtmp/rtmp_harness.ts";
import { type ConnectOptions, RtmpTestClient } from "../../support/rtmp/rtmp_client.ts";
import { realWireEnvironment } from "../../support/rtmp/wire_environment.ts";
import { type Corpus, cutCase } from "../mutator.ts";
import { conversationCorpus } from "../conversations.ts";
import { Random } from "../random.ts";
import { HANDSHAKE_BYTES, type Recordings } from "../recordings.ts";
import type { FuzzTarget } from "../target.ts";

/** The honest pair is looked at once in so many cases. */
const CHECK_EVERY = 25;
/** A server that neither answers nor ends for so long hangs, milliseconds. */
const PATIENCE_MS = 20_000;

/** Says yes, and counts what is owed. */
class YesHooks implements Hooks {
  open = 0;

  request(_request: HookRequest): Promise<Verdict> {
    this.open += 1;
    let ended = false;
    const end = (): Promise<void> => {
      if (!ended) this.open -= 1;
      ended = true;
      return Promise.resolve();
    };
    return Promise.resolve({ kind: "allow", decisions: {}, lease: { rename: () => undefined, end } });
  }
}

/** A server in this process, its honest pair, and what it complained of. */
class Stage {
  readonly hooks = new YesHooks();
  readonly server: RtmpServer;
  readonly bugs: string[] = [];
  readonly clients: RtmpTestClient[] = [];
  honest: PlayingPair | undefined;
  watcher: Watcher | undefined;
  #lastId = 0;

  constructor() {
    const publish = { normalTimeoutMs: 3_600_000 };
    this.server = RtmpServer.listen(testRtmpOptions({ publish }), {
      hooks: this.hooks,
      log: { write: (level, _id, message, fields) => this.#log(level, message, fields) },
      clientIds: { next: () => ++this.#lastId },
      clock: new SystemClock(),
      environment: realWireEnvironment(),
    });
  }

  get port(): number {
    return this.server.addresses[0]?.port ?? 0;
  }

  async client(options: Partial<ConnectOptions> = {}): Promise<RtmpTestClient> {
    const client = await RtmpTestClient.connect({ port: this.port, ...options });
    this.clients.push(client);
    return client;
  }

  #log(level: LogLevel, message: string, fields: LogFields = {}): void {
    if (level === "error") this.bugs.push(`${message} ${JSON.stringify(fields)}`);
  }
}

/** A player of the stream that the cases publish: whatever they send, it gets whole messages and is never ended. */
class Watcher {
  readonly #client: RtmpTestClient;
  readonly #watching: Promise<void>;
  #fault: string | undefined;
  #leaving = false;

  private constructor(client: RtmpTestClient) {
    this.#client = client;
    this.#watching = this.#watch();
  }

  static async start(stage: Stage): Promise<Watcher> {
    const client = await stage.client({ waitMs: 3_600_000 });
    await client.play("livestream");
    return new Watcher(client);
  }

  check(): void {
    assertEquals(this.#fault, undefined, "a player was harmed by what another client sent");
  }

  async close(): Promise<void> {
    this.#leaving = true;
    await this.#client.close();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    try {
      for (;;) await this.#client.nextMessage();
    } catch (error) {
      if (!this.#leaving) this.#fault = error instanceof Error ? error.message : String(error);
    }
  }
}

/** Cases are connections, one after another. */
export class ServerTarget implements FuzzTarget {
  readonly name = "server";
  readonly corpus: Corpus;
  readonly testCases = 150;
  #stage: Stage | undefined;
  #cases = 0;

  /** Connections of real clients, and conversations that no client would have. */
  constructor({ connections }: Recordings) {
    const greeting = connections[0].slice(0, HANDSHAKE_BYTES);
    const said = conversationCorpus(new Random(2)).map((bytes) => Uint8Array.from([...greeting, ...bytes]));
    this.corpus = [...connections, ...said];
  }

  async run(input: Uint8Array<ArrayBuffer>, random: Random): Promise<void> {
    this.#stage ??= new Stage();
    const stage = this.#stage;
    stage.honest ??= await PlayingPair.start(stage);
    stage.watcher ??= await Watcher.start(stage);
    await attack(stage.port, cutCase(input, random), random);
    if (++this.#cases % CHECK_EVERY === 0) await stage.honest.check();
    stage.watcher.check();
    const bugs = stage.bugs.splice(0);
    assertEquals(bugs, [], "the server has faults of its own");
  }

  /** The honest pair is well, everybody leaves, and nothing is owed. */
  async close(): Promise<void> {
    const stage = this.#stage;
    if (stage === undefined) return;
    this.#stage = undefined;
    await stage.honest?.check();
    stage.watcher?.check();
    await stage.watcher?.close();
    await Promise.all(stage.clients.map((client) => client.close()));
    await stage.server.drain();
    assertEquals([stage.bugs, stage.hooks.open, stage.server.connectionCount], [[], 0, 0]);
  }
}

/** One connection: say all of it, read what comes, and leave by a FIN or without a word. */
async function attack(port: number, pieces: readonly Uint8Array[], random: Random): Promise<void> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const patience = setTimeout(() => conn.close(), PATIENCE_MS);
  const rude = random.oneIn(6);
  try {
    const reading = readAll(conn);
    const writing = writeAll(conn, pieces, rude);
    const [hungUp] = await Promise.all([reading, writing]);
    if (!hungUp) {
      throw new Error(`The server did not end a connection whose client was done ${PATIENCE_MS} ms ago`);
    }
  } finally {
    clearTimeout(patience);
    close(conn);
  }
}

/** Whether the connection ended by the server's FIN or a reset, not by our patience. */
async function readAll(conn: Deno.TcpConn): Promise<boolean> {
  const buffer = new Uint8Array(16 * 1024);
  try {
    while (await conn.read(buffer) !== null);
    return true;
  } catch (error) {
    if (isReset(error)) return true;
    if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) return false;
    throw error;
  }
}

async function writeAll(conn: Deno.TcpConn, pieces: readonly Uint8Array[], rude: boolean): Promise<void> {
  try {
    for (const piece of pieces) {
      for (let at = 0; at < piece.length;) at += await conn.write(piece.subarray(at));
    }
    // A client that only closes its writing side still reads the answer to what it said.
    if (!rude) await new Promise((resolve) => setTimeout(resolve, 0));
    await conn.closeWrite();
  } catch (error) {
    if (!isReset(error) && !(error instanceof Deno.errors.BadResource)) throw error;
  }
}

function isReset(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.NotConnected || error instanceof Deno.errors.ConnectionAborted;
}

function close(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
