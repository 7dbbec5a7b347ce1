/**
 * Begins a session of HLS: one request, whose answer is a refusal or the address of the media playlist. A player that
 * is handed that address makes no session of its own.
 *
 * @module
 */
import { codecName, isPicture } from "./codec_names.js";
import { refusalOf } from "./refusal.js";

/** @import { EngineEvents, Media } from "./engine.js" */

/**
 * @typedef {object} HlsSource
 * @property {string} url Of the media playlist.
 * @property {readonly string[]} codecs Codec strings; empty where the server does not say.
 */

/**
 * Ask for a stream.
 *
 * @param {string} url
 * @param {AbortSignal} signal
 * @param {EngineEvents} events
 * @returns {Promise<HlsSource | undefined>} `undefined`: reported already, or aborted.
 */
export async function openHls(url, signal, events) {
  try {
    const response = await fetch(url, { signal, cache: "no-store" });
    if (response.ok) return readSource(response.url, await response.text());
    events.refused(await refusalOf(response));
  } catch {
    // A network that failed, or the page that has given up.
    if (!signal.aborted) events.failed("The connection broke off");
  }
  return undefined;
}

/**
 * @param {string} url Of a multivariant playlist of one rendition, or of a media playlist.
 * @param {string} text
 * @returns {HlsSource}
 */
function readSource(url, text) {
  const [, attributes = "", uri] = /^#EXT-X-STREAM-INF:(.*)\n(.+)$/m.exec(text) ?? [];
  if (uri === undefined) return { url, codecs: [] };
  const codecs = /CODECS="([^"]*)"/.exec(attributes)?.[1] ?? "";
  return { url: new URL(uri, url).href, codecs: codecs.split(",").filter((codec) => codec !== "") };
}

/**
 * What a stream of these codecs is made of.
 *
 * @param {readonly string[]} codecs
 * @param {string} via
 * @returns {Media}
 */
export function mediaOf(codecs, via) {
  const videoCodec = codecs.find(isPicture);
  const audioCodec = codecs.find((codec) => !isPicture(codec));
  return {
    // Where nothing is said anything may come.
    hasVideo: videoCodec !== undefined || codecs.length === 0,
    hasAudio: audioCodec !== undefined || codecs.length === 0,
    videoCodec: videoCodec === undefined ? undefined : codecName(videoCodec),
    audioCodec: audioCodec === undefined ? undefined : codecName(audioCodec),
    via,
  };
}

/**
 * Report the first codec that does not play.
 *
 * @param {readonly string[]} codecs
 * @param {(codec: string) => boolean} plays
 * @param {EngineEvents} events
 * @returns {boolean} Whether there was one.
 */
export function reportUnplayable(codecs, plays, events) {
  const codec = codecs.find((codec) => !plays(codec));
  if (codec === undefined) return false;
  events.unplayable(isPicture(codec) ? "video" : "audio", codecName(codec));
  return true;
}
