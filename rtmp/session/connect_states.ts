/**
 * Before a connection is accepted: `connect` arrives, and waits for its answer. RTMP 1.0 §7.2.1.1.
 *
 * @module
 */
import type { Command } from "../wire/command.ts";
import { readConnectCommand } from "./connect_command.ts";
import { acceptConnect, rejectConnect } from "./connect_reply.ts";
import { takesReconnect } from "./enhanced_rtmp.ts";
import { drop, nameIgnored } from "./net_connection.ts";
import type { SessionContext } from "./session_context.ts";
import type { Acceptance, Refusal } from "./session_input.ts";
import type { Transitions } from "./session_state.ts";

/** Some devices chat before they connect; none of it is answered, for nothing was agreed yet. */
export const AWAITING_CONNECT: Transitions = {
  connect: { to: "connectAsked", act: askConnect },
  fcSubscribe: { to: "awaitingConnect", act: nameIgnored },
  fcUnsubscribe: { to: "awaitingConnect", act: nameIgnored },
  call: { to: "awaitingConnect", act: nameIgnored },
  unknown: { to: "awaitingConnect", act: nameIgnored },
  reply: { to: "awaitingConnect", act: drop },
  media: { to: "awaitingConnect", act: drop },
};

/** Everything else waits. */
export const CONNECT_ASKED: Transitions = {
  accept: { to: "connected", act: accept },
  reject: { to: "closing", act: reject },
};

function askConnect(context: SessionContext, command: Command): void {
  const { tcUrl, app, pageUrl, swfUrl, flashVer, capabilities, isRelay, args } = readConnectCommand(command);
  const { fourCcList, capsEx } = capabilities;
  const requestId = context.ask(command);
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

function accept(context: SessionContext, { command, settings }: Acceptance): void {
  context.adopt(settings);
  const connect = readConnectCommand(command);
  context.takesReconnect = takesReconnect(connect.capabilities);
  for (const message of acceptConnect(command.transactionId, connect, context.settings)) {
    context.send(message);
  }
}

function reject(context: SessionContext, { command, rejection }: Refusal): void {
  for (const message of rejectConnect(command.transactionId, rejection)) context.send(message);
}
