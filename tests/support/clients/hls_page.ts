/**
 * A site of its own with a page that plays HLS by a library, as others build theirs: with the library's defaults, from
 * another origin than the server's.
 *
 * @module
 */
import "hls.js/package.json" with { type: "json" };
import "shaka-player/package.json" with { type: "json" };

/** What plays. */
export type HlsLibrary = keyof typeof LIBRARIES;

/** How long a page waits that loads again, so that a server that is down is not asked all the time, milliseconds; */
const AGAIN_MS = 1000;
/** and for how long its picture stands still before it does. */
const STILL_MS = 8000;

interface LibraryScript {
  /** Its file; none where the browser plays. */
  readonly file: readonly [string, string] | undefined;
  /** Plays `url` in `video`, and calls `fail` when that is over. */
  readonly play: string;
}

const LIBRARIES = {
  "hls.js": {
    file: ["hls.js", "dist/hls.min.js"],
    play: `
      const hls = globalThis.player = new Hls();
      hls.on(Hls.Events.ERROR, (_, { fatal, details, response }) => {
        if (!fatal) return;
        fail(details + " " + response?.code);
        if (loadsAgain) setTimeout(() => hls.loadSource(url), ${AGAIN_MS});
      });
      let lastTime = 0;
      setInterval(() => {
        if (loadsAgain && lastTime > 0 && lastTime === video.currentTime) hls.loadSource(url);
        lastTime = video.currentTime;
      }, ${STILL_MS});
      hls.loadSource(url);
      hls.attachMedia(video);`,
  },
  "Shaka Player": {
    file: ["shaka-player", "dist/shaka-player.compiled.js"],
    play: `
      shaka.polyfill.installAll();
      const player = globalThis.player = new shaka.Player();
      // A hinted part that never comes, as after a republish, is 404: it says so, and plays on.
      const failed = ({ severity, code, data }) =>
        severity !== 1 && !(code === 1001 && data[1] === 404) && fail(code + " " + (Array.isArray(data) ? data.join(" ") : ""));
      // It looks for captions in a segment that has only parts yet, where fewer than three are whole, and fails.
      player.configure("manifest.hls.disableClosedCaptionsDetection", true);
      player.addEventListener("error", ({ detail }) => failed(detail));
      player.attach(video).then(() => player.load(url)).catch(failed);`,
  },
  "the browser": {
    file: undefined,
    play: `
      video.addEventListener("error", () => fail(video.error.message));
      video.src = url;`,
  },
} as const satisfies Readonly<Record<string, LibraryScript>>;

const PAGE = `<!doctype html><meta charset="utf-8"><title>Watch</title>
<style>body { margin: 0 } video { width: 100%; height: 100vh }</style>
<video muted autoplay playsinline></video>
<script src="library.js"></script>
<script src="page.js"></script>`;

/** Serves the page of one stream. */
export class HlsSite implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** Play `url` by a library; whether hls.js loads it again where it has given up or stands still. */
  constructor(library: HlsLibrary, url: string, loadsAgain = false) {
    const { file, play }: LibraryScript = LIBRARIES[library];
    const script = `globalThis.failures = [];
      { const url = ${JSON.stringify(url)}, video = document.querySelector("video");
        const loadsAgain = ${loadsAgain};
        const fail = (why) => globalThis.failures.push(why);
        ${play} }`;
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
      switch (new URL(request.url).pathname) {
        case "/":
          return new Response(PAGE, { headers: { "Content-Type": "text/html" } });
        case "/page.js":
          return javascript(script);
        case "/library.js":
          return javascript(file === undefined ? "" : await Deno.readFile(packageFile(...file)));
        default:
          return new Response(null, { status: 404 });
      }
    });
  }

  /** Of the page. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function javascript(body: BodyInit): Response {
  return new Response(body, { headers: { "Content-Type": "text/javascript" } });
}

function packageFile(name: string, file: string): URL {
  return new URL(file, import.meta.resolve(`${name}/package.json`));
}
