/** Tests of `stream/admission/access_control.ts`: the rules of all vhosts, and what guessing costs. */
import { type AccessOptions, OPEN_ACCESS } from "../../../stream/admission/access/options.ts";
import { AccessControl } from "../../../stream/admission/access_control.ts";
import { LimitCounters } from "../../../system/limits/limit_counters.ts";
import type { RtmpOptions } from "../../../rtmp/options.ts";
import type { VhostOptions } from "../../../stream/admission/options.ts";
import type { LogFields } from "../../../core/mod.ts";
import { SecretNames } from "../../../stream/admission/names/secret_names.ts";
import { resolveTarget, type StreamTarget } from "../../../stream/admission/stream_target.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { testRtmpOptions } from "../../support/rtmp/rtmp_harness.ts";
import { accessEnvironment, keyAttemptMemory } from "./access/support.ts";

const KEY = "the-right-key-0001";
const FACTS = { tcUrl: "rtmp://127.0.0.1/live", pageUrl: "", swfUrl: "" };

/** A control of one vhost, and what it logs. */
class Gate {
  readonly clock = new ManualClock();
  readonly lines: (readonly [string, LogFields | undefined])[] = [];
  readonly limits: LimitCounters;
  readonly control: AccessControl;
  readonly #options: RtmpOptions;
  readonly #peer = {
    clientId: 7,
    ip: "192.0.2.1",
    log: (_level: string, message: string, fields?: LogFields) => this.lines.push([message, fields]),
  };

  constructor(access: Partial<AccessOptions>, guessing: Partial<RtmpOptions["limits"]["guessing"]> = {}) {
    const base = testRtmpOptions({ vhost: { access: { ...OPEN_ACCESS, ...access } } });
    const limits = { ...base.limits, guessing: { ...base.limits.guessing, delayMs: 0, ...guessing } };
    this.#options = { ...base, limits };
    this.limits = new LimitCounters({ write: () => undefined }, () => this.clock.now());
    this.control = new AccessControl(this.#options, {
      environment: accessEnvironment(),
      clock: this.clock,
      keyAttempts: keyAttemptMemory(),
      limits: this.limits,
      secretNames: new SecretNames(),
    });
  }

  target(param = "", vhost?: VhostOptions): StreamTarget {
    const target = resolveTarget(this.#options, FACTS, `livestream${param}`);
    if ("refused" in target) throw new Error(target.refused.reason);
    return vhost === undefined ? target : { ...target, vhost };
  }

  connect(pageUrl = "", tcUrl = FACTS.tcUrl): string | undefined {
    const facts = { ...FACTS, pageUrl, tcUrl };
    const target = resolveTarget(this.#options, facts);
    if ("refused" in target) throw new Error(target.refused.reason);
    return this.control.checkConnect(this.#peer, facts, target)?.reason;
  }

  async publish(
    param = "",
    options: { signal?: AbortSignal; vhost?: VhostOptions } = {},
  ): Promise<string | undefined> {
    const { signal = new AbortController().signal, vhost } = options;
    const target = this.target(param, vhost);
    return (await this.control.checkStream("publish", this.#peer, FACTS, target, signal))?.reason;
  }
}

const keyed: Partial<AccessOptions> = {
  credentials: { ...OPEN_ACCESS.credentials, publishKeys: [KEY] },
};

Deno.test("AccessControl lets everybody in where nothing is asked for, without a line", async () => {
  const gate = new Gate({});
  assertEquals([gate.connect("http://a.test/"), await gate.publish("?key=x")], [undefined, undefined]);
  assertEquals(gate.lines, []);
});

Deno.test("AccessControl.checkConnect() refuses an app that is not listed", () => {
  assertEquals(new Gate({ apps: ["live"] }).connect(), undefined);
  assertEquals(new Gate({ apps: ["other"] }).connect(), "There is no such app");
  assertEquals(
    new Gate({ apps: ["other"] }).connect("", "rtmp://h"),
    undefined,
    "the stream's name has the app",
  );
});

Deno.test("AccessControl.checkConnect() refuses a page that may not connect, and says so in the log", () => {
  const gate = new Gate({ refer: { ...OPEN_ACCESS.refer, enabled: true, all: ["a.test"] } });
  assertEquals(gate.connect("http://a.test/player"), undefined);
  assertEquals(gate.connect("http://b.test/player"), "This page may not connect");
  const fields = {
    ip: "192.0.2.1",
    vhost: "__defaultVhost__",
    app: "live",
    stream: undefined,
    rule: "refer",
    address: undefined,
    delay_ms: undefined,
    description: "This page may not connect",
    way_out: undefined,
  };
  assertEquals(gate.lines, [["Connect refused", fields]]);
});

Deno.test("AccessControl.checkStream() takes the right key and refuses others; a request without a key is not a guess", async () => {
  const gate = new Gate(keyed, { maxWrongKeys: 2 });
  assertEquals(await gate.publish(`?key=${KEY}`), undefined);
  for (let i = 0; i < 4; i++) assertEquals(await gate.publish(), "A key is needed to publish");
  assertEquals(await gate.publish("?key=wrong"), "The key is wrong");
  assertEquals(await gate.publish(`?key=${KEY}`), undefined);
});

Deno.test("AccessControl.checkStream() looks at no key past the budget, counts that, and forgives in time", async () => {
  const gate = new Gate(keyed, { maxWrongKeys: 2, windowMs: 1000 });
  await gate.publish("?key=a");
  await gate.publish("?key=b");
  assertEquals(await gate.publish(`?key=${KEY}`), "Too many wrong keys from this address");
  assertEquals(gate.limits.counts().max_wrong_keys, 1);
  await gate.clock.advance(2000);
  assertEquals(await gate.publish(`?key=${KEY}`), undefined);
});

Deno.test("AccessControl.checkStream() asks nobody for keys of a vhost without, budget or not", async () => {
  const gate = new Gate(keyed, { maxWrongKeys: 1 });
  await gate.publish("?key=a");
  const { vhost } = gate.target();
  assertEquals(await gate.publish("", { vhost: { ...vhost, access: OPEN_ACCESS } }), undefined);
});

Deno.test("AccessControl.checkStream() makes a guess wait", async () => {
  const gate = new Gate(keyed, { delayMs: 50, maxDelayMs: 50 });
  let answer: string | undefined;
  void gate.publish("?key=a").then((refusal) => answer = refusal);
  await gate.clock.advance(49);
  assertEquals(answer, undefined);
  await gate.clock.advance(1);
  assertEquals(answer, "The key is wrong");
  assertEquals(gate.lines[0]?.[1]?.delay_ms, 50);
});

Deno.test("AccessControl.checkStream() lets nobody wait whose client has left, before or meanwhile", async () => {
  const gate = new Gate(keyed, { delayMs: 60_000, maxDelayMs: 60_000 });
  assert(await gate.publish("?key=a", { signal: AbortSignal.abort() }) !== undefined);
  const leaving = new AbortController();
  const refusal = gate.publish("?key=b", { signal: leaving.signal });
  leaving.abort();
  assertEquals(await refusal, "The key is wrong");
  assertEquals(gate.clock.timers, 0);
});

Deno.test("AccessControl throws at the start where an address rule cannot be read", () => {
  const deny = [{ action: "play", from: "10.0.0.0/99" }] as const;
  assertThrows(
    () => new Gate({ security: { enabled: true, allow: [], deny } }),
    RangeError,
    "10.0.0.0/99",
  );
});
