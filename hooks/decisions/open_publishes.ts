/**
 * Publishes by their public names: what reports of their segments and recordings say of them.
 *
 * @module
 */
import type { Publication, Publications, StartedRecording } from "../../core/mod.ts";
import type { SessionFacts } from "../contract/payload.ts";

/** What is looked at of a session. */
export interface ReportedPublish extends Publication {
  /** With its public name. */
  readonly facts: SessionFacts;
  /** Its segments are reported. */
  readonly reported: boolean;
  /** It was refused, or has ended. */
  readonly over: boolean;
}

/** Of a stream, public. */
type PublishName = Pick<StartedRecording, "vhost" | "app" | "stream">;

/** Publishes that are requested, run, or have just ended. */
export class OpenPublishes implements Publications {
  #sessions: ReportedPublish[] = [];

  /** A publish is requested. Those that are over are forgotten. */
  add(session: ReportedPublish): void {
    this.#sessions = this.#sessions.filter(({ over }) => !over);
    this.#sessions.push(session);
  }

  /** @inheritdoc */
  find(vhost: string, app: string, stream: string): Publication | undefined {
    return this.#sessions.findLast(({ facts, reported }) =>
      reported && isNamed(facts, { vhost, app, stream })
    );
  }

  /** What is known of a client's publish that runs, or has just ended: a client may have several. */
  factsOf(clientId: number, name: PublishName): SessionFacts | undefined {
    return this.#sessions.findLast(({ facts }) => facts.clientId === clientId && isNamed(facts, name))?.facts;
  }
}

function isNamed(facts: SessionFacts, { vhost, app, stream }: PublishName): boolean {
  return facts.vhost === vhost && facts.app === app && facts.stream?.stream === stream;
}
