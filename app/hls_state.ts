/**
 * What HLS keeps, so that viewers go on over a restart: the secret that their paths are made with, and how many
 * discontinuities there have been.
 *
 * @module
 */
import { KeptNumber } from "./kept_number.ts";
import { errorMessage } from "../core/mod.ts";

/** Where the key is kept, from `work_dir`. */
const VIEWER_KEY_FILE = "objs/srs.viewer_key";
const DISCONTINUITY_FILE = "objs/srs.hls_discontinuity";
const KEY_BYTES = 32;
/** Only the user of this process may read it. */
const PRIVATE = 0o600;

/** What was kept. */
export interface HlsState {
  /** Secret that the ids of viewers are made with. */
  readonly viewerKey: Uint8Array<ArrayBuffer>;
  /** EXT-X-DISCONTINUITY-SEQUENCE that new lists begin with. */
  readonly firstDiscontinuity: number;
  /** A list has come to this number. */
  discontinuityUsed(number: number): void;
}

/**
 * Read what an earlier start kept in the current directory, or begin again.
 *
 * @param failed Called with a notice for the log where something cannot be kept.
 */
export function openHlsState(failed: (notice: string) => void): HlsState {
  const viewerKey = loadViewerKey(failed);
  const discontinuity = new KeptNumber(DISCONTINUITY_FILE, failed);
  return {
    viewerKey,
    firstDiscontinuity: discontinuity.first,
    discontinuityUsed: (number) => discontinuity.used(number),
  };
}

function loadViewerKey(failed: (notice: string) => void): Uint8Array<ArrayBuffer> {
  const kept = keptKey();
  if (kept !== undefined) return kept;
  const key = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  try {
    Deno.mkdirSync("objs", { recursive: true });
    Deno.writeFileSync(VIEWER_KEY_FILE, key, { mode: PRIVATE });
  } catch (error) {
    failed(
      `Cannot keep the key of HLS viewers in ${VIEWER_KEY_FILE}, so they begin again after a restart: ${
        errorMessage(error)
      }`,
    );
  }
  return key;
}

function keptKey(): Uint8Array<ArrayBuffer> | undefined {
  try {
    const key = Deno.readFileSync(VIEWER_KEY_FILE);
    return key.length === KEY_BYTES ? key : undefined;
  } catch {
    // Whatever it is, keeping a new one meets it too, and says so.
    return undefined;
  }
}
