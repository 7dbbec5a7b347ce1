/**
 * What to tell an operator whose address cannot be listened on. Pure.
 *
 * @module
 */
import { errorChain, type ListenAddress } from "../core/mod.ts";
import { addressText } from "./banner.ts";

/** Every address of the machine; the system gives it the port for IPv4 too. */
const ANY_IPV6 = "::";
/** Deno has no class for it. */
const NO_SUCH_NAME = /^failed to lookup address information/;

/**
 * @param what What failed, with the address.
 * @param key The configuration key that names the address.
 * @param error What listening threw.
 */
export function listenFailure(what: string, key: string, error: unknown): string {
  return `${what}: ${reason(error)} (${wayOut(key, rootCause(error))})`;
}

/**
 * The same where there may be several addresses.
 *
 * @param purpose What was to be listened for.
 */
export function listenersFailure(
  purpose: string,
  addresses: readonly ListenAddress[],
  key: string,
  error: unknown,
): string {
  const failure = listenFailure(
    `Cannot listen for ${purpose} on ${addresses.map(addressText).join(" ")}`,
    key,
    error,
  );
  const isShared = addresses.some(({ hostname, port }) =>
    hostname === ANY_IPV6 && addresses.some((other) => other.hostname !== hostname && other.port === port)
  );
  return isShared ? `${failure}; [::] takes its port for IPv4 too` : failure;
}

/** Whether listening failed for a reason that another address may fix. */
export function isListenError(error: unknown): boolean {
  const { AddrInUse, AddrNotAvailable, PermissionDenied } = Deno.errors;
  return [AddrInUse, AddrNotAvailable, PermissionDenied].some((type) => error instanceof type) ||
    isNoSuchName(error);
}

function reason(error: unknown): string {
  return errorChain(error).replace(/\s*\(os error \d+\)/, "");
}

function wayOut(key: string, cause: unknown): string {
  if (cause instanceof Deno.errors.AddrInUse) {
    return `end the other program, perhaps another srs, or set another ${key}`;
  }
  if (cause instanceof Deno.errors.PermissionDenied) {
    return `set a ${key} of 1024 or more, or grant CAP_NET_BIND_SERVICE`;
  }
  if (cause instanceof Deno.errors.AddrNotAvailable) {
    return `this machine has no such address: set another ${key}`;
  }
  return isNoSuchName(cause) ? `this name cannot be resolved: set another ${key}` : `check ${key}`;
}

function isNoSuchName(error: unknown): boolean {
  return error instanceof Error && NO_SUCH_NAME.test(error.message);
}

function rootCause(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? rootCause(error.cause) : error;
}
