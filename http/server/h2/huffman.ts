/**
 * The Huffman code of HPACK. RFC 7541 §5.2 and appendix B. Pure.
 *
 * @module
 */
import { H2Error, H2ErrorCode } from "./h2_error.ts";

/**
 * Symbols by the length of their code, in bits. The code is canonical: with symbols in this order, each code is the one
 * before it plus one, and longer ones go on where the shorter ones ended.
 */
const SYMBOLS_BY_BITS: readonly (readonly [bits: number, symbols: readonly number[] | string])[] = [
  [5, "012aceiost"],
  [6, " %-./3456789=A_bdfghlmnpru"],
  [7, ":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz"],
  [8, "&*,;XZ"],
  [10, '!"()?'],
  [11, "'+|"],
  [12, "#>"],
  [13, "\0$@[]~"],
  [14, "^}"],
  [15, "<`{"],
  [19, [92, 195, 208]],
  [20, [128, 130, 131, 162, 184, 194, 224, 226]],
  [21, [153, 161, 167, 172, 176, 177, 179, 209, 216, 217, 227, 229, 230]],
  [22, [
    ...[129, 132, 133, 134, 136, 146, 154, 156, 160, 163, 164, 169, 170],
    ...[173, 178, 181, 185, 186, 187, 189, 190, 196, 198, 228, 232, 233],
  ]],
  [23, [
    ...[1, 135, 137, 138, 139, 140, 141, 143, 147, 149, 150, 151, 152, 155, 157],
    ...[158, 165, 166, 168, 174, 175, 180, 182, 183, 188, 191, 197, 231, 239],
  ]],
  [24, [9, 142, 144, 145, 148, 159, 171, 206, 215, 225, 236, 237]],
  [25, [199, 207, 234, 235]],
  [26, [192, 193, 200, 201, 202, 205, 210, 213, 218, 219, 238, 240, 242, 243, 255]],
  [27, [203, 204, 211, 212, 214, 221, 222, 223, 241, 244, 245, 246, 247, 248, 250, 251, 252, 253, 254]],
  [28, [
    ...[2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21],
    ...[23, 24, 25, 26, 27, 28, 29, 30, 31, 127, 220, 249],
  ]],
  [30, [10, 13, 22, 256]],
];
/** The end of a string, which must not be sent. */
const END_OF_STRING = 256;
const MAX_BITS = 30;
const MAX_PADDING_BITS = 7;

/** What the codes of one length are. */
interface CodesOfLength {
  /** The lowest one. */
  readonly first: number;
  readonly symbols: readonly number[];
}

const CODES: readonly CodesOfLength[] = codesByLength();

function codesByLength(): readonly CodesOfLength[] {
  const byLength = new Map(SYMBOLS_BY_BITS);
  const codes: CodesOfLength[] = [];
  for (let bits = 0, first = 0; bits <= MAX_BITS; bits++, first *= 2) {
    const listed = byLength.get(bits) ?? [];
    const symbols = typeof listed === "string" ? Array.from(listed, (text) => text.charCodeAt(0)) : listed;
    codes.push({ first, symbols });
    first += symbols.length;
  }
  return codes;
}

/**
 * Decode a string; each byte of it is a character.
 *
 * @throws {H2Error} It does not end as a string does.
 */
export function decodeHuffman(bytes: Uint8Array): string {
  let text = "";
  let code = 0;
  let bits = 0;
  for (const byte of bytes) {
    for (let mask = 0x80; mask > 0; mask >>= 1) {
      code = 2 * code + ((byte & mask) === 0 ? 0 : 1);
      bits++;
      const symbol = CODES[bits]?.symbols[code - (CODES[bits]?.first ?? 0)];
      if (symbol === undefined) continue;
      if (symbol === END_OF_STRING) throw invalid();
      text += String.fromCharCode(symbol);
      code = bits = 0;
    }
  }
  // What is left of the last byte is the beginning of the longest code, which is all ones (§5.2).
  if (bits > MAX_PADDING_BITS || code !== 2 ** bits - 1) throw invalid();
  return text;
}

function invalid(): H2Error {
  return new H2Error(H2ErrorCode.CompressionError, "A string of a header is not Huffman code");
}
