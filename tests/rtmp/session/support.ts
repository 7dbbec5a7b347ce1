/**
 * What the scripts of several clients share: their answers, and how they begin.
 *
 * @module
 */
import { Amf0Object } from "../../../rtmp/wire/amf0.ts";
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import { assert } from "../../support/assert.ts";
import { command, type SessionScript, statusLine } from "../../support/rtmp/session_script.ts";

export const PUBLISH_START = statusLine("status", "NetStream.Publish.Start", "Started publishing stream.");

export const ON_FC_PUBLISH =
  'onFCPublish(0, null, {code: "NetStream.Publish.Start", description: "Started publishing stream."}) on 1';

export function connectAs(members: Parameters<typeof Amf0Object.of>[0]): RtmpMessage {
  return command("connect", 1, Amf0Object.of(members));
}

/** Accept the request that these messages end with. */
export function accept(script: SessionScript, ...messages: RtmpMessage[]): void {
  assert(script.session.accept(script.request(...messages)));
}

export function kinds(script: SessionScript, ...messages: RtmpMessage[]): string[] {
  return script.receive(...messages).map(({ kind }) => kind);
}
