/**
 * Who may do what in one vhost: addresses, pages, keys and signed addresses. Decided here, before any hook is requested.
 * Pure.
 *
 * @module
 */
import { AddressRules } from "./address_rules.ts";
import { readAddress } from "../../../core/mod.ts";
import type { AccessEnvironment } from "./environment.ts";
import type { AccessAction, AccessOptions } from "./options.ts";
import { readCredentials, type ShownCredentials } from "./parameters.ts";
import { isRefererAllowed } from "./referer.ts";
import { SecretComparer } from "./secret_comparer.ts";
import { signGrant } from "./signed_url.ts";

/** Who connects. */
export interface AccessClient {
  /** As the system writes it. */
  readonly ip: string;
  /** `""` when it says none. */
  readonly pageUrl: string;
}

/** What a client wants. */
export interface AccessRequest extends AccessClient {
  /** What it wants to do. */
  readonly action: AccessAction;
  /** Without its query. */
  readonly app: string;
  /** Without its query. */
  readonly stream: string;
  /** All parameters of the address: `""`, or a text that starts with `?`. */
  readonly param: string;
}

/** Which rule said no. */
export type AccessRule = "app" | "security" | "refer" | "key" | "signature" | "expired";

/** Why not. */
export interface AccessRefusal {
  /** The rule that said no. */
  readonly rule: AccessRule;
  /** For the client; tells nothing that would help to guess. */
  readonly reason: string;
  /** It showed a credential that is wrong: a guess, as far as can be known. */
  readonly guessed: boolean;
}

const MAX_EXPIRY_DIGITS = 12;

/** The rules of one vhost. */
export class VhostAccess {
  readonly #vhost: string;
  readonly #options: AccessOptions;
  readonly #environment: AccessEnvironment;
  readonly #addresses: AddressRules;
  readonly #comparer: SecretComparer;

  /**
   * The rules of the vhost of this name.
   *
   * @throws {RangeError} When an address rule cannot be read.
   */
  constructor(vhost: string, options: AccessOptions, environment: AccessEnvironment) {
    this.#vhost = vhost;
    this.#options = options;
    this.#environment = environment;
    this.#addresses = new AddressRules(options.security);
    this.#comparer = new SecretComparer(environment);
  }

  /**
   * Look at a `connect`: an app that leads to none that is offered, an address that may neither publish nor play, or a
   * page that may not connect.
   *
   * @param app `""` where the address names none yet.
   */
  checkConnect({ ip, pageUrl, app }: AccessClient & { readonly app: string }): AccessRefusal | undefined {
    if (!this.#mayLeadToApp(app)) return refuse("app", "There is no such app");
    const mayAnything = this.#addresses.admits("publish", ip) || this.#addresses.admits("play", ip);
    if (!mayAnything) return refuse("security", "This address may not connect");
    if (!isRefererAllowed(this.#options.refer, "all", pageUrl)) {
      return refuse("refer", "This page may not connect");
    }
    return undefined;
  }

  /** Whether this action wants a key or a signed address. */
  wantsCredential(action: AccessAction): boolean {
    return this.#keys(action).length > 0 || this.#wantsSignature(action);
  }

  /** Look at a publish or play. */
  check(request: AccessRequest): AccessRefusal | undefined {
    const { action, ip, pageUrl, app } = request;
    const { refer } = this.#options;
    if (!this.#hasApp(app)) return refuse("app", "There is no such app");
    if (!this.#addresses.admits(action, ip)) return refuse("security", `This address may not ${action}`);
    if (!isRefererAllowed(refer, "all", pageUrl) || !isRefererAllowed(refer, action, pageUrl)) {
      return refuse("refer", `This page may not ${action}`);
    }
    return this.wantsCredential(action) ? this.#checkCredentials(request) : undefined;
  }

  #hasApp(app: string): boolean {
    const { apps } = this.#options;
    return apps.length === 0 || apps.includes(app);
  }

  /**
   * Whether the app of a stream may be one of those that clients may use. The name of a stream that follows can add
   * segments to the app of `connect`, and where no name follows the last segment is the stream.
   */
  #mayLeadToApp(app: string): boolean {
    if (this.#hasApp(app) || app === "") return true;
    const parent = app.slice(0, Math.max(0, app.lastIndexOf("/")));
    return this.#options.apps.some((known) => known === parent || known.startsWith(`${app}/`));
  }

  #checkCredentials(request: AccessRequest): AccessRefusal | undefined {
    const { action } = request;
    const shown = readCredentials(request.param);
    const keys = this.#keys(action);
    if (keys.length > 0 && shown.key !== undefined && this.#comparer.isOneOf(shown.key, keys)) {
      return undefined;
    }

    const wantsSignature = this.#wantsSignature(action);
    if (wantsSignature && shown.signature !== undefined) {
      if (!this.#isSigned(request, shown)) {
        return { ...refuse("signature", "The address is not signed for this"), guessed: true };
      }
      if (Number(shown.expires) * 1000 + 999 >= this.#environment.unixMs()) return undefined;
      return refuse("expired", "The signed address has expired");
    }
    if (keys.length > 0) {
      const missing = shown.key === undefined;
      const reason = missing ? `A key is needed to ${action}` : "The key is wrong";
      return { ...refuse("key", reason), guessed: !missing };
    }
    return refuse("signature", `A signed address is needed to ${action}`);
  }

  #isSigned({ action, app, stream, ip }: AccessRequest, shown: ShownCredentials): boolean {
    const { signature = "", expires = "", ip: boundIp = "" } = shown;
    const isTime = /^(?:0|[1-9]\d*)$/.test(expires) && expires.length <= MAX_EXPIRY_DIGITS;
    const grant = { action, vhost: this.#vhost, app, stream, expires: Number(expires), ip: boundIp };
    const right = this.#options.credentials.urlSecrets.map((secret) =>
      signGrant(grant, secret, this.#environment.hmacSha256)
    );
    return this.#comparer.isOneOf(signature, right) && isTime && isFrom(ip, boundIp);
  }

  #keys(action: AccessAction): readonly string[] {
    const { publishKeys, playKeys } = this.#options.credentials;
    return action === "publish" ? publishKeys : playKeys;
  }

  #wantsSignature(action: AccessAction): boolean {
    const { signedPublish, signedPlay } = this.#options.credentials;
    return action === "publish" ? signedPublish : signedPlay;
  }
}

function isFrom(ip: string, boundIp: string): boolean {
  if (boundIp === "") return true;
  const bound = readAddress(boundIp);
  return bound !== undefined && bound.toNormalizedString() === readAddress(ip)?.toNormalizedString();
}

function refuse(rule: AccessRule, reason: string): AccessRefusal {
  return { rule, reason, guessed: false };
}
