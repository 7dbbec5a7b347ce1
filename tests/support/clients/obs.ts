/**
 * OBS Studio without a screen: a display of Xvfb, and a profile that streams an empty scene to one address.
 *
 * @module
 */
import type { ClientProcess } from "./client_process.ts";
import { findProgram, type Program, startProgram } from "./programs.ts";

/** Starting it on a busy machine takes a while, milliseconds. */
const TIMEOUT_MS = 120_000;

/** Picture of the profile; small, so that two cores encode it aside. */
const WIDTH = 320;
const HEIGHT = 180;

/** The first start is behind it, nothing is asked and nothing fetched. */
const GLOBAL = `[General]
FirstRun=true
LastVersion=486539266
InfoIncrement=100
EnableAutoUpdates=false
Pre19Defaults=false
Pre21Defaults=false
Pre23Defaults=false
Pre24.1Defaults=false

[Basic]
Profile=Test
ProfileDir=Test
SceneCollection=Test
SceneCollectionFile=Test

[OBSWebSocket]
FirstLoad=false
ServerEnabled=false
`;

const PROFILE = `[General]
Name=Test

[Video]
BaseCX=${WIDTH}
BaseCY=${HEIGHT}
OutputCX=${WIDTH}
OutputCY=${HEIGHT}
FPSType=0
FPSCommon=30

[Output]
Mode=Simple
Reconnect=true
RetryDelay=1
MaxRetries=20

[SimpleOutput]
StreamEncoder=x264
Preset=ultrafast
VBitrate=300
ABitrate=64
`;

const SCENES = {
  current_scene: "Scene",
  current_program_scene: "Scene",
  name: "Test",
  scene_order: [{ name: "Scene" }],
  sources: [{ id: "scene", name: "Scene", settings: { id_counter: 0, items: [] } }],
  groups: [],
  transitions: [],
  quick_transitions: [],
  current_transition: "Fade",
  transition_duration: 300,
};

/** Find OBS. */
export async function obsProgram(): Promise<Program> {
  return await findProgram("obs", "obs-studio");
}

/** An OBS that streams from its start on. Everything it says is in `process.lines`. */
export class Obs implements AsyncDisposable {
  readonly process: ClientProcess;
  readonly #display: ClientProcess;
  readonly #directory: string;

  private constructor(process: ClientProcess, display: ClientProcess, directory: string) {
    this.process = process;
    this.#display = display;
    this.#directory = directory;
  }

  /**
   * Start it.
   *
   * @param server `rtmp://host:port/app`, as in its settings.
   * @param key The stream key.
   */
  static async start(server: string, key: string): Promise<Obs> {
    const obs = await obsProgram();
    const xvfb = await findProgram("Xvfb", "xvfb");
    const directory = await Deno.makeTempDir({ prefix: "srs-obs-" });
    await writeSettings(`${directory}/obs-studio`, server, key);
    // It chooses a free display and prints its number.
    const display = startProgram(xvfb, [
      ...["-displayfd", "1", "-screen", "0", "1024x768x24", "-nolisten", "tcp"],
    ], { timeoutMs: TIMEOUT_MS });
    try {
      const number = await display.waitForLine(/^\d+$/);
      const options = ["--startstreaming", "--multi", "--disable-updater", "--disable-missing-files-check"];
      const process = startProgram(obs, [...options, "--minimize-to-tray"], {
        timeoutMs: TIMEOUT_MS,
        env: {
          DISPLAY: `:${number}`,
          HOME: directory,
          XDG_CONFIG_HOME: directory,
          XDG_RUNTIME_DIR: directory,
          QT_QPA_PLATFORM: "xcb",
          LIBGL_ALWAYS_SOFTWARE: "1",
        },
      });
      return new Obs(process, display, directory);
    } catch (error) {
      await display.stop("SIGKILL");
      await Deno.remove(directory, { recursive: true });
      throw error;
    }
  }

  /** For `await using`. A signal would only make it ask whether to end the stream. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.stop("SIGKILL");
    await this.#display.stop("SIGTERM");
    await Deno.remove(this.#directory, { recursive: true });
  }
}

async function writeSettings(directory: string, server: string, key: string): Promise<void> {
  const profile = `${directory}/basic/profiles/Test`;
  await Deno.mkdir(profile, { recursive: true });
  await Deno.mkdir(`${directory}/basic/scenes`);
  const service = { type: "rtmp_custom", settings: { server, key, use_auth: false, bwtest: false } };
  await Deno.writeTextFile(`${directory}/global.ini`, GLOBAL);
  await Deno.writeTextFile(`${profile}/basic.ini`, PROFILE);
  await Deno.writeTextFile(`${profile}/service.json`, JSON.stringify(service));
  await Deno.writeTextFile(`${directory}/basic/scenes/Test.json`, JSON.stringify(SCENES));
}
