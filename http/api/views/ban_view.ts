/**
 * A ban as the API shows it. Pure.
 *
 * @module
 */
import type { BanEntry } from "../../ports.ts";
import type { JsonObject } from "../reply.ts";
import { count, nullable, object, oneOfTexts, type Schema, text } from "../schema/json_schema.ts";

/** What can be banned. */
export const BAN_KINDS = ["ip", "network", "stream"] as const;

/** One of `bans`. */
export const BAN: Schema = object({
  id: text("To lift it by."),
  kind: oneOfTexts(BAN_KINDS, "What is banned."),
  value: text("The address, network or stream."),
  reason: text("As it was given, empty where none was."),
  created_ms: count("Since when, milliseconds since 1970."),
  expires_ms: nullable(count("Until when, milliseconds since 1970; null: until it is lifted.")),
});

/** One ban. */
export function banView({ id, kind, value, reason, createdAt, expiresAt }: BanEntry): JsonObject {
  return { id, kind, value, reason, created_ms: createdAt, expires_ms: expiresAt ?? null };
}
