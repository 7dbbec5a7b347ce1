/**
 * Types alone: what plays a stream in a video element, and what it reports. No browser loads this module.
 *
 * @module
 */

/**
 * What a way of playing (FLV, HLS) has to offer.
 *
 * @typedef {object} Engine
 * @property {() => string | undefined} problem Why this browser cannot use it; `undefined` when it can.
 * @property {(codec: string) => boolean} plays Whether it may play a track of this codec, by its name.
 * @property {boolean} skips Whether it can leave out a track.
 * @property {(video: HTMLVideoElement, skip: Skip, events: EngineEvents) => EngineSession} start Load into `video`.
 *
 * @typedef {object} EngineSession
 * @property {() => void} stop Ends the request and empties the video element. No event follows.
 * @property {() => boolean} waits Nothing is left to play, and the server is there and has no more.
 * @property {() => number | undefined} delayS How far the picture is behind the newest one, seconds.
 *
 * @typedef {object} Skip Tracks that this browser was found not to play.
 * @property {boolean} audio
 * @property {boolean} video
 *
 * @typedef {object} EngineEvents
 * @property {() => void} answered The server sends the stream.
 * @property {(media: Media) => void} media What the stream is made of.
 * @property {(refusal: Refusal) => void} refused The server answered without a stream.
 * @property {() => void} ended The stream is over.
 * @property {(why: string) => void} failed The request or the decoding broke off.
 * @property {(track: "audio" | "video", codec: string) => void} unplayable A track that this browser cannot play.
 *
 * @typedef {object} Media
 * @property {boolean} hasAudio
 * @property {boolean} hasVideo
 * @property {string | undefined} audioCodec
 * @property {string | undefined} videoCodec
 * @property {string} via The way of playing, as people call it.
 *
 * @typedef {object} Refusal
 * @property {number} status
 * @property {string} reason Empty when the server gave none.
 * @property {number | undefined} retryAfterS
 */

export {};
