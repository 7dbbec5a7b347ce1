/**
 * The keys of a listener for TLS: the same in each section that has one.
 *
 * @module
 */

import type { ListenAddress } from "../../core/mod.ts";
import { LISTEN } from "../types/listen_type.ts";
import { OFF, ON, PATH, SWITCH } from "../types/value_type.ts";
import { type KeySpec, rootKey } from "./key_spec.ts";

/** The keys of a section. */
export interface TlsKeys {
  readonly enabled: KeySpec<boolean>;
  readonly listen: KeySpec<readonly ListenAddress[]>;
  readonly cert: KeySpec<string>;
  readonly key: KeySpec<string>;
  readonly [option: string]: KeySpec<unknown>;
}

/** The keys of a section for HTTPS. */
export interface HttpsKeys extends TlsKeys {
  readonly http2: KeySpec<boolean>;
}

/** The keys of one section for HTTPS; parameters as those of {@link tlsKeys}. */
export function httpsKeys(section: string, listen: ListenAddress, what: string): HttpsKeys {
  return Object.freeze({
    ...tlsKeys(section, listen, what),
    http2: rootKey(
      `${section}.http2`,
      "restart",
      SWITCH,
      ON,
      "Clients may choose HTTP/2, else there is HTTP/1.1 alone",
    ),
  });
}

/**
 * The keys of one section.
 *
 * @param section Its path.
 * @param port Where it listens by default, on all addresses.
 * @param what What it serves, for people.
 */
export function tlsKeys(section: string, { hostname, port }: ListenAddress, what: string): TlsKeys {
  const listen = Object.freeze([Object.freeze({ hostname, port })]);
  return Object.freeze({
    enabled: rootKey(`${section}.enabled`, "live", SWITCH, OFF, `${what}; on where the section is there`),
    listen: rootKey(`${section}.listen`, "live", LISTEN, listen, "Where its clients connect"),
    cert: rootKey(
      `${section}.cert`,
      "live",
      PATH,
      "",
      "PEM file of the certificate, followed by those between it and its authority",
      { example: '"./conf/fullchain.pem"' },
    ),
    key: rootKey(`${section}.key`, "live", PATH, "", "PEM file of its private key, without a passphrase", {
      example: '"./conf/privkey.pem"',
    }),
  });
}
