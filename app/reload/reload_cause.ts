/**
 * Why a configuration is read again.
 *
 * @module
 */

/** Who wants a reload. */
export type ReloadCause =
  | { readonly by: "signal" }
  /** The file has another content. */
  | { readonly by: "file" }
  | { readonly by: "api"; readonly ip: string; readonly name: string };
