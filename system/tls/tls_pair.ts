/**
 * A certificate and its key: read from their files, and tried before anything depends on them.
 *
 * @module
 */
import { X509Certificate } from "node:crypto";
import { errorMessage, type TlsPair } from "../../core/mod.ts";

/** The files of a pair. */
export interface PairFiles {
  /** Of the certificate. */
  readonly cert: string;
  /** Of its private key. */
  readonly key: string;
}

/** What a certificate says of itself. */
export interface CertificateText {
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly notBeforeMs: number;
  /** Milliseconds since 1970. */
  readonly notAfterMs: number;
}

/**
 * Read both files.
 *
 * @param read Reads a file; what it throws reaches the operator.
 * @throws {Error} With the file that cannot be read.
 */
export function readTlsPair(files: PairFiles, read: (path: string) => string): TlsPair {
  return { cert: textOf(files.cert, read), key: textOf(files.key, read) };
}

/**
 * Try a pair, as a listener would take it.
 *
 * @param files Their names, for the message.
 * @throws {Error} What is wrong, with the file.
 */
export function checkTlsPair({ cert, key }: TlsPair, files: PairFiles): void {
  try {
    Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key }).close();
  } catch (error) {
    throw new Error(pairProblem(errorMessage(error), files), { cause: error });
  }
}

/**
 * What the first certificate of a PEM text says.
 *
 * @throws {Error} There is none that can be read.
 */
export function readCertificate(pem: string): CertificateText {
  const { subject, validFrom, validTo } = new X509Certificate(pem);
  return { subject, notBeforeMs: dateOf(validFrom), notAfterMs: dateOf(validTo) };
}

function textOf(path: string, read: (path: string) => string): string {
  try {
    return read(path);
  } catch (error) {
    throw new Error(`Cannot read ${path}: ${errorMessage(error)}`, { cause: error });
  }
}

function pairProblem(message: string, { cert, key }: PairFiles): string {
  if (message.includes("KeyMismatch")) {
    return `The key in ${key} does not belong to the certificate in ${cert}`;
  }
  if (message.includes("No certificates")) return `${cert} has no certificate in it: it must be PEM`;
  if (message.includes("No keys")) {
    return `${key} has no private key in it: it must be PEM, without a passphrase`;
  }
  return `Cannot use the certificate in ${cert} with the key in ${key}: ${message}`;
}

/** Runtimes write the zone as `GMT` or `+00:00`. */
function dateOf(text: string): number {
  return Date.parse(text.replace(" +00:00", " GMT"));
}
