/**
 * Before a connection is accepted: `connect` arrives, and waits for its answer. RTMP 1.0 §7.2.1.1.
 *
 * @module
 */
import type { Command } from "../wire/command.ts";
import { readConnectCommand } from "./connect_command.ts";
import { acceptConnect, rejectConnect } from "./connect_reply.ts";
import { takesReconnect } from "./enhanced_rtmp.ts";
import { emitIgnored, ignore } from "./net_connection.ts";
import type { SessionContext } from "./session_context.ts";
import type { AcceptedRequest, RejectedRequest } from "./session_input.ts";
import type { Transitions } from "./session_state.ts";

/** Some devices chat before they connect; none of it is answered, for nothing was agreed yet. */
export const AWAITING_CONNECT: Transitions = {
  connect: { to: "connectPending", apply: requestConnect },
  fcSubscribe: { to: "awaitingConnect", apply: emitIgnored },
  fcUnsubscribe: { to: "awaitingConnect", apply: emitIgnored },
  call: { to: "awaitingConnect", apply: emitIgnored },
  unknown: { to: "awaitingConnect", apply: emitIgnored },
  reply: { to: "awaitingConnect", apply: ignore },
  media: { to: "awaitingConnect", apply: ignore },
};

/** Everything else waits. */
export const CONNECT_PENDING: Transitions = {
  accept: { to: "connected", apply: accept },
  reject: { to: "closing", apply: reject },
};

function requestConnect(context: SessionContext, command: Command): void {
  const connect = context.connect = readConnectCommand(command);
  const { tcUrl, app, pageUrl, swfUrl, flashVer, capabilities, isRelay, args } = connect;
  const { fourCcList, capsEx } = capabilities;
  const requestId = context.openRequest(command);
  context.emit({
    kind: "connectRequested",
    requestId,
    tcUrl,
    app,
    pageUrl,
    swfUrl,
    flashVer,
    fourCcList,
    capsEx,
    isRelay,
    args,
  });
}

function accept(context: SessionContext, { command, settings }: AcceptedRequest): void {
  context.adopt(settings);
  const connect = context.connect ?? readConnectCommand(command);
  context.connect = undefined;
  context.takesReconnect = takesReconnect(connect.capabilities);
  context.sendShared(acceptConnect(command.transactionId, connect, context.settings));
}

function reject(context: SessionContext, { command, rejection }: RejectedRequest): void {
  for (const message of rejectConnect(command.transactionId, rejection)) context.send(message);
}
