/**
 * The options of the access room, as `config/` fills them.
 *
 * @module
 */

/** What a client wants to do with a stream. */
export type AccessAction = "publish" | "play";

/** One line of `security`: which addresses it is about. */
export interface AddressRule {
  /** What it is about. */
  readonly action: AccessAction;
  /** `all`, an IP address, or a network as `address/bits`. */
  readonly from: string;
}

/** SRS's `security`: who may publish and play, by address. */
export interface SecurityOptions {
  /** Off: every address may do everything. */
  readonly enabled: boolean;
  /** Where there is any, one must match. */
  readonly allow: readonly AddressRule[];
  /** One that matches decides. */
  readonly deny: readonly AddressRule[];
}

/** SRS's `refer`: which pages may embed a player or publisher. An empty list takes every page. */
export interface ReferOptions {
  /** Off: every page, and no page at all. */
  readonly enabled: boolean;
  /** Host names of pages, checked when a client connects. */
  readonly all: readonly string[];
  /** Required of publishers in addition. */
  readonly publish: readonly string[];
  /** Required of players in addition. */
  readonly play: readonly string[];
}

/** Keys and signed URLs. Where both are wanted of an action, either will do. */
export interface CredentialOptions {
  /** A publisher shows one of them as `?key=`; none: no key is wanted. */
  readonly publishKeys: readonly string[];
  /** The same for players. */
  readonly playKeys: readonly string[];
  /** Secrets of signed URLs: the first one signs, all of them verify. */
  readonly urlSecrets: readonly string[];
  /** A publisher needs a signed URL. */
  readonly signedPublish: boolean;
  /** A player needs a signed URL. */
  readonly signedPlay: boolean;
}

/** Who may do what in one vhost, decided without the hooks. */
export interface AccessOptions {
  /** Apps that clients may use; empty for any. */
  readonly apps: readonly string[];
  /** By address. */
  readonly security: SecurityOptions;
  /** By page. */
  readonly refer: ReferOptions;
  /** By key or signed URL. */
  readonly credentials: CredentialOptions;
}

/** How guesses at keys are slowed down and cut off. Times in milliseconds. */
export interface KeyAttemptLimits {
  /** Wrong keys that one address may show within `windowMs`; 0 counts none and delays none. */
  readonly maxWrongKeys: number;
  /** In this time a used-up budget is whole again. */
  readonly windowMs: number;
  /** How long the answer to the first wrong key waits; each further one waits twice as long. */
  readonly delayMs: number;
  /** The longest wait. */
  readonly maxDelayMs: number;
}

/** Everything is permitted. */
export const OPEN_ACCESS: AccessOptions = Object.freeze({
  apps: Object.freeze([]),
  security: Object.freeze({ enabled: false, allow: Object.freeze([]), deny: Object.freeze([]) }),
  refer: Object.freeze({
    enabled: false,
    all: Object.freeze([]),
    publish: Object.freeze([]),
    play: Object.freeze([]),
  }),
  credentials: Object.freeze({
    publishKeys: Object.freeze([]),
    playKeys: Object.freeze([]),
    urlSecrets: Object.freeze([]),
    signedPublish: false,
    signedPlay: false,
  }),
});
