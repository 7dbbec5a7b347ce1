/**
 * Bans of an operator, ready to be matched. Pure.
 *
 * @module
 */
import {
  type AddressRange,
  type Ban,
  isInRange,
  rangeText,
  readAddress,
  readRange,
} from "../../../core/mod.ts";

/** Who wants what. */
export interface BanSubject {
  /** As the system writes it. */
  readonly ip: string;
  /** `/app/stream`, after the vhost's name for all but the default vhost; absent in `connect`. */
  readonly streamUrl?: string;
}

/** All bans at one moment. */
export class BanRules {
  /** Nobody is banned. */
  static readonly NONE: BanRules = new BanRules([]);

  readonly #ips: ReadonlySet<string>;
  readonly #networks: readonly AddressRange[];
  readonly #streams: ReadonlySet<string>;

  /**
   * The rules of these bans.
   *
   * @throws {RangeError} An address or network cannot be read.
   */
  constructor(bans: readonly Ban[]) {
    const valuesOf = (kind: Ban["kind"]): readonly string[] =>
      bans.filter((ban) => ban.kind === kind).map(({ value }) => value);
    this.#ips = new Set(valuesOf("ip").map(requiredAddress));
    this.#networks = valuesOf("network").map(requiredRange);
    this.#streams = new Set(valuesOf("stream"));
  }

  /** Why the subject is kept away, for the client; `undefined` where it is not. */
  reasonFor({ ip, streamUrl }: BanSubject): string | undefined {
    if (streamUrl !== undefined && this.#streams.has(streamUrl)) return "This stream is banned";
    if (this.#ips.size === 0 && this.#networks.length === 0) return undefined;
    const address = readAddress(ip);
    if (address === undefined) return undefined;
    const isBanned = this.#ips.has(address.toNormalizedString()) ||
      this.#networks.some((network) => isInRange(network, address));
    return isBanned ? "This address is banned" : undefined;
  }
}

/**
 * The one way to write the value of a ban; `undefined` where it cannot be read. An address with a zone is none: what a
 * client has depends on this host.
 */
export function canonicalBan({ kind, value }: Ban): Ban | undefined {
  switch (kind) {
    case "ip":
      return value.includes("%") || !isWholeAddress(value)
        ? undefined
        : { kind, value: readAddress(value)?.toString() ?? value };
    case "network": {
      const range = value.includes("/") ? readRange(value) : undefined;
      return range === undefined ? undefined : { kind, value: rangeText(range) };
    }
    case "stream":
      return STREAM_URL.test(value) && value.length <= MAX_URL_LENGTH ? { kind, value } : undefined;
    default:
      return kind satisfies never;
  }
}

const STREAM_URL = /^[^/\s\p{Cc}]*(?:\/[^/\s\p{Cc}]+){2,}$/u;
const MAX_URL_LENGTH = 1024;

function isWholeAddress(value: string): boolean {
  return !value.includes("/") && readRange(value) !== undefined;
}

function requiredAddress(value: string): string {
  const address = readAddress(value);
  if (address === undefined) throw new RangeError(`Cannot ban ${value}: it is not an address`);
  return address.toNormalizedString();
}

function requiredRange(value: string): AddressRange {
  const range = readRange(value);
  if (range === undefined) throw new RangeError(`Cannot ban ${value}: it is not a network`);
  return range;
}
