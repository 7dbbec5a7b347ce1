/**
 * Numbers of the API as people read them. Pure.
 *
 * @module
 */

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;
const STEP = 1024;
/** From here on the next larger unit is shown. */
const LARGE = 10_000;
const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;

/** Bytes, such as `9.77 MiB`. */
export function readableBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  for (; value >= LARGE && unit < UNITS.length - 1; unit++) value /= STEP;
  return `${Number(value.toPrecision(4))} ${UNITS[unit]}`;
}

/** Seconds, such as `2 d 3 h` or `4 min 5 s`. */
export function readableSeconds(seconds: number): string {
  const whole = Math.floor(seconds);
  if (whole < MINUTE_S) return `${whole} s`;
  if (whole < HOUR_S) return `${Math.floor(whole / MINUTE_S)} min ${whole % MINUTE_S} s`;
  if (whole < DAY_S) return `${Math.floor(whole / HOUR_S)} h ${Math.floor(whole % HOUR_S / MINUTE_S)} min`;
  return `${Math.floor(whole / DAY_S)} d ${Math.floor(whole % DAY_S / HOUR_S)} h`;
}

/** How long a drain waits for its clients, 0 ms for any time. */
export function readableWait(ms: number): string {
  if (ms === 0) return "none, clients stay as long as they like (set grace_drain)";
  return ms < MINUTE_S * 1000 ? `${ms / 1000} s` : readableSeconds(ms / 1000);
}

/** Milliseconds since 1970, in UTC, to the second. */
export function readableMoment(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}

/** A share of one, such as `12.3 %`. */
export function readableShare(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
