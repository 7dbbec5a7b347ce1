/**
 * Rows of addresses and what they resolve to.
 *
 * @module
 */
import { resolveStreamUrl, type StreamUrl } from "../../../../stream/admission/names/stream_url.ts";
import { assertEquals } from "../../../support/assert.ts";

export interface Row {
  readonly tcUrl: string;
  readonly streamName?: string;
  readonly expected: Partial<StreamUrl>;
}

export function row(tcUrl: string, streamName: string | undefined, expected: Partial<StreamUrl>): Row {
  return { tcUrl, ...(streamName === undefined ? {} : { streamName }), expected };
}

export function checkRow(name: string, { tcUrl, streamName, expected }: Row): void {
  Deno.test(`resolveStreamUrl() ${name}: ${tcUrl} + ${streamName ?? "(not yet)"}`, () => {
    const url = resolveStreamUrl({ tcUrl, ...(streamName === undefined ? {} : { streamName }) });
    assertEquals({ ...url, ...expected }, url);
  });
}
