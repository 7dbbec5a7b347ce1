/**
 * Which addresses this server may be led to by its service, its API or another server: not those of the host itself,
 * of private networks and the like, unless the operator named them in `cluster.relay_allow`.
 *
 * @module
 */
import { AddressRanges, readAddress } from "../../core/mod.ts";

/** What an address is looked up and compared with. */
export interface GuardSystem {
  /**
   * All addresses of a name, or the address itself.
   *
   * @throws {Error} There are none.
   */
  resolve(hostname: string): Promise<readonly string[]>;
  /** Those of this host's interfaces. */
  ownAddresses(): readonly string[];
}

/** An address that must not be connected to. */
export class AddressRefused extends Error {
  override readonly name = "AddressRefused";
}

/** Of IPv6, only these are addresses of the Internet. */
const GLOBAL_IPV6 = new AddressRanges(["2000::/3"]);
/** Services of clouds for their own machines that have addresses of the Internet: Azure. */
const CLOUD_SERVICES = new AddressRanges(["168.63.129.16"]);

/** Judges addresses. */
export class AddressGuard {
  #allowed: AddressRanges;
  readonly #system: GuardSystem;

  /**
   * Judges by the ranges of addresses.
   *
   * @param allowed Addresses and networks that are permitted whatever they are.
   */
  constructor(allowed: readonly string[], system: GuardSystem) {
    this.#allowed = new AddressRanges(allowed);
    this.#system = system;
  }

  /** From here on these are permitted whatever they are. */
  allow(allowed: readonly string[]): void {
    this.#allowed = new AddressRanges(allowed);
  }

  /**
   * Addresses of a name that may be connected to. Connect to them and not to the name, which may lead elsewhere by then.
   *
   * @throws {AddressRefused} None may be.
   */
  async permitted(hostname: string): Promise<readonly string[]> {
    const addresses = await this.#system.resolve(hostname);
    const permitted = addresses.filter((address) => this.reasonAgainst(address) === undefined);
    if (permitted.length > 0) return permitted;
    const [first = ""] = addresses;
    const reason = this.reasonAgainst(first) ?? "nothing";
    throw new AddressRefused(
      `${hostname} is ${reason}${
        first === hostname ? "" : ` (${first})`
      }: cluster.relay_allow does not permit it`,
    );
  }

  /**
   * What is to be said of a connection that stands: one whose both ends are the same host has an address of this host
   * that no interface shows.
   *
   * @throws {AddressRefused} It is such a one.
   */
  checkEnds(local: string, remote: string): void {
    if (local !== remote || this.#allowed.has(remote)) return;
    throw new AddressRefused(`${remote} is an address of this host: cluster.relay_allow does not permit it`);
  }

  /** Why an address may not be connected to. */
  reasonAgainst(address: string): string | undefined {
    const parsed = readAddress(address);
    if (parsed === undefined) return "not an address";
    const text = parsed.toString();
    if (this.#allowed.has(text)) return undefined;
    const isOwn = this.#system.ownAddresses().some((own) => readAddress(own)?.toString() === text);
    if (isOwn) return "an address of this host";
    if (CLOUD_SERVICES.has(text)) return "a service of the cloud";
    const range = parsed.range();
    if (range === "unicast" && (parsed.kind() === "ipv4" || GLOBAL_IPV6.has(text))) return undefined;
    return `not an address of the Internet, but ${range === "unicast" ? "reserved" : WORDS[range] ?? range}`;
  }
}

/** Names of ranges, for people. */
const WORDS: Readonly<Record<string, string>> = Object.freeze({
  linkLocal: "link-local",
  uniqueLocal: "private",
  carrierGradeNat: "shared by a provider",
  ipv4Mapped: "mapped",
});
