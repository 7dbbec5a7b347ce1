/**
 * `on_dvr`: a file of a recording is whole.
 *
 * @module
 */
import type { Clock, FinishedRecording, StartedRecording } from "../../core/mod.ts";
import type { Endpoints } from "../client/endpoints.ts";
import type { SessionFacts } from "../contract/payload.ts";
import { writePayload } from "../contract/payload.ts";
import type { DeliveryService } from "../delivery/delivery_service.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { vhostOf } from "../outbox/row_address.ts";
import type { OpenPublishes } from "./open_publishes.ts";
import { sessionRow } from "./session_row.ts";

/** What reports are made with. */
export interface RecordingReportsDeps {
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly deliveries: DeliveryService;
  readonly endpoints: Endpoints;
  readonly publishes: OpenPublishes;
  /** The directory that the server works in. */
  readonly cwd: () => string;
}

/** Whose recording it is. */
export type RecordedPublish = Pick<StartedRecording, "clientId" | "vhost" | "app" | "stream">;

/** Reports recordings. */
export class RecordingReports {
  readonly #deps: RecordingReportsDeps;

  /** Nothing reported yet. */
  constructor(deps: RecordingReportsDeps) {
    this.#deps = deps;
  }

  /** The session of its publish, as in the events; `""` where no hook was asked. */
  sessionIdOf(recording: RecordedPublish): string {
    return this.#deps.publishes.factsOf(recording.clientId, recording)?.sessionId ?? "";
  }

  /**
   * What a report of this recording will need, also after a restart; `""` where there is no address for it, or no such
   * publish.
   */
  factsOf(recording: RecordedPublish): string {
    const facts = this.#deps.publishes.factsOf(recording.clientId, recording);
    if (facts === undefined) return "";
    return this.#deps.endpoints.addressesOf(facts.vhost, "on_dvr").length === 0 ? "" : JSON.stringify(facts);
  }

  /**
   * Report a file. One that is reported again, because the process ended in between, has the same webhook ids.
   *
   * @param text What {@link RecordingReports.factsOf} returned when it was begun.
   */
  report(recording: FinishedRecording, text: string): void {
    const { clock, outbox, deliveries, endpoints, cwd } = this.#deps;
    if (text === "") return;
    const facts: SessionFacts = JSON.parse(text);
    for (const endpoint of endpoints.owedAddressesOf(vhostOf(facts), "on_dvr")) {
      const nowMs = clock.wallNow();
      const row = sessionRow({ endpoint, state: "due", serial: recording.number }, {
        facts,
        lane: `${facts.serviceId}:${facts.clientId}`,
        nowMs: clock.now(),
        seq: outbox.nextSeq(nowMs),
        checkpointAt: facts.startedAt,
      });
      row.body = writePayload(row.payload, "on_dvr", facts, nowMs, { recording, cwd: cwd() });
      void deliveries.dispatch(row);
    }
  }
}
