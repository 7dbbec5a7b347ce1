/**
 * Certificates that are replaced while the server runs.
 *
 * @module
 */
import { type CertificateSource, CertificateStore } from "../../../system/tls/certificate_store.ts";
import { assertEquals, assertStringIncludes, assertThrows } from "../../support/assert.ts";
import type { LoggedLine } from "../../support/logged_line.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { CLIENT_CERT, SERVER_CERT, TLS_CLIENT_KEY, TLS_SERVER_KEY } from "../../support/net/tls_fixtures.ts";
import { until } from "../../support/wait.ts";

const OLD = { cert: SERVER_CERT, key: TLS_SERVER_KEY };
const NEW = { cert: CLIENT_CERT, key: TLS_CLIENT_KEY };
const COMPARE_MS = 30_000;

/** A store of one pair in a directory of its own. */
const SOURCE: CertificateSource = { listener: "rtmps", cert: "cert.pem", key: "key.pem" };

class StoreTrial implements Disposable {
  readonly clock = new ManualClock(Date.UTC(2026, 11, 1));
  readonly log: LoggedLine[] = [];
  readonly applied: string[] = [];
  readonly directory = Deno.makeTempDirSync({ prefix: "srs-test-" });
  readonly store: CertificateStore;

  constructor({ cert, key } = OLD) {
    this.put("cert.pem", cert);
    this.put("key.pem", key);
    this.store = new CertificateStore([SOURCE], {
      clock: this.clock,
      log: {
        write: (level, clientId, message, fields = {}) => this.log.push({ level, clientId, message, fields }),
      },
      readFile: (name) => Deno.readTextFileSync(this.pathOf(name)),
      pathOf: (name) => this.pathOf(name),
    });
  }

  /** As a reload that was asked for does. */
  reload(sources: readonly CertificateSource[] = [SOURCE]): readonly string[] {
    return this.store.prepare(sources).use();
  }

  watch(): void {
    this.store.watch((_, { cert }) => this.applied.push(cert));
  }

  put(name: string, text: string): void {
    Deno.writeTextFileSync(this.pathOf(name), text);
  }

  get errors(): readonly string[] {
    return this.log.filter(({ level }) => level === "error").map(({ fields }) => String(fields["error"]));
  }

  pathOf(name: string): string {
    return `${this.directory}/${name}`;
  }

  [Symbol.dispose](): void {
    this.store.close();
    Deno.removeSync(this.directory, { recursive: true });
  }
}

Deno.test("CertificateStore replaces a pair when both files have changed, by comparing alone", async () => {
  using trial = new StoreTrial();
  trial.watch();
  await trial.clock.advance(COMPARE_MS);
  assertEquals(trial.applied, []);
  trial.put("cert.pem", NEW.cert);
  trial.put("key.pem", NEW.key);
  await trial.clock.advance(COMPARE_MS);
  assertEquals(trial.applied, [NEW.cert]);
  assertEquals(trial.store.pairOf("rtmps"), NEW);
  assertEquals(trial.store.facts().map(({ subject }) => subject), ["CN=client"]);
  assertEquals(trial.log.map(({ message }) => message), ["TLS certificate", "TLS certificate replaced"]);
});

Deno.test("CertificateStore follows a directory's link that is switched, as certbot and Kubernetes do", async () => {
  using trial = new StoreTrial();
  for (const [name, pair] of [["one", OLD], ["two", NEW]] as const) {
    Deno.mkdirSync(trial.pathOf(name));
    trial.put(`${name}/cert.pem`, pair.cert);
    trial.put(`${name}/key.pem`, pair.key);
  }
  const files = ["cert.pem", "key.pem"] as const;
  Deno.symlinkSync("one", trial.pathOf("live"));
  for (const name of files) {
    Deno.removeSync(trial.pathOf(name));
    Deno.symlinkSync(`live/${name}`, trial.pathOf(name));
  }
  trial.watch();
  Deno.symlinkSync("two", trial.pathOf("next"));
  Deno.renameSync(trial.pathOf("next"), trial.pathOf("live"));
  await trial.clock.advance(COMPARE_MS);
  assertEquals(trial.applied, [NEW.cert]);
});

