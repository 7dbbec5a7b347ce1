/**
 * The name that this server tells its clients and services, the same over restarts.
 *
 * @module
 */

/** Where the id is kept, from the directory the program was started in. */
const SERVER_ID_FILE = "objs/srs.server_id";
const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";
const PATTERN = /^vid-[0-9a-z]{7}$/;

/** `vid-` and seven random characters. */
export function newServerId(): string {
  const random = crypto.getRandomValues(new Uint8Array(7));
  return `vid-${Array.from(random, (byte) => ALPHABET[byte % ALPHABET.length]).join("")}`;
}

/** The id that was kept by an earlier start, `undefined` when there is none that can be used. */
export function keptServerId(): string | undefined {
  try {
    const id = Deno.readTextFileSync(SERVER_ID_FILE).trim();
    return PATTERN.test(id) ? id : undefined;
  } catch {
    // Whatever it is, keeping a new one meets it too, and tells of it.
    return undefined;
  }
}

/**
 * Keep `id` for the next start.
 *
 * @returns What went wrong, `undefined` for nothing: a server without a place for it is still a server.
 */
export async function keepServerId(id: string): Promise<string | undefined> {
  try {
    await Deno.mkdir("objs", { recursive: true });
    await Deno.writeTextFile(SERVER_ID_FILE, `${id}\n`);
    return undefined;
  } catch (error) {
    return `Cannot keep the server id in ${SERVER_ID_FILE}, so it changes at every start: ${error} (set server_id)`;
  }
}
