/**
 * A server process whose configuration a test changes while a stream is published and played.
 *
 * @module
 */
import type { ReloadWhen } from "../../../core/reload.ts";
import { assert, assertEquals } from "../assert.ts";
import { ServerProcess } from "../process/server_process.ts";
import { GapPlayer, LivePublisher } from "../rtmp/live_client.ts";
import { until } from "../wait.ts";

/** Values by the paths of their keys, as TOML. */
export type Settings = Readonly<Record<string, string>>;

/** A key that has changed. */
export interface ChangedKey {
  readonly key: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly when: ReloadWhen;
}

/** What is wrong with a file. */
export interface ShownProblem {
  readonly file: string | null;
  readonly line: number | null;
  readonly key: string;
  readonly text: string;
}

/** What the API answers to a reload. */
export interface ReloadReply {
  readonly status: number;
  readonly code: number;
  readonly changed: readonly ChangedKey[];
  readonly restart: readonly ChangedKey[];
  readonly problems: readonly ShownProblem[];
}

/** Of the vhost that everybody gets. */
export const VHOST = "vhost.__defaultVhost__";

const BASE: Settings = {
  listen: '"127.0.0.1:0"',
  "http_api.listen": '"127.0.0.1:0"',
  "http_server.listen": '"127.0.0.1:0"',
  "hooks.outbox.path": '""',
  // Frames that are asked for come soon.
  [`${VHOST}.min_latency`]: "true",
};

/** A server, a publisher and a player. */
export class ReloadTrial implements AsyncDisposable {
  readonly server: ServerProcess;
  /** `http://127.0.0.1:PORT` of the API. */
  readonly api: string;
  /** The same of the server for players. */
  readonly http: string;
  readonly publisher: LivePublisher;
  readonly player: GapPlayer;
  readonly #settings: Map<string, string>;
  readonly #closing: AsyncDisposableStack;

  private constructor(
    server: ServerProcess,
    places: { readonly api: string; readonly http: string },
    sessions: { readonly publisher: LivePublisher; readonly player: GapPlayer },
    settings: Map<string, string>,
    closing: AsyncDisposableStack,
  ) {
    this.server = server;
    this.api = places.api;
    this.http = places.http;
    this.publisher = sessions.publisher;
    this.player = sessions.player;
    this.#settings = settings;
    this.#closing = closing;
  }

  /**
   * Start a server, publish `cam` and play it.
   *
   * @param settings Besides those of a small server on loopback.
   * @param files That settings name, by their names.
   */
  static async start(
    settings: Settings = {},
    files: Readonly<Record<string, string>> = {},
  ): Promise<ReloadTrial> {
    await using opened = new AsyncDisposableStack();
    const all = new Map(Object.entries({ ...BASE, ...settings }));
    const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
    opened.defer(() => Deno.remove(directory, { recursive: true }));
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${directory}/${name}`, text);
    const server = opened.use(await ServerProcess.start({ toml: tomlOf(all), directory }));
    const api = await placeOf(server, "the API");
    const http = await placeOf(server, "players by HTTP");
    const publisher = opened.use(await LivePublisher.publish(server.port, "cam"));
    const player = opened.use(await GapPlayer.play(server.port, "cam"));
    return new ReloadTrial(server, { api, http }, { publisher, player }, all, opened.move());
  }

  /** Change the file, and do no more. `undefined` takes a setting out. */
  async write(changes: Readonly<Record<string, string | undefined>>): Promise<void> {
    for (const [path, value] of Object.entries(changes)) {
      if (value === undefined) this.#settings.delete(path);
      else this.#settings.set(path, value);
    }
    await this.writeText(tomlOf(this.#settings));
  }

  /** Have the file say this. */
  async writeText(text: string): Promise<void> {
    await Deno.writeTextFile(`${this.server.directory}/srs.toml`, text);
  }

  /** Change the file and reload it by the API. */
  async reload(changes: Readonly<Record<string, string | undefined>> = {}): Promise<ReloadReply> {
    await this.write(changes);
    return await this.post();
  }

  /** Reload by the API. */
  async post(): Promise<ReloadReply> {
    const reply = await fetch(`${this.api}/api/v1/reload`, { method: "POST" });
    const { code, data = {}, problems = [] } = await reply.json();
    const { changed = [], restart = [] } = data;
    return { status: reply.status, code, changed, restart, problems };
  }

  /** Change the file and reload it by the signal. @returns When the log says that it is done, one way or the other. */
  async hangUp(changes: Readonly<Record<string, string | undefined>> = {}): Promise<string> {
    await this.write(changes);
    const from = this.server.lines.length;
    this.server.signal("SIGHUP");
    // The last line of a reload by the API may come later than its answer.
    const begun = await this.server.waitForLine(/Configuration (?:is being reloaded|invalid).* by=signal/, {
      from,
    });
    if (begun.includes("invalid")) return begun;
    return await this.server.waitForLine(/Configuration (?:reloaded|invalid)/, {
      from: this.server.lines.indexOf(begun, from),
    });
  }

  /** More frames come to the player. */
  async playsOn(): Promise<void> {
    const { frames } = this.player;
    await until(() => this.player.frames > frames + 1);
  }

  /** The value that the API says is in force. */
  async inForce(vhost: string | null, key: string): Promise<string | undefined> {
    const reply = await fetch(`${this.api}/api/v1/config?count=10000`);
    const { settings } = await reply.json();
    assert(Array.isArray(settings));
    return settings.find((setting) => setting.vhost === vhost && setting.key === key)?.value;
  }

  /** Nobody was ended: the first publisher and player are the clients that there are. */
  async assertAllThere(): Promise<void> {
    await this.playsOn();
    const { clients } = await (await fetch(`${this.api}/api/v1/clients?count=1000`)).json();
    assert(Array.isArray(clients));
    const there = clients.filter(({ name }) => name === "cam").map(({ type }) => type);
    assertEquals(there.length, 2, JSON.stringify(clients));
  }

  /** The clients leave, then the server stops. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#closing.disposeAsync();
  }
}

/** All of them are dotted, so that they need no order. */
function tomlOf(settings: ReadonlyMap<string, string>): string {
  return Array.from(settings, ([path, value]) => `${path} = ${value}\n`).join("");
}

async function placeOf(server: ServerProcess, listener: string): Promise<string> {
  const line = await server.waitForLine(new RegExp(`Listening for ${listener} address=`));
  return `http://${line.slice(line.indexOf("address=") + "address=".length)}`;
}
