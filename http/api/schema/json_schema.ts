/**
 * JSON Schema (2020-12) in the part that the API's descriptions need. Pure.
 *
 * @module
 */
import type { JsonObject } from "../reply.ts";

/** A schema as the OpenAPI document has it. */
export type Schema = JsonObject;

/** Schemas of an object's members by name. */
export type Members = Readonly<Record<string, Schema>>;

/** A text. */
export function text(description: string): Schema {
  return { type: "string", description };
}

/** One of these texts. */
export function oneOfTexts(values: readonly string[], description: string): Schema {
  return { type: "string", enum: values, description };
}

/** Any number. */
export function number(description: string): Schema {
  return { type: "number", description };
}

/** A whole number, 0 or above. */
export function count(description: string): Schema {
  return { type: "integer", minimum: 0, description };
}

/** True or false. */
export function flag(description: string): Schema {
  return { type: "boolean", description };
}

/** The schema, or null. */
export function nullable(schema: Schema): Schema {
  return { oneOf: [schema, { type: "null" }] };
}

/** Any number of them. */
export function listOf(items: Schema, description = ""): Schema {
  return description === "" ? { type: "array", items } : { type: "array", items, description };
}

/** Values of one kind by names that are not known beforehand. */
export function mapOf(values: Schema, description: string): Schema {
  return { type: "object", additionalProperties: values, description };
}

/**
 * An object with these members and no others.
 *
 * @param optional Further ones that may be absent.
 */
export function object(members: Members, optional: Members = {}): Schema {
  return {
    type: "object",
    properties: { ...members, ...optional },
    required: Object.keys(members),
    additionalProperties: false,
  };
}
