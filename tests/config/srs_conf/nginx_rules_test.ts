/**
 * Rules of nginx-rtmp, where the first that matches decides, and what becomes of them: the converted rules admit
 * nobody whom nginx refuses, and say so where they refuse more.
 *
 * @module
 */
import fc from "fast-check";
import { convertNginxRules, type NginxRule } from "../../../config/srs_conf/nginx_rules.ts";
import { AddressRules } from "../../../stream/admission/access/address_rules.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const ADDRESSES = ["10.0.0.1", "10.0.0.2", "10.1.0.1", "192.168.0.1", "fd00::1", "::1"];
const DIRECTIVE = { name: "", file: undefined, args: [], line: 1, children: undefined };

const rule = fc.record<NginxRule>({
  effect: fc.constantFrom("allow", "deny"),
  action: fc.constantFrom("publish", "play"),
  from: fc.constantFrom("all", "10.0.0.1", "10.0.0.0/24", "10.0.0.0/8", "192.168.0.1", "fd00::/8"),
  directive: fc.constant(DIRECTIVE),
});

/** What nginx does: the first rule that matches decides, and without any the client is admitted. */
function admitsInNginx(rules: readonly NginxRule[], action: NginxRule["action"], ip: string): boolean {
  const found = rules.find((candidate) => {
    if (candidate.action !== action) return false;
    const one = { enabled: true, allow: [{ action, from: candidate.from }], deny: [] };
    return new AddressRules(one).admits(action, ip);
  });
  return found?.effect !== "deny";
}

Deno.test("convertNginxRules() admits nobody whom nginx refuses, and notes what it refuses besides", () => {
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 6 }), (rules) => {
      const { allow, deny, stricter } = convertNginxRules(rules);
      const enabled = allow.length + deny.length > 0;
      const converted = new AddressRules({ enabled, allow, deny });
      for (const action of ["publish", "play"] as const) {
        for (const ip of ADDRESSES) {
          const before = admitsInNginx(rules, action, ip);
          const now = converted.admits(action, ip);
          if (now) assert(before, `${action} ${ip}`);
          else if (before) assert(stricter.some((noted) => noted.action === action), `${action} ${ip}`);
        }
      }
    }),
    { numRuns: 3000 },
  );
});

Deno.test("convertNginxRules() keeps the usual order as it is", () => {
  const rules = [
    { effect: "allow", action: "publish", from: "127.0.0.1", directive: DIRECTIVE },
    { effect: "deny", action: "publish", from: "all", directive: DIRECTIVE },
  ] as const;
  assertEquals(convertNginxRules(rules), {
    allow: [{ action: "publish", from: "127.0.0.1" }, { action: "play", from: "all" }],
    deny: [],
    stricter: [],
  });
});
