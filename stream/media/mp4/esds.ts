/**
 * Elementary stream descriptor of AAC and MP3 in MP4. ISO/IEC 14496-1 §7.2.6, ISO/IEC 14496-14 §5.6. Pure.
 *
 * @module
 */
import { type BoxPart, fullBox, uint16, zeros } from "./box.ts";

/** objectTypeIndication (ISO/IEC 14496-1 Table 5). */
export const ObjectType = { Aac: 0x40, Mp3LowRate: 0x69, Mp3: 0x6b } as const;

const Tag = { EsDescriptor: 3, DecoderConfig: 4, DecoderSpecificInfo: 5, SlConfig: 6 } as const;
/** streamType 5 (audio), upStream 0, reserved 1. */
const AUDIO_STREAM = 0x15;
/** SLConfigDescriptor "reserved for use in MP4 files". */
const MP4_SL_CONFIG = 2;

/**
 * An `esds` box.
 *
 * @param configuration AudioSpecificConfig; empty for MP3.
 */
export function esdsBox(objectType: number, configuration: Uint8Array): Uint8Array<ArrayBuffer> {
  const specific = configuration.length === 0 ? [] : descriptor(Tag.DecoderSpecificInfo, configuration);
  // Buffer size and bit rates are 0: not known.
  const decoder = descriptor(Tag.DecoderConfig, [objectType, AUDIO_STREAM, ...zeros(11), ...specific]);
  const sl = descriptor(Tag.SlConfig, [MP4_SL_CONFIG]);
  return fullBox("esds", 0, 0, descriptor(Tag.EsDescriptor, [...uint16(0), 0, ...decoder, ...sl]));
}

/** Tag, size in groups of 7 bits, content (§8.3.3). */
function descriptor(tag: number, content: BoxPart): readonly number[] {
  const size = content.length;
  return size < 128 ? [tag, size, ...content] : [tag, 0x80 | size >> 7, size & 0x7f, ...content];
}
