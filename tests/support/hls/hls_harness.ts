/**
 * A media node in this process with scripted hooks, on ports that the system chose, and a stream that a test publishes
 * as fast as it likes.
 *
 * @module
 */
import { MediaNode } from "../../../app/media_node.ts";
import type { ConnectionLimits } from "../../../rtmp/options.ts";
import type { HlsOptions } from "../../../stream/admission/mod.ts";
import { assert } from "../assert.ts";
import { testHlsState } from "./hls_state.ts";
import { HookScript } from "../hooks/hook_script.ts";
import { Inbox, PATIENCE_MS } from "../inbox.ts";
import type { LoggedLine } from "../logged_line.ts";
import { SkippingClock } from "../manual_clock.ts";
import { defaultRtmpOptions, testPlayerOptions, testRtmpOptions } from "../rtmp/rtmp_harness.ts";
import { RtmpTestClient } from "../rtmp/rtmp_client.ts";
import { realWireEnvironment } from "../rtmp/wire_environment.ts";
import {
  aacFrame,
  aacSequenceHeader,
  avcInterFrame,
  avcKeyFrame,
  avcSequenceHeader,
} from "../stream/media.ts";
import { NO_RECORDINGS } from "../record/no_recordings.ts";

/** What a test changes. */
export interface HlsHarnessOptions {
  readonly hls?: Partial<HlsOptions>;
  readonly limits?: Partial<ConnectionLimits>;
  /** Secret of the ids of viewers. */
  readonly viewerKey?: Uint8Array<ArrayBuffer>;
}

const FRAME_MS = 40;
const GOP_FRAMES = 50;

/** A running node. */
export class HlsHarness implements AsyncDisposable {
  readonly clock: SkippingClock;
  readonly hooks = new HookScript();
  readonly log: LoggedLine[] = [];
  readonly node: MediaNode;
  readonly #lines: Inbox<LoggedLine>;
  readonly #clients: RtmpTestClient[] = [];

  private constructor(
    node: MediaNode,
    clock: SkippingClock,
    hooks: HookScript,
    log: LoggedLine[],
    lines: Inbox<LoggedLine>,
  ) {
    this.node = node;
    this.clock = clock;
    this.hooks = hooks;
    this.log = log;
    this.#lines = lines;
  }

  /** Start a node. */
  static async start({ hls, limits = {}, viewerKey }: HlsHarnessOptions = {}): Promise<HlsHarness> {
    const clock = new SkippingClock();
    const hooks = new HookScript();
    const log: LoggedLine[] = [];
    const lines = new Inbox<LoggedLine>(PATIENCE_MS, ({ message }) => message);
    const defaults = defaultRtmpOptions().vhosts.get("__defaultVhost__")?.hls;
    assert(defaults !== undefined);
    let lastClientId = 0;
    const node = await MediaNode.listen(
      {
        rtmp: testRtmpOptions({ vhost: { hls: { ...defaults, ...hls } }, limits }),
        http: testPlayerOptions(),
      },
      {
        hooks,
        clock,
        log: {
          write: (level, clientId, message, fields = {}) => {
            const line = { level, clientId, message, fields };
            log.push(line);
            lines.put(line);
          },
          writePlain: () => {},
        },
        clientIds: { next: () => ++lastClientId },
        environment: { ...realWireEnvironment(), now: () => clock.now() },
        hls: testHlsState(viewerKey),
        recordings: NO_RECORDINGS,
      },
    );
    return new HlsHarness(node, clock, hooks, log, lines);
  }

  /** `http://127.0.0.1:PORT` and a path. */
  url(path: string): string {
    return `http://127.0.0.1:${this.node.addresses.http[0]?.port}/${path}`;
  }

  /** A request and its whole answer. */
  async get(
    path: string,
    init: RequestInit = {},
  ): Promise<{ status: number; text: string; headers: Headers }> {
    const response = await fetch(this.url(path), init);
    return { status: response.status, text: await response.text(), headers: response.headers };
  }

  /** A viewer begins: the path of its media playlist. */
  async view(path = "live/livestream.m3u8"): Promise<string> {
    const { status, text } = await this.get(path);
    assert(status === 200, `${status} ${text}`);
    return `live/${text.trim().split("\n").at(-1)}`;
  }

  /** A publisher that is accepted. */
  async publisher(name = "livestream"): Promise<TestPublisher> {
    const port = this.node.addresses.rtmp[0]?.port ?? 0;
    const client = await RtmpTestClient.connect({ port });
    this.#clients.push(client);
    await client.publish(name);
    return new TestPublisher(client);
  }

  /** The oldest log line with this message that nobody has taken. */
  async logged(message: string): Promise<LoggedLine> {
    return await this.#lines.take((line) => line.message === message, message);
  }

  /** Clients leave, then the node stops. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.node.drain();
    const bugs = this.log.filter(({ level }) => level === "error");
    if (bugs.length > 0) throw new Error(`The server logged errors: ${JSON.stringify(bugs)}`);
    if (this.hooks.open > 0) throw new Error(`${this.hooks.open} sessions have no ending`);
  }
}

/** Publishes frames of 25 fps with a key frame every two seconds. */
export class TestPublisher {
  readonly client: RtmpTestClient;
  #frame = 0;
  #hasHeaders = false;

  /** Takes over a client whose publish was accepted. */
  constructor(client: RtmpTestClient) {
    this.client = client;
  }

  /** Send so much of the stream, at once. Resolves when the server has acted upon all of it. */
  async send(ms: number): Promise<void> {
    const { client } = this;
    if (!this.#hasHeaders) {
      await client.sendVideo(avcSequenceHeader(), 0);
      await client.sendAudio(aacSequenceHeader(), 0);
      this.#hasHeaders = true;
    }
    for (const end = this.#frame + ms / FRAME_MS; this.#frame < end; this.#frame++) {
      const time = this.#frame * FRAME_MS;
      const place = this.#frame % GOP_FRAMES;
      await client.sendVideo(place === 0 ? avcKeyFrame() : avcInterFrame(place), time);
      await client.sendAudio(aacFrame(), time);
    }
    // Answered in its turn.
    await client.command("_checkbw");
  }
}
