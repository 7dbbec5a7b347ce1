/**
 * The parameters of a stream's address that this server itself understands. Pure.
 *
 * @module
 */

/** What a client showed; `undefined` for what it did not. */
export interface ShownCredentials {
  readonly key: string | undefined;
  readonly expires: string | undefined;
  readonly ip: string | undefined;
  readonly signature: string | undefined;
}

/**
 * Read credentials out of the parameters. What is given twice counts by its first value; nothing is decoded, for
 * neither keys nor signatures hold a character that needs it.
 *
 * @param param `""`, or a text that starts with `?`.
 */
export function readCredentials(param: string): ShownCredentials {
  const values = readParameters(param);
  return {
    key: values.get("key"),
    expires: values.get("exp"),
    ip: values.get("ip"),
    signature: values.get("sign"),
  };
}

/** The value of one parameter, by the same rules; `undefined` when it is not there. */
export function readParameter(param: string, name: string): string | undefined {
  return readParameters(param).get(name);
}

function readParameters(param: string): Map<string, string> {
  const values = new Map<string, string>();
  if (param === "") return values;
  const [query = ""] = param.replace(/^\?/, "").split("#");
  for (const part of query.split(/[&?]/)) {
    const equals = part.indexOf("=");
    const name = equals < 0 ? part : part.slice(0, equals);
    if (equals >= 0 && !values.has(name)) values.set(name, part.slice(equals + 1));
  }
  return values;
}
