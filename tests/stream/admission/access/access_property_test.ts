/**
 * What holds for any text that a client shows: no rule throws, and only what was signed is admitted.
 *
 * @module
 */
import fc from "fast-check";
import { AddressRules } from "../../../../stream/admission/access/address_rules.ts";
import { KeyAttemptLimiter } from "../../../../stream/admission/access/key_attempt_limiter.ts";
import { readCredentials } from "../../../../stream/admission/access/parameters.ts";
import { isRefererAllowed } from "../../../../stream/admission/access/referer.ts";
import { grantParameters } from "../../../../stream/admission/access/signed_url.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { anyText } from "../../../support/any_text.ts";
import { accessEnvironment, check, keyAttemptMemory, NOW_MS, rules } from "./support.ts";

const SECRET = "0123456789abcdef";
const SIGNED = { urlSecrets: [SECRET], signedPublish: true };

Deno.test("any texts of a client are admitted or refused, and nothing is thrown", () => {
  const security = {
    enabled: true,
    allow: rules("play 10.0.0.0/8", "publish ::/0"),
    deny: rules("play ::1"),
  };
  const guard = new KeyAttemptLimiter(
    { maxWrongKeys: 3, windowMs: 1000, delayMs: 1, maxDelayMs: 10 },
    keyAttemptMemory(),
  );
  const text = fc.oneof(anyText(), fc.webUrl(), fc.ipV4(), fc.ipV6());
  fc.assert(fc.property(text, text, text, (ip, pageUrl, param) => {
    const admitted = new AddressRules(security).admits("play", ip);
    assert(typeof admitted === "boolean");
    readCredentials(param);
    isRefererAllowed({ enabled: true, all: ["example.com"], publish: [], play: [] }, "all", pageUrl);
    assert(guard.countWrong(ip, 0) <= 10);
    const refusal = check({ credentials: SIGNED }, { ip, pageUrl, param: `?${param}` });
    assert(refusal !== undefined);
  }));
});

Deno.test("any grant admits what it names, and no change of it does", () => {
  const name = fc.string({ minLength: 1, unit: "grapheme" });
  const change = fc.constantFrom("app", "stream", "exp", "sign");
  fc.assert(
    fc.property(name, name, fc.integer({ min: 0, max: 1_000_000 }), change, (app, stream, seconds, what) => {
      const expires = NOW_MS / 1000 + seconds;
      const grant = { action: "publish", vhost: "video.test", app, stream, expires, ip: "" } as const;
      const param = `?${grantParameters(grant, SECRET, accessEnvironment().hmacSha256)}`;
      const request = { app, stream, param };
      assertEquals(check({ credentials: SIGNED }, request), undefined);
      const changed = what === "app"
        ? { ...request, app: `${app}x` }
        : what === "stream"
        ? { ...request, stream: `${stream}x` }
        : what === "exp"
        ? { ...request, param: param.replace(/exp=\d+/, `exp=${expires + 1}`) }
        : { ...request, param: param.replace(/sign=(.)/, (_, first) => `sign=${first === "A" ? "B" : "A"}`) };
      assertEquals(check({ credentials: SIGNED }, changed)?.rule, "signature");
    }),
  );
});