Deno.test("CertificateStore takes a hint of the file system, and waits until both files are written", async () => {
  using trial = new StoreTrial();
  trial.watch();
  trial.put("cert.pem", NEW.cert);
  trial.put("key.pem", NEW.key);
  // One timer compares, the hint's is the second.
  await until(() => trial.clock.timers === 2);
  await trial.clock.advance(500);
  assertEquals(trial.applied, [NEW.cert]);
});

Deno.test("CertificateStore: a pair that does not fit is an error after 30 s, once, and of a reload at once", async () => {
  using trial = new StoreTrial();
  trial.watch();
  trial.put("cert.pem", NEW.cert);
  await trial.clock.advance(COMPARE_MS);
  assertEquals(trial.errors, []);
  const misfit = "The key in key.pem does not belong to the certificate in cert.pem";
  assertThrows(() => trial.reload(), Error, misfit);
  await trial.clock.advance(COMPARE_MS);
  assertEquals(trial.errors, [misfit]);
  assertEquals(trial.store.facts()[0]?.problem, misfit);
  await trial.clock.advance(4 * COMPARE_MS);
  assertEquals(trial.errors, [misfit]);
  assertEquals(trial.applied, []);

  trial.put("key.pem", NEW.key);
  assertEquals(trial.reload(), ["rtmps"]);
  assertEquals(trial.applied, [NEW.cert]);
  assertEquals(trial.store.facts()[0]?.problem, undefined);
});

for (
  const { name, pair, problem } of [
    { name: "a key of another certificate", pair: { ...OLD, key: NEW.key }, problem: "does not belong to" },
    { name: "no certificate", pair: { ...OLD, cert: "" }, problem: "cert.pem has no certificate in it" },
    { name: "no key", pair: { ...OLD, key: OLD.cert }, problem: "key.pem has no private key in it" },
  ]
) {
  Deno.test(`CertificateStore refuses ${name}`, () => {
    const error = assertThrows(() => new StoreTrial(pair), Error);
    assertStringIncludes(error.message, problem);
  });
}

Deno.test("CertificateStore warns of a certificate that ends within two weeks, once a day", async () => {
  using trial = new StoreTrial();
  trial.clock.stepWall(Date.UTC(2126, 9, 20) - trial.clock.wallNow());
  trial.watch();
  const warnings = () => trial.log.filter(({ level }) => level === "warn").length;
  assertEquals(warnings(), 1);
  await trial.clock.advance(86_400_000 - COMPARE_MS);
  assertEquals(warnings(), 1);
  await trial.clock.advance(COMPARE_MS);
  assertEquals(warnings(), 2);
});

Deno.test("CertificateStore.prepare() changes nothing before it is used, and takes other listeners", async () => {
  using trial = new StoreTrial();
  trial.watch();
  trial.put("other.pem", NEW.cert);
  trial.put("other.key", NEW.key);
  const https = { listener: "http_server.https", cert: "other.pem", key: "other.key" } as const;
  const prepared = trial.store.prepare([SOURCE, https]);
  assertEquals([trial.store.pairOf("http_server.https"), prepared.pairOf("http_server.https")], [
    undefined,
    NEW,
  ]);
  assertEquals(prepared.use(), ["http_server.https"]);
  assertEquals(trial.applied, [NEW.cert]);
  trial.put("cert.pem", NEW.cert);
  trial.put("key.pem", NEW.key);
  await trial.clock.advance(COMPARE_MS);
  assertEquals(trial.applied, [NEW.cert, NEW.cert]);

  assertEquals(trial.reload([https]), []);
  assertEquals([trial.store.pairOf("rtmps"), trial.store.pairOf("http_server.https")], [undefined, NEW]);
});

Deno.test("CertificateStore.prepare() looks at the first pair that there is", async () => {
  using trial = new StoreTrial();
  trial.watch();
  assertEquals(trial.reload([]), []);
  assertEquals(trial.reload(), ["rtmps"]);
  trial.put("cert.pem", NEW.cert);
  trial.put("key.pem", NEW.key);
  await trial.clock.advance(COMPARE_MS);
  assertEquals(trial.applied, [OLD.cert, NEW.cert]);
});
