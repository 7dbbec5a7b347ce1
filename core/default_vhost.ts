/**
 * The vhost that takes what no other name matches, as SRS names it.
 *
 * @module
 */

/** The vhost that takes what no other name matches. */
export const DEFAULT_VHOST = "__defaultVhost__";
