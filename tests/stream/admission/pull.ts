/**
 * A publish without a socket, as a stream that this server pulls has it.
 *
 * @module
 */
import type { EndReason } from "../../../core/mod.ts";
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import type { StreamUse } from "../../../stream/admission/clients/client_snapshot.ts";
import { PublishSession } from "../../../stream/admission/publish_session.ts";
import type { StreamTarget } from "../../../stream/admission/stream_target.ts";
import { type AdmissionHarness, FACTS, HandClient } from "./support.ts";

/** A stream that comes from elsewhere. */
export class Pull extends HandClient {
  readonly protocol = "http-flv";
  readonly session: PublishSession;

  constructor(harness: AdmissionHarness) {
    super(harness);
    this.session = new PublishSession(this, harness.context);
  }

  /** The name is claimed: the media may come. */
  async start(streamName: string): Promise<string> {
    const answer = await this.session.start({ facts: FACTS, streamName });
    if (answer.kind === "allow") this.session.begin();
    else if (answer.kind === "deny") this.end("rejected", answer.reason);
    return answer.kind === "deny" ? `${answer.rule}: ${answer.reason}` : answer.kind;
  }

  /** Its messages, in one read. */
  feed(...messages: RtmpMessage[]): void {
    this.lastReceivedMs = this.harness.clock.now();
    for (const message of messages) {
      this.recvBytes += message.payload.length;
      this.session.receive(message);
    }
    this.session.afterRead({ hasVideo: true });
  }

  override sweep(nowMs: number): void {
    this.session.sweep(nowMs);
  }

  protected override home(): StreamTarget | undefined {
    return this.session.target;
  }

  protected override use(nowMs: number): StreamUse | undefined {
    return this.session.use(nowMs);
  }

  protected override endSession(reason: EndReason, description: string): Promise<void> {
    return this.session.end({ reason, description });
  }
}
