/**
 * Numbers as people read them.
 *
 * @module
 */

/** @param {number} bytes */
export function showBytes(bytes) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let at = 0;
  let value = bytes;
  while (value >= 1024 && at < units.length - 1) {
    value /= 1024;
    at++;
  }
  return `${at === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[at]}`;
}

/** @param {number} seconds */
export function showDuration(seconds) {
  const whole = Math.floor(seconds);
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const clock = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  const hours = Math.floor(whole / 3600);
  if (hours === 0) return clock;
  return hours < 48 ? `${hours}:${clock}` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** @param {number} kbps */
export function showRate(kbps) {
  return kbps >= 10_000 ? `${(kbps / 1000).toFixed(1)} Mbit/s` : `${Math.round(kbps)} kbit/s`;
}

/** @param {string | number} moment RFC 3339, or milliseconds since 1970. */
export function showTime(moment) {
  return new Date(moment).toLocaleString(undefined, { dateStyle: "short", timeStyle: "medium" });
}

/** @param {any} video As the API has it. */
export function showVideo(video) {
  if (!video) return "-";
  const { codec, width, height, fps } = video;
  const size = width > 0 ? ` ${width}x${height}` : "";
  return `${codec}${size}${fps > 0 ? ` ${Math.round(fps * 100) / 100} fps` : ""}`;
}

/** @param {any} audio As the API has it. */
export function showAudio(audio) {
  if (!audio) return "-";
  return `${audio.codec}${audio.sample_rate > 0 ? ` ${audio.sample_rate / 1000} kHz` : ""}`;
}

/** @param {Record<string, number>} viewers By protocol. */
export function showViewers(viewers) {
  const parts = Object.entries(viewers).map(([protocol, count]) => `${count} ${protocol}`);
  return parts.length === 0 ? "0" : parts.join(", ");
}
