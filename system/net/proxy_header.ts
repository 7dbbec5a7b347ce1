/**
 * What a proxy says of its client in front of the client's own bytes: the PROXY protocol, versions 1 and 2, and SRS's
 * own prefix. Pure.
 *
 * @module
 */
import ipaddr from "ipaddr.js";
import { crc32c } from "./crc32c.ts";

/** Which forms are meant. */
export type ProxyForm = "proxy" | "srs";

/** Where a client is, as its proxy says. */
export interface ProxiedSource {
  /** An address. */
  readonly hostname: string;
  /** 0 where it is not said. */
  readonly port: number;
}

/** What was read. */
export type ProxyHeader =
  /** Its end has not arrived. */
  | { readonly kind: "more" }
  /** It is none, or not what it has to be. */
  | { readonly kind: "fault"; readonly reason: string }
  /** `length` bytes; without a source the proxy speaks for itself, or knows none. */
  | { readonly kind: "header"; readonly length: number; readonly source: ProxiedSource | undefined };

/** Longest header, bytes: of version 2. */
export const MAX_PROXY_HEADER_BYTES = 16 + 4096;
const MAX_V1_BYTES = 107;
const V1 = new TextEncoder().encode("PROXY ");
const V2 = Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a);
const V2_FIXED = 16;
const SRS = 0xf3;
const SRS_BYTES = 7;
const CR = 13;
const LF = 10;
const CRC32C_TYPE = 3;
const MORE: ProxyHeader = { kind: "more" };

/**
 * Read the header at the start of `bytes`.
 *
 * @param form `srs`: anything else than SRS's prefix is a header of no bytes.
 */
export function readProxyHeader(bytes: Uint8Array, form: ProxyForm): ProxyHeader {
  if (bytes.length === 0) return MORE;
  if (form === "srs") return bytes[0] === SRS ? readSrs(bytes) : header(0);
  if (startsWith(bytes, V1)) return readV1(bytes);
  if (startsWith(bytes, V2)) return readV2(bytes);
  return fault(bytes[0] === 0x16 ? "TLS before a header" : "no header of the PROXY protocol");
}

/** As far as there are bytes. */
function startsWith(bytes: Uint8Array, signature: Uint8Array): boolean {
  const length = Math.min(bytes.length, signature.length);
  for (let i = 0; i < length; i++) if (bytes[i] !== signature[i]) return false;
  return true;
}

/** `PROXY TCP4 SOURCE DESTINATION PORT PORT`. */
function readV1(bytes: Uint8Array): ProxyHeader {
  const end = bytes.subarray(0, MAX_V1_BYTES).indexOf(LF);
  if (end < 0) return bytes.length < MAX_V1_BYTES ? MORE : fault(`no line end within ${MAX_V1_BYTES} bytes`);
  if (bytes[end - 1] !== CR) return fault("a line that does not end with CR LF");
  const line = String.fromCharCode(...bytes.subarray(0, end - 1));
  const length = end + 1;
  if (/^PROXY UNKNOWN(?: |$)/.test(line)) return header(length);
  const [, family, source = "", destination = "", port = "", own = "", ...more] = line.split(" ");
  const isAddress = family === "TCP4"
    ? ipaddr.IPv4.isValidFourPartDecimal
    : family === "TCP6"
    ? isIpv6
    : undefined;
  if (isAddress === undefined) return fault("neither TCP4 nor TCP6 nor UNKNOWN");
  if (more.length > 0 || !isAddress(source) || !isAddress(destination)) {
    return fault("an address that is none");
  }
  if (!isPort(port) || !isPort(own)) return fault("a port that is none");
  return header(length, { hostname: canonical(ipaddr.parse(source)), port: Number(port) });
}

function readV2(bytes: Uint8Array): ProxyHeader {
  if (bytes.length < V2_FIXED) return MORE;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const command = view.getUint8(12);
  const family = view.getUint8(13);
  const rest = view.getUint16(14);
  const length = V2_FIXED + rest;
  if (command !== 0x20 && command !== 0x21) return fault("neither PROXY nor LOCAL of version 2");
  if (length > MAX_PROXY_HEADER_BYTES) return fault(`a header of ${length} bytes`);
  if (bytes.length < length) return MORE;
  if (command === 0x20) return header(length);
  const size = family === 0x11 ? 4 : family === 0x21 ? 16 : undefined;
  if (size === undefined) return family === 0 ? header(length) : fault("neither TCP by IPv4 nor by IPv6");
  const addresses = 2 * size + 4;
  if (rest < addresses) return fault("addresses that are cut off");
  const problem = vectorProblem(bytes.subarray(0, length), V2_FIXED + addresses);
  if (problem !== undefined) return fault(problem);
  const address = ipaddr.fromByteArray([...bytes.subarray(V2_FIXED, V2_FIXED + size)]);
  return header(length, { hostname: canonical(address), port: view.getUint16(V2_FIXED + 2 * size) });
}

/** The vectors behind the addresses have to fill the header, and a checksum has to be right. */
function vectorProblem(bytes: Uint8Array, from: number): string | undefined {
  for (let at = from; at < bytes.length;) {
    if (at + 3 > bytes.length) return "a vector that is cut off";
    const length = ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const value = at + 3;
    if (value + length > bytes.length) return "a vector that is cut off";
    if (bytes[at] === CRC32C_TYPE) {
      if (length !== 4) return "a checksum that is none";
      const sent = new DataView(bytes.buffer, bytes.byteOffset + value, 4).getUint32(0);
      // It is taken over the header with zeros in its place.
      const blank = bytes.slice();
      blank.fill(0, value, value + 4);
      if (crc32c(blank) !== sent) return "a wrong checksum";
    }
    at = value + length;
  }
  return undefined;
}

/** A byte, the length 4, the address. */
function readSrs(bytes: Uint8Array): ProxyHeader {
  if (bytes.length < 3) return MORE;
  if (bytes[1] !== 0 || bytes[2] !== 4) return fault("SRS's prefix with a length that is not 4");
  if (bytes.length < SRS_BYTES) return MORE;
  return header(SRS_BYTES, { hostname: bytes.subarray(3, SRS_BYTES).join("."), port: 0 });
}

function isIpv6(text: string): boolean {
  return text.includes(":") && !text.includes("%") && ipaddr.IPv6.isValid(text);
}

function isPort(text: string): boolean {
  return /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;
}

function canonical(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()) {
    return address.toIPv4Address().toString();
  }
  return address.toString();
}

function header(length: number, source?: ProxiedSource): ProxyHeader {
  return { kind: "header", length, source };
}

function fault(reason: string): ProxyHeader {
  return { kind: "fault", reason };
}
