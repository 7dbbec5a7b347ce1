/**
 * The rules of all vhosts, checked before any hook is called: who may connect, publish and play. Slows down clients
 * that try one key after another.
 *
 * @module
 */
import {
  type AccessAction,
  type AccessEnvironment,
  BanRules,
  KeyAttemptLimiter,
  type KeyAttemptMemory,
  VhostAccess,
} from "./access/mod.ts";
import type { Ban, Clock } from "../../core/mod.ts";
import { streamUrlOf } from "./hook_request.ts";
import { DEFAULT_APP } from "./names/stream_url.ts";
import { delay, type LimitCounters } from "../../system/mod.ts";
import type { KeyAttemptLimits, VhostOptions, VhostSet } from "./options.ts";
import { logRefusal, type Refusal, type RequestPlace } from "./refusal.ts";
import type { SecretNames } from "./names/secret_names.ts";
import type { LoggedClient } from "./session_client.ts";
import type { ConnectFacts, StreamTarget } from "./stream_target.ts";

/** What an access control is made with. */
export interface AccessControlDeps {
  /** Time of day, chance and HMAC. */
  readonly environment: AccessEnvironment;
  /** Of all waits. */
  readonly clock: Clock;
  /** Wrong keys by address. */
  readonly keyAttempts: KeyAttemptMemory;
  /** Counts addresses with too many wrong keys. */
  readonly limits: LimitCounters;
  /** Which requested names must not be logged. */
  readonly secretNames: SecretNames;
}

/** Decides about every client of a server. */
export class AccessControl {
  readonly #deps: AccessControlDeps;
  readonly #attempts: KeyAttemptLimiter;
  #bans = BanRules.NONE;
  /** By options, so that options that were read again have rules of their own. */
  readonly #rules = new WeakMap<VhostOptions, VhostAccess>();

  /**
   * Rules for all vhosts of a server.
   *
   * @throws {RangeError} When a vhost's address rule cannot be read.
   */
  constructor(
    options: VhostSet & { readonly limits: { readonly guessing: KeyAttemptLimits } },
    deps: AccessControlDeps,
  ) {
    this.#deps = deps;
    this.#attempts = new KeyAttemptLimiter(options.limits.guessing, deps.keyAttempts);
    for (const vhost of options.vhosts.values()) this.#rulesOf(vhost);
  }

  /** From now on wrong keys are judged by these; what has been counted stays. */
  setKeyAttemptLimits(limits: KeyAttemptLimits): void {
    this.#attempts.limits = limits;
  }

  /**
   * From now on these are banned, and nobody else.
   *
   * @throws {RangeError} A ban's address cannot be read.
   */
  setBans(bans: readonly Ban[]): void {
    this.#bans = new BanRules(bans);
  }

  /**
   * Why nobody from this address may use a stream of this public name; `undefined` where neither is banned. Unlike the
   * other two, it does not log the refusal.
   */
  checkBan({ ip }: Pick<LoggedClient, "ip">, streamUrl: string): Refusal | undefined {
    const reason = this.#bans.reasonFor({ ip, streamUrl });
    return reason === undefined ? undefined : { rule: "ban", reason };
  }

  /** Why a client may not connect to a vhost, logged already; `undefined` when it may. */
  checkConnect(
    client: LoggedClient,
    { pageUrl }: ConnectFacts,
    { vhost, url }: StreamTarget,
  ): Refusal | undefined {
    const namedApp = url.app === DEFAULT_APP ? "" : url.app;
    const banned = this.#bans.reasonFor(client);
    const refusal = banned !== undefined
      ? { rule: "ban", reason: banned }
      : this.#rulesOf(vhost).checkConnect({ ip: client.ip, pageUrl, app: namedApp });
    if (refusal === undefined) return undefined;
    logRefusal(client, "connect", { vhost: vhost.name, app: url.app }, refusal);
    return refusal;
  }

  /**
   * Why a client may not publish or play, logged already; `undefined` when it may, which is known at once. The answer to
   * a wrong key is delayed.
   *
   * @param signal Ends the delay early.
   */
  checkStream(
    action: AccessAction,
    client: LoggedClient,
    facts: ConnectFacts,
    target: StreamTarget,
    signal: AbortSignal,
  ): Promise<Refusal> | undefined {
    const rules = this.#rulesOf(target.vhost);
    const { app, stream, param } = target.url;
    const { clientId, ip } = client;
    const banned = this.checkBan(client, streamUrlOf(target.vhost.name, app, stream));
    if (banned !== undefined) {
      logRefusal(client, action, this.#placeOf(action, target), banned);
      return Promise.resolve(banned);
    }
    const { clock } = this.#deps;
    if (rules.wantsCredential(action) && this.#attempts.isExhausted(ip, clock.processNow())) {
      const detail =
        `${this.#attempts.limits.maxWrongKeys} wrong keys from this address: its keys are ignored for a while`;
      this.#deps.limits.hit("max_wrong_keys", { clientId, ip, detail });
      const tooMany = { rule: "max_wrong_keys", reason: "Too many wrong keys from this address" };
      logRefusal(client, action, this.#placeOf(action, target), tooMany);
      return Promise.resolve(tooMany);
    }
    const refusal = rules.check({ action, app, stream, param, ip, pageUrl: facts.pageUrl });
    if (refusal === undefined) return undefined;
    const delayMs = refusal.guessed ? this.#attempts.countWrong(ip, clock.processNow()) : 0;
    logRefusal(client, action, this.#placeOf(action, target), { ...refusal, delayMs });
    return delayMs > 0 ? delay(clock, delayMs, { signal }).then(() => refusal) : Promise.resolve(refusal);
  }

  #placeOf(
    action: AccessAction,
    { vhost: { name: vhost }, url: { app, stream } }: StreamTarget,
  ): RequestPlace {
    const shown = action === "publish" ? this.#deps.secretNames.shown(vhost, stream) : stream;
    return { vhost, app, stream: shown };
  }

  #rulesOf(vhost: VhostOptions): VhostAccess {
    let rules = this.#rules.get(vhost);
    if (rules === undefined) {
      rules = new VhostAccess(vhost.name, vhost.access, this.#deps.environment);
      this.#rules.set(vhost, rules);
    }
    return rules;
  }
}
