/**
 * A server that records what is published, as FLV and as MP4, and ffmpeg that publishes files to it.
 *
 * @module
 */
import { assertEquals } from "../assert.ts";
import { type Program, runProgram } from "../clients/programs.ts";
import { asBody, type Body } from "../http/api_harness.ts";
import { ServerProcess } from "../process/server_process.ts";
import { temporaryDirectory } from "../temporary_directory.ts";

/** How a stream is recorded. */
export type RecordingFormat = "flv" | "mp4";

type Folder = { readonly path: string } & AsyncDisposable;

/** The longest that a publish may take on a busy machine, milliseconds. */
const PUBLISH_MS = 600_000;
const ATTEMPTS = 5;
const FINISHED = /Recording finished file=(\S+) .*reason=(\w+)/;
const API_LINE = /Listening for the API address=(\S+)/;

/** Records each publish to a vhost that is named like a format. */
export class RecordingServer implements AsyncDisposable {
  readonly #server: ServerProcess;
  readonly #files: Folder;
  /** `http://ADDRESS` of its API. */
  readonly apiUrl: string;

  private constructor(server: ServerProcess, files: Folder, apiUrl: string) {
    this.#server = server;
    this.#files = files;
    this.apiUrl = apiUrl;
  }

  /** Start it; its recordings are gone with it. */
  static async start(): Promise<RecordingServer> {
    const files = await temporaryDirectory();
    const server = await ServerProcess.start({
      toml: [
        'listen = "127.0.0.1:0"',
        "[http_api]",
        'listen = "127.0.0.1:0"',
        "[http_server]",
        "enabled = false",
        "[hooks.outbox]",
        'path = ""',
        ...(["flv", "mp4"] as const).flatMap((format) => [
          `[vhost.${format}.dvr]`,
          "enabled = true",
          `dvr_path = "${files.path}/${format}/[stream].[timestamp].${format}"`,
        ]),
      ].join("\n"),
    });
    const address = API_LINE.exec(await server.waitForLine(API_LINE))?.[1];
    return new RecordingServer(server, files, `http://${address}`);
  }

  /**
   * Publish all tracks of a file as they are, as fast as the server takes them.
   *
   * @param options `times`: so often, one after the other, as one stream.
   * @returns The path of the recording.
   */
  async publish(
    ffmpeg: Program,
    source: string,
    format: RecordingFormat,
    { times = 1 }: { readonly times?: number } = {},
  ): Promise<string> {
    const args = [
      ...["-nostdin", "-v", "error", "-stream_loop", String(times - 1), "-i", source, "-map", "0"],
      ...["-c", "copy", "-f", "flv", this.#server.rtmpUrl(`live?vhost=${format}/stream`)],
    ];
    for (let attempt = 1;; attempt++) {
      const from = this.#server.lines.length;
      const { code, text } = await runProgram(ffmpeg, args, { timeoutMs: PUBLISH_MS });
      const line = await this.#server.waitForLine(FINISHED, { from });
      const [, file = "", reason] = FINISHED.exec(line) ?? [];
      // ffmpeg that closes before it has read the last acknowledgement resets the connection: what the server has yet to
      // receive is lost.
      if (reason === "network" && attempt < ATTEMPTS) continue;
      assertEquals({ code, text, reason }, { code: 0, text: "", reason: "client" }, line);
      return file;
    }
  }

  /** The address of a recording's file, from where the API sends it. */
  async fileUrl(file: string): Promise<string> {
    const { records } = asBody(await (await fetch(`${this.apiUrl}/api/v1/records`)).json());
    const entries: readonly Body[] = Array.isArray(records) ? records.map(asBody) : [];
    const id = entries.find((entry) => entry["file"] === file)?.["id"];
    return `${this.apiUrl}/api/v1/records/${id}/file`;
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
    await this.#files[Symbol.asyncDispose]();
  }
}
