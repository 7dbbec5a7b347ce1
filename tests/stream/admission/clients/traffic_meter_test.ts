/**
 * What a client is shown to send and receive: over which time, and when that is looked at.
 *
 * @module
 */
import { TrafficMeter } from "../../../../stream/admission/clients/traffic_meter.ts";
import { assertEquals } from "../../../support/assert.ts";

/** Sample every second, as a registry does, while the client gets `sendKbps` and sends `recvKbps`. */
function pass(
  meter: TrafficMeter,
  { fromMs, toMs, sendKbps, recvKbps }: { fromMs: number; toMs: number; sendKbps: number; recvKbps: number },
): void {
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += 1000) {
    meter.sample(nowMs, { sendBytes: nowMs * sendKbps / 8, recvBytes: nowMs * recvKbps / 8 });
  }
}

Deno.test("TrafficMeter.rates() are those since the client came, while it is young", () => {
  const meter = new TrafficMeter(0);
  pass(meter, { fromMs: 1000, toMs: 20_000, sendKbps: 800, recvKbps: 80 });
  assertEquals(meter.rates(20_000, { sendBytes: 2_000_000, recvBytes: 200_000 }), {
    sendKbps: 800,
    recvKbps: 80,
  });
  // All of it came in the last moment: its half minute is still the 20 s that it has been here.
  assertEquals(new TrafficMeter(0).rates(20_000, { sendBytes: 2500, recvBytes: 0 }).sendKbps, 1);
});

Deno.test("TrafficMeter.rates() take the first burst of a client for a second's", () => {
  const rates = new TrafficMeter(5000).rates(5010, { sendBytes: 125, recvBytes: 1250 });
  assertEquals(rates, { sendKbps: 1, recvKbps: 10 });
});

Deno.test("TrafficMeter.rates() forget what is older than half a minute", () => {
  const meter = new TrafficMeter(0);
  const burst = { sendBytes: 8_000_000, recvBytes: 4_000_000 };
  const rates: number[] = [];
  for (let nowMs = 1000; nowMs <= 60_000; nowMs += 1000) {
    meter.sample(nowMs, burst);
    rates.push(meter.rates(nowMs, burst).sendKbps);
  }
  // The burst came before the sample of 5 s, which is the oldest from 35 s on.
  assertEquals([rates[33], rates[34], rates.at(-1)], [Math.round(64_000 / 34), 0, 0]);
});

Deno.test("TrafficMeter.rates() follow a rate that has changed", () => {
  const meter = new TrafficMeter(0);
  let sendBytes = 0;
  for (let nowMs = 1000; nowMs <= 120_000; nowMs += 1000) {
    sendBytes += nowMs <= 60_000 ? 1_000_000 : 125_000;
    const recvBytes = sendBytes / 2;
    meter.sample(nowMs, { sendBytes, recvBytes });
    const rates = meter.rates(nowMs, { sendBytes, recvBytes });
    if (nowMs === 60_000) assertEquals(rates, { sendKbps: 8000, recvKbps: 4000 });
    if (nowMs === 95_000) assertEquals(rates, { sendKbps: 1000, recvKbps: 500 });
  }
});

Deno.test("TrafficMeter counts the jumps of all plays of a client", () => {
  const meter = new TrafficMeter(1000);
  assertEquals([meter.ageMs(1000), meter.ageMs(4500)], [0, 3500]);
  assertEquals(meter.jumpsWith(undefined), { jumps: 0, droppedMs: 0 });
  meter.playEnded({ jumps: 2, droppedMs: 300 });
  meter.playEnded({ jumps: 1, droppedMs: 50 });
  assertEquals(meter.jumpsWith({ jumps: 4, droppedMs: 1000 }), { jumps: 7, droppedMs: 1350 });
  assertEquals(meter.jumpsWith(undefined), { jumps: 3, droppedMs: 350 });
});
