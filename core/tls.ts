/**
 * TLS of a listener: where it listens, and what it identifies itself with.
 *
 * @module
 */
import type { ListenAddress } from "./listen_address.ts";

/** A listener for TLS, as it is configured. */
export interface TlsListenOptions {
  /** Whether it listens at all. */
  readonly enabled: boolean;
  /** At least one address. */
  readonly listen: readonly ListenAddress[];
  /** PEM file of the certificate and those between it and its authority; not empty where it is enabled. */
  readonly cert: string;
  /** PEM file of the private key; not empty where it is enabled. */
  readonly key: string;
}

/** A certificate and its key, as PEM. */
export interface TlsPair {
  /** With those between it and its authority. */
  readonly cert: string;
  /** Its private key. */
  readonly key: string;
}

/** The listeners for TLS, by the sections of the configuration. */
export const TLS_LISTENERS = ["rtmps", "http_server.https", "http_api.https"] as const;

/** One of {@link TLS_LISTENERS}. */
export type TlsListenerName = typeof TLS_LISTENERS[number];

/** What is known of the certificate of a listener. */
export interface CertificateFacts {
  /** Whose it is. */
  readonly listener: TlsListenerName;
  /** The file, as it is configured. */
  readonly file: string;
  /** Whom it is for, as the certificate says. */
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly notBeforeMs: number;
  /** Milliseconds since 1970. */
  readonly notAfterMs: number;
  /** Since when it is in use, milliseconds since 1970. */
  readonly loadedMs: number;
  /** Why newer files are not in use; absent where there are none. */
  readonly problem?: string;
}
