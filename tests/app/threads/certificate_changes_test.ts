import { CertificateChanges } from "../../../app/threads/certificate_changes.ts";
import type { MediaCertificates } from "../../../app/media_server.ts";
import { assertEquals } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const RTMPS = { rtmps: { cert: "a", key: "b" } };
const HTTPS = { https: { cert: "c", key: "d" } };

Deno.test("CertificateChanges tries again what the server could not use, with what came since", async () => {
  const clock = new ManualClock();
  const used: MediaCertificates[] = [];
  const lines: string[] = [];
  let isFull = true;
  const setCertificates = (certificates: MediaCertificates): void => {
    if (isFull) throw new Error("Too many open files");
    used.push(certificates);
  };
  const log = {
    write: (_level: string, _id: number | undefined, message: string) => void lines.push(message),
  };
  const changes = new CertificateChanges({ setCertificates }, log, clock);
  changes.take(RTMPS);
  changes.take(HTTPS);
  assertEquals([used, lines.length, clock.timers], [[], 2, 1]);
  isFull = false;
  await clock.advance(30_000);
  assertEquals([used, clock.timers], [[{ ...RTMPS, ...HTTPS }], 0]);
  changes.take(HTTPS);
  assertEquals(used.at(-1), HTTPS);
  isFull = true;
  changes.take(RTMPS);
  changes.close();
  assertEquals(clock.timers, 0);
});
