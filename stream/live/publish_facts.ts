/**
 * What is known of a publish.
 *
 * @module
 */
import type { MetadataFacts } from "../media/data_message.ts";

/** What is known of the running publish, for logs and the API. */
export interface PublishFacts extends MetadataFacts {
  /** `""` until a message of that kind arrived. */
  readonly videoCodec: string;
  /** `""` while unknown. */
  readonly audioCodec: string;
}

/** Of a publish that has brought nothing. */
export const NO_FACTS: PublishFacts = Object.freeze({ videoCodec: "", audioCodec: "" });
