/**
 * The publishes whose segments are reported, by their public names.
 *
 * @module
 */
import type { Publication, Publications } from "../../core/mod.ts";
import type { SessionFacts } from "../contract/payload.ts";

/** What is looked at of a session. */
export interface ReportedPublish extends Publication {
  /** With its public name. */
  readonly facts: SessionFacts;
  /** It was refused, or has ended. */
  readonly over: boolean;
}

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
    return this.#sessions.findLast(({ facts }) =>
      facts.vhost === vhost && facts.app === app && facts.stream?.stream === stream
    );
  }

  /** What is known of the publish of a client that runs, or has just ended. */
  factsOf(clientId: number): SessionFacts | undefined {
    return this.#sessions.findLast(({ facts }) => facts.clientId === clientId)?.facts;
  }
}
