/**
 * A publish over RTMP: its request goes to a {@link PublishSession}, and the answer to the client.
 *
 * @module
 */
import {
  type ConnectAdmission,
  type ConnectFacts,
  NAME_TAKEN,
  PublishSession,
} from "../../stream/admission/mod.ts";
import type { ConnectionContext } from "./connection_context.ts";
import { type PublishRequested, RejectionCode } from "../session/mod.ts";

/** One publish of a connection. */
export class RtmpPublish {
  readonly session: PublishSession;
  readonly #connection: ConnectionContext;
  readonly #connect: ConnectAdmission;

  /** @param connect The vhosts that have admitted the client. */
  constructor(connection: ConnectionContext, connect: ConnectAdmission) {
    this.#connection = connection;
    this.#connect = connect;
    this.session = new PublishSession(connection, connection.server);
  }

  /** Settles when the request is answered or void. */
  async start({ requestId, streamName }: PublishRequested, facts: ConnectFacts): Promise<void> {
    const { session } = this;
    const answer = await session.start({ facts, streamName, connect: this.#connect });
    if (answer.kind === "aborted" || session.aborted) return;
    const connection = this.#connection;
    if (answer.kind === "denied") {
      const { rule, reason: description, redirect } = answer;
      const code = rule === NAME_TAKEN ? RejectionCode.PublishBadName : RejectionCode.PublishRejected;
      const to = redirect === undefined ? {} : { redirect };
      connection.session.reject(requestId, { code, description, ...to });
    } else {
      const pace = session.begin();
      if (pace !== undefined) connection.readAt(pace);
      connection.session.accept(requestId, { inAckSize: session.target?.vhost.inAckSize ?? 0 });
    }
    connection.resume();
  }
}
