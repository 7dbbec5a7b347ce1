/**
 * What to tell an operator whose address cannot be listened on. Pure.
 *
 * @module
 */
import { errorMessage } from "./fault_guard.ts";

/**
 * @param what What failed, with the address.
 * @param key The configuration key that names the address.
 * @param error What listening threw.
 */
export function listenFailure(what: string, key: string, error: unknown): string {
  return `${what}: ${reason(error)} (${wayOut(key, rootCause(error))})`;
}

/** Whether listening failed for a reason that another address may mend. */
export function isListenError(error: unknown): boolean {
  const { AddrInUse, AddrNotAvailable, PermissionDenied } = Deno.errors;
  return [AddrInUse, AddrNotAvailable, PermissionDenied].some((type) => error instanceof type);
}

function reason(error: unknown): string {
  return errorMessage(error).replace(/\s*\(os error \d+\)/, "");
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
  return `check ${key}`;
}

function rootCause(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? rootCause(error.cause) : error;
}
