/**
 * Streams on their way between this server and others, by what becomes of them. Pure.
 *
 * @module
 */
import { relaysOf } from "../api/views/relay_view.ts";
import type { ServerSnapshot } from "../../stream/live/mod.ts";
import type { MetricsText } from "./metrics_text.ts";

const KINDS = ["pull", "push", "forward"] as const;
const STATES = ["connecting", "live", "waiting"] as const;

/** Add what comes from other servers and goes to them. */
export function addRelays(text: MetricsText, snapshot: ServerSnapshot): void {
  const relays = relaysOf(snapshot);
  const count = (kind: string, state: string): number =>
    relays.filter((relay) => relay.kind === kind && relay.state === state).length;
  text.addEach(
    {
      name: "srs_relays",
      type: "gauge",
      help:
        "Streams from other servers (pull), to the origin of an edge (push) and to further servers (forward).",
    },
    KINDS.flatMap((kind) => STATES.map((state) => [{ kind, state }, count(kind, state)] as const)),
  );
  text.addEach(
    { name: "srs_relay_kbps", type: "gauge", help: "Their bitrate over the latest 10 seconds, kbit/s." },
    KINDS.map((kind) => {
      const rates = relays.filter((relay) => relay.kind === kind).map(({ kbps }) => kbps);
      return [{ kind }, rates.reduce((sum, kbps) => sum + kbps, 0)] as const;
    }),
  );
}
