/**
 * Clients for a server that is taken over: none of them tries anything twice, and what fails is counted.
 *
 * @module
 */
import { Amf0Object } from "../../../rtmp/wire/amf0.ts";
import { RtmpTestClient } from "../rtmp/rtmp_client.ts";
import { LivePublisher } from "../rtmp/live_client.ts";
import { pause, random } from "./show.ts";

/** Enhanced RTMP: takes a reconnect request. */
const TAKES_RECONNECT = { capsEx: 1 };
const RECONNECT_REQUEST = "NetConnection.Connect.ReconnectRequest";
const PLAYLIST_MS = 1000;

/** What clients met. */
export class LoadCounts {
  connects = 0;
  requests = 0;
  readonly lost: string[] = [];
  /** Answers by their status. */
  readonly statuses = new Map<number, number>();
}

/** A publisher that connects again as soon as it is asked to, before it leaves. */
export class MovingPublisher {
  moves = 0;
  readonly #port: number;
  readonly #name: string;
  readonly #counts: LoadCounts;
  #now: LivePublisher | undefined;
  #isOver = false;
  readonly #moving: Promise<void>[] = [];

  private constructor(port: number, name: string, counts: LoadCounts) {
    this.#port = port;
    this.#name = name;
    this.#counts = counts;
  }

  /** Connect and publish. */
  static async start(port: number, name: string, counts: LoadCounts): Promise<MovingPublisher> {
    const publisher = new MovingPublisher(port, name, counts);
    await publisher.#connect();
    return publisher;
  }

  /** Leave. */
  async stop(): Promise<void> {
    this.#isOver = true;
    try {
      await this.#now?.leave(this.#name);
    } catch (error) {
      this.#counts.lost.push(`publisher ${this.#name}, ended early: ${error}`);
    }
    await this.#now?.client.close();
    await Promise.all(this.#moving);
  }

  async #connect(): Promise<void> {
    this.#counts.connects++;
    const client = await RtmpTestClient.connect({ port: this.#port, extras: TAKES_RECONNECT });
    const { code } = await client.publish(this.#name);
    // This process is taken over as well.
    if (code === RECONNECT_REQUEST) {
      await client.close();
      return await this.#connect();
    }
    if (code !== "NetStream.Publish.Start") throw new Error(`Cannot publish: ${code}`);
    const last = this.#now;
    this.#now = await LivePublisher.begin(client);
    await last?.leave(this.#name);
    await last?.client.close();
    this.#moving.push(this.#follow(client));
  }

  async #follow(client: RtmpTestClient): Promise<void> {
    try {
      const { args } = await client.waitForCommand("onStatus");
      const info = args.find((arg) => arg instanceof Amf0Object);
      if (info?.get("code") !== RECONNECT_REQUEST) {
        throw new Error(`It got ${info?.get("code")}`);
      }
      this.moves++;
      await this.#connect();
    } catch (error) {
      if (!this.#isOver) this.#counts.lost.push(`publisher: ${error}`);
    }
  }
}

/** Players come at a rate, each stays for a moment. */
export class PassingPlayers {
  readonly #visits = new Set<Promise<void>>();
  readonly #timer: ReturnType<typeof setInterval>;

  /**
   * From now on.
   *
   * @param terms `rate`: each second; `stayMs`: about as long.
   */
  constructor(
    port: number,
    names: readonly string[],
    { rate, stayMs }: { readonly rate: number; readonly stayMs: number },
    counts: LoadCounts,
  ) {
    const from = performance.now();
    let begun = 0;
    this.#timer = setInterval(() => {
      for (; begun < (performance.now() - from) * rate / 1000; begun++) {
        const visit = playOnce(port, names[random(names.length)] ?? "", stayMs / 2 + random(stayMs), counts);
        this.#visits.add(visit);
        void visit.then(() => this.#visits.delete(visit));
      }
    }, 5);
  }

  /** Players now. */
  get present(): number {
    return this.#visits.size;
  }

  /** Nobody comes any more, and those that are here leave in their time. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#visits);
  }
}

async function playOnce(port: number, name: string, ms: number, counts: LoadCounts): Promise<void> {
  counts.connects++;
  let step = "connect";
  let client: RtmpTestClient | undefined;
  try {
    client = await RtmpTestClient.connect({ port });
    step = "play";
    const { code } = await client.play(name);
    if (code !== "NetStream.Play.Start") throw new Error(code);
    step = "watch";
    const end = await Promise.race([pause(ms), client.closed]);
    if (end !== undefined) throw new Error(`closed: ${end}`);
  } catch (error) {
    counts.lost.push(`player, ${step}: ${error}`);
  } finally {
    await client?.close();
  }
}

/** A viewer of HLS: each second its playlist, by connections that are kept. */
export async function viewHls(
  port: number,
  name: string,
  until: AbortSignal,
  counts: LoadCounts,
): Promise<void> {
  const base = `http://127.0.0.1:${port}/live/`;
  using client = Deno.createHttpClient({ poolMaxIdlePerHost: 2 });
  // On a busy machine the first list may be late: what is answered until then does not count.
  let hasList = false;
  const get = async (path: string): Promise<string> => {
    counts.requests++;
    const response = await fetch(`${base}${path}`, { client });
    hasList ||= response.ok;
    if (hasList) counts.statuses.set(response.status, (counts.statuses.get(response.status) ?? 0) + 1);
    return await response.text();
  };
  try {
    let list = "";
    while (!list.startsWith("#EXTM3U") && !until.aborted) list = await get(`${name}.m3u8`);
    const path = list.trim().split("\n").at(-1) ?? "";
    while (!until.aborted) {
      await get(path);
      await pause(PLAYLIST_MS / 2 + random(PLAYLIST_MS));
    }
  } catch (error) {
    counts.lost.push(`viewer: ${error}`);
  }
}
