/**
 * What clients write by hand: addresses, names, credentials; and what all of it becomes in a log line.
 *
 * @module
 */
import { createHmac } from "node:crypto";
import { maskSecrets } from "../../../system/log/mask.ts";
import { escapeUnsafe } from "../../../system/log/safe_text.ts";
import { OPEN_ACCESS } from "../../../stream/admission/access/options.ts";
import { readCredentials } from "../../../stream/admission/access/parameters.ts";
import { grantParameters, type SignedGrant } from "../../../stream/admission/access/signed_url.ts";
import { VhostAccess } from "../../../stream/admission/access/vhost_access.ts";
import { canonicalIp } from "../../../core/ip.ts";
import { checkName, MAX_NAME_BYTES } from "../../../stream/admission/names/name_grammar.ts";
import { resolveStreamUrl, type StreamUrl } from "../../../stream/admission/names/stream_url.ts";
import { ProtocolError } from "../../../rtmp/wire/protocol_error.ts";
import { assert } from "../../support/assert.ts";
import { attempt, type FuzzTarget, textCorpus, textOf } from "../target.ts";

/** Controls, blanks, and what files and URLs give a meaning. */
const UNSAFE_IN_NAMES = /[\p{Cc}\p{Cf}\p{Z}\\<>"|*?#]/u;
/** Line ends and whatever turns a terminal's text around. */
const UNSAFE_IN_LINES = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

const URLS = textCorpus(
  "rtmp://127.0.0.1:1935/live\nlivestream",
  "rtmp://video.test.com/live?vhost=a.test&token=x\nroom/livestream?key=1",
  "rtmp://[2001:db8::1]:1936/a/b/_definst_\nc?domain=b.test#frag",
  "rtmp://user:secret@host/live...vhost...demo.com\nlivestream",
  "rtmps://host/live?secret=x/livestream\n",
  "'rtmp://host:80/app/instance'\n livestream ",
  "rtmp://2001:db8::1/live\n/live//x",
);

function checkUrl(url: StreamUrl): void {
  const { port, app, stream, param, host, vhost } = url;
  assert(Number.isInteger(port) && port >= 1 && port <= 65_535, `port ${port}`);
  assert(host !== "" && vhost !== "", "no host or vhost");
  assert(app !== "" && !app.startsWith("/") && !app.endsWith("/"), `app ${JSON.stringify(app)}`);
  assert(!stream.includes("/"), `stream ${JSON.stringify(stream)}`);
  assert(!/[?#]/.test(app), `app ${JSON.stringify(app)}`);
  assert(param === "" || param.startsWith("?"), `param ${JSON.stringify(param)}`);
}

/** What every name that is taken must be safe from: other directories, other lines, other hosts' files. */
function checkAcceptedName(name: string): void {
  assert(
    name.isWellFormed() && new TextEncoder().encode(name).length <= MAX_NAME_BYTES,
    "too long or no text",
  );
  assert(
    !UNSAFE_IN_NAMES.test(name),
    `unsafe ${JSON.stringify(name)}`,
  );
  const resolved = new URL(`http://host/base/${name.replaceAll("%", "%25")}`).pathname;
  assert(resolved.startsWith("/base/"), `${JSON.stringify(name)} leaves its directory`);
}

const urls: FuzzTarget = {
  name: "url",
  corpus: URLS,
  testCases: 3000,
  run(input) {
    const [tcUrl = "", streamName] = textOf(input).split("\n", 2);
    const result = attempt(
      ProtocolError,
      () => resolveStreamUrl(streamName === undefined ? { tcUrl } : { tcUrl, streamName }),
    );
    if ("refused" in result) {
      assert(result.refused.message.length < 2500, "the error repeats all of the address");
      return;
    }
    checkUrl(result.value);
  },
};

const names: FuzzTarget = {
  name: "names",
  corpus: textCorpus(
    "livestream",
    "live/room1/cam-2",
    "流-é_ÿ.mp4",
    "..%2f..%5c",
    "C:x",
    "a\u202eb\u200b",
    ".",
  ),
  testCases: 3000,
  run(input) {
    const name = textOf(input);
    for (const kind of ["app", "stream"] as const) {
      const reason = checkName(kind, name);
      if (reason === undefined) checkAcceptedName(name);
      else assert(reason.length < 100, "the reason repeats the name");
    }
  },
};

const SECRET = "0123456789abcdef0123456789abcdef";
const NOW_MS = 1_700_000_000_000;
const hmacSha256 = (key: Uint8Array, data: Uint8Array): Uint8Array =>
  createHmac("sha256", key).update(data).digest();
const GRANT: SignedGrant = {
  action: "publish",
  vhost: "video.test",
  app: "live",
  stream: "livestream",
  expires: NOW_MS / 1000 + 60,
  ip: "",
};
const SIGNED = grantParameters(GRANT, SECRET, hmacSha256);
const SIGNED_FOR_IP = grantParameters({ ...GRANT, ip: "192.0.2.1" }, SECRET, hmacSha256);
const EXPIRED = grantParameters({ ...GRANT, expires: NOW_MS / 1000 - 60 }, SECRET, hmacSha256);
const OTHER = grantParameters({ ...GRANT, stream: "other" }, SECRET, hmacSha256);
const GOOD = [SIGNED, SIGNED_FOR_IP].map((text) => readCredentials(`?${text}`));

const access = new VhostAccess("video.test", {
  ...OPEN_ACCESS,
  credentials: { ...OPEN_ACCESS.credentials, urlSecrets: [SECRET], signedPublish: true },
}, {
  unixMs: () => NOW_MS,
  random: (length) => new Uint8Array(length),
  hmacSha256,
});

const signatures: FuzzTarget = {
  name: "signed-url",
  corpus: textCorpus(`?${SIGNED}`, `?a=b&${SIGNED_FOR_IP}`, `?${EXPIRED}`, `?${OTHER}&key=x#y`),
  testCases: 1500,
  run(input, random) {
    const param = textOf(input);
    const ip = random.pick(["192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2", "fe80::1%eth0", "no address"]);
    const refusal = access.check({ ...GRANT, param, ip, pageUrl: "" });
    if (refusal !== undefined) return;
    const shown = readCredentials(param);
    const fits = GOOD.some((good) =>
      good.signature === shown.signature && good.expires === shown.expires &&
      (good.ip ?? "") === (shown.ip ?? "")
    );
    assert(fits, `taken without a signature of ours: ${param}`);
    assert((shown.ip ?? "") === "" || canonicalIp(ip) === "192.0.2.1", `taken from ${ip}`);
  },
};

const SECRET_VALUE = "hunter2hunter2";
const logs: FuzzTarget = {
  name: "log-text",
  corpus: textCorpus(
    `rtmp://user:${SECRET_VALUE}@host/live?token=${SECRET_VALUE}&x=1`,
    `{"password":"${SECRET_VALUE}","secret":"${SECRET_VALUE}"}`,
    "line\r\n[2026-01-01 00:00:00][error][1] bug: forged\u001b[31m\u2028\u202e",
  ),
  testCases: 3000,
  run(input) {
    const text = textOf(input);
    const line = escapeUnsafe(maskSecrets(text));
    assert(
      !UNSAFE_IN_LINES.test(line),
      "more than one line",
    );
    // A whole parameter is masked wherever it stands, whatever stands around it.
    const marked = escapeUnsafe(maskSecrets(`${text} rtmp://host/live?token=${SECRET_VALUE.toUpperCase()}`));
    assert(!marked.includes(SECRET_VALUE.toUpperCase()), `the secret is in the line: ${marked}`);
  },
};

/** Addresses, names, signatures, log lines. */
export function addressTargets(): FuzzTarget[] {
  return [urls, names, signatures, logs];
}
