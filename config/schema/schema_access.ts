/**
 * The keys of a vhost that say who may do what, before any hook is requested. Names and meanings of `security` and
 * `refer` are SRS's.
 *
 * @module
 */

import type { AddressRule } from "../../stream/admission/access/options.ts";
import { ADDRESS_RULES, APPS, HOSTS, KEYS, URL_SECRETS } from "../types/access_types.ts";
import { vhostKey } from "./key_spec.ts";
import { OFF, PATH, SWITCH } from "../types/value_type.ts";

const NO_RULES: readonly AddressRule[] = Object.freeze([]);
const NONE: readonly string[] = Object.freeze([]);

/** Who may publish and play, by address. */
const SECURITY_KEYS = Object.freeze({
  enabled: vhostKey("security.enabled", "next", SWITCH, OFF, "On without any rule refuses every client"),
  allow: vhostKey("security.allow", "next", ADDRESS_RULES, NO_RULES, "Where there is any, one must match", {
    example: '["play all", "publish 192.168.0.0/16", "publish 2001:db8::/32"]',
  }),
  deny: vhostKey("security.deny", "next", ADDRESS_RULES, NO_RULES, "One that matches decides, before allow", {
    example: '["publish 192.168.1.13"]',
  }),
});

/** The web pages that clients may be on. */
const REFER_KEYS = Object.freeze({
  enabled: vhostKey("refer.enabled", "next", SWITCH, OFF, "Check the page that a client says it is on"),
  all: vhostKey(
    "refer.all",
    "next",
    HOSTS,
    NONE,
    "Pages of these hosts, and of those below them, may connect",
    {
      example: '["example.com"]',
    },
  ),
  publish: vhostKey("refer.publish", "next", HOSTS, NONE, "The same for publishers"),
  play: vhostKey("refer.play", "next", HOSTS, NONE, "The same for players"),
});

/** Files with secrets of {@link ACCESS_KEYS}, one a line. */
export const ACCESS_FILE_KEYS = Object.freeze({
  publishKeys: vhostKey(
    "access.publish_keys_file",
    "next",
    PATH,
    "",
    "File with further publish_keys, one a line",
  ),
  playKeys: vhostKey("access.play_keys_file", "next", PATH, "", "File with further play_keys, one a line"),
  urlSecrets: vhostKey(
    "access.url_secrets_file",
    "next",
    PATH,
    "",
    "File with further url_secrets, one a line, the first one first",
  ),
});

/** Who may publish and play. */
export const ACCESS_KEYS = Object.freeze({
  security: SECURITY_KEYS,
  refer: REFER_KEYS,
  apps: vhostKey("access.apps", "next", APPS, NONE, "Apps that clients may use, any when empty", {
    example: '["live"]',
  }),
  credentials: Object.freeze({
    publishKeys: vhostKey(
      "access.publish_keys",
      "next",
      KEYS,
      NONE,
      "A publisher shows one of them: ?key=...",
    ),
    playKeys: vhostKey("access.play_keys", "next", KEYS, NONE, "A player shows one of them: ?key=..."),
    urlSecrets: vhostKey(
      "access.url_secrets",
      "next",
      URL_SECRETS,
      NONE,
      "Secrets of signed URLs: the first one signs (srs sign), all of them verify",
    ),
    signedPublish: vhostKey(
      "access.signed_publish",
      "next",
      SWITCH,
      OFF,
      "A publisher needs a signed URL, or a key where there are publish_keys",
    ),
    signedPlay: vhostKey(
      "access.signed_play",
      "next",
      SWITCH,
      OFF,
      "A player needs a signed URL, or a key where there are play_keys",
    ),
  }),
});
