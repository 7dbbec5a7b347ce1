/**
 * The thread of a `Watchdog`.
 *
 * @module
 */
import { WatchCell, type WatchOrders } from "./watch_orders.ts";

globalThis.addEventListener("message", (event) => {
  if (event instanceof MessageEvent) watch(event.data);
});

function watch({ cells, targets, patienceMs }: WatchOrders): void {
  let seen = -1;
  setInterval(() => {
    const count = Atomics.load(cells, WatchCell.Count);
    if (count > 0 && count === seen) {
      const target = targets[cells[WatchCell.Target] ?? 0];
      const command = `deno task fuzz --target ${target} --seed ${cells[WatchCell.Seed]} --cases 1`;
      const text = `FINDING ${target}: the case has not ended after ${patienceMs} ms: ${command}\n`;
      Deno.stdout.writeSync(new TextEncoder().encode(text));
      // The other thread is in the case and receives nothing but this.
      Deno.kill(Deno.pid, "SIGKILL");
    }
    seen = count;
  }, patienceMs);
}
