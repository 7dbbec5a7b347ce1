/**
 * The address of a stream: what `connect` names in its tcUrl and what `publish` or `play` name after it, read
 * together as SRS 5 and later do. Pure and tolerant; nothing is percent-decoded or lower-cased.
 *
 * @module
 */
import { ProtocolError, ProtocolErrorCode } from "../../../rtmp/wire/mod.ts";
import { DEFAULT_VHOST } from "../../../core/mod.ts";

/** The app of a tcUrl that names none. */
export const DEFAULT_APP = "__defaultApp__";

/** The instance name that Flash servers give an app without one; it means nothing. */
const DEFAULT_INSTANCE = "_definst_";

/** The query mark that survives players which cut a URL at its first `?`. */
const DOTTED_VHOST = "...vhost...";

const DEFAULT_PORTS: Readonly<Record<string, number>> = { rtmp: 1935, rtmps: 443, https: 443 };
const OTHER_PORT = 80;
const MAX_PORT = 65_535;
/** Longest part of a tcUrl in an error's message. */
const MAX_SHOWN_LENGTH = 256;

const BLANK = /[ \t\r\n]/;
const BLANKS = /[ \t\r\n]+/g;
/** What follows the parameters of a stream name: a blank and an option of librtmp. */
const OPTION = /[ \t\r\n][A-Za-z]+=/;
const SCHEMA = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//;
/** What may stand between two parameters. */
const SEPARATORS = /[&,;?]/;

/** What a client named, as it sent it. */
export interface StreamAddress {
  /** As `connect` had it. */
  readonly tcUrl: string;
  /** The member `app` of `connect`; absent where it is not known. */
  readonly app?: string | undefined;
  /** Absent while only `connect` is known; `""`: the stream is the last segment of the tcUrl. */
  readonly streamName?: string | undefined;
}

/** A tcUrl in its parts. */
export interface TcUrl extends Pick<StreamUrl, "schema" | "host" | "port"> {
  /** As sent. */
  readonly tcUrl: string;
  /** Of its path, those that mean something. */
  readonly segments: readonly string[];
  /** Without its mark. */
  readonly query: string;
  /** With its mark. */
  readonly fragment: string;
}

/** A stream's address in its parts. */
export interface StreamUrl {
  /** As sent, for example `rtmp`. */
  readonly schema: string;
  /** Name or address without port, brackets and credentials. */
  readonly host: string;
  /** 1 to 65,535; the schema's own where none is written, or 0, as some relays do. */
  readonly port: number;
  /** The vhost that is asked for: what `selectVhost` looks up. */
  readonly vhost: string;
  /** Path segments joined by `/`, without one at either end; {@link DEFAULT_APP} when there is none. */
  readonly app: string;
  /** The last path segment; `""` when no stream was named and none could be guessed. */
  readonly stream: string;
  /** All parameters as sent: `""`, or a text that starts with `?`. */
  readonly param: string;
}

/**
 * Read a tcUrl.
 *
 * @throws {ProtocolError} `Command` when it has no schema, no host or an impossible port.
 */
export function readTcUrl(tcUrl: string): TcUrl {
  const text = withoutQuotes(tcUrl.replace(BLANKS, ""));
  const schema = SCHEMA.exec(text)?.[1];
  if (schema === undefined) throw invalidTcUrl(tcUrl, "it must begin like rtmp://host/app");
  const { path, query, fragment } = splitParameters(text.slice(schema.length + "://".length));
  const slash = path.indexOf("/");
  const { host, port } = readAuthority(slash < 0 ? path : path.slice(0, slash), schema, tcUrl);
  const segments = slash < 0 ? [] : segmentsOf(path.slice(slash + 1));
  return { tcUrl, schema, host, port, segments, query, fragment };
}

/**
 * Read a tcUrl, and a stream name when it is known, into the parts of an address.
 *
 * The last segment of both paths together is the stream, the rest is the app, wherever the client cut them.
 * Parameters of both are joined, the tcUrl's first. A `vhost` parameter, else a `domain` parameter, replaces the
 * host as vhost; the last one that is not empty counts, and one that names the default vhost says nothing.
 *
 * Some relays put the whole address, the stream included, into tcUrl, and the app alone into `app`: there the tcUrl's
 * last segment is the stream's name and no part of the app.
 *
 * @param base The tcUrl, where it has been read before.
 * @throws {ProtocolError} `Command` as {@link readTcUrl}.
 */
export function resolveStreamUrl(address: StreamAddress, base: TcUrl = readTcUrl(address.tcUrl)): StreamUrl {
  const { schema, host, port } = base;
  const name = splitParameters(withoutOptions(address.streamName ?? ""));
  const nameSegments = segmentsOf(name.path);
  const segments = [...base.segments];
  if (endsWithStream(segments, address.app, nameSegments, address.streamName)) segments.pop();
  segments.push(...nameSegments);
  let query = base.query === "" || name.query === ""
    ? base.query + name.query
    : `${base.query}&${name.query}`;
  const fragment = base.fragment + name.fragment;

  let stream = "";
  if (address.streamName !== undefined) {
    if (nameSegments.length > 0 || segments.length > 1) {
      stream = segments.pop() ?? "";
    } else {
      ({ query, stream } = takeTail(query));
    }
  }
  return {
    schema,
    host,
    port,
    vhost: vhostParameter(query) ?? host,
    app: segments.length === 0 ? DEFAULT_APP : segments.join("/"),
    stream,
    param: joinParameters(query, fragment),
  };
}

/**
 * A stream name without what some encoders append to it: librtmp's options, as in `key live=1 flashVer=...`. A name
 * has no blanks; the value of a parameter may have some.
 */
function withoutOptions(streamName: string): string {
  const text = streamName.trim();
  const blank = text.search(BLANK);
  if (blank < 0) return text;
  const mark = text.search(/[?#]/);
  if (mark < 0 || blank < mark) return text.slice(0, blank);
  const option = text.search(OPTION);
  return option < 0 ? text : text.slice(0, option).trimEnd();
}

/** Whether the path of the tcUrl is the app and one segment more: the stream, where its name is known. */
function endsWithStream(
  path: readonly string[],
  app: string | undefined,
  nameSegments: readonly string[],
  streamName: string | undefined,
): boolean {
  if (app === undefined || path.length < 2) return false;
  const segments = segmentsOf(splitParameters(app.trim()).path);
  if (segments.length === 0 || path.length !== segments.length + 1) return false;
  if (segments.some((segment, index) => path[index] !== segment)) return false;
  return streamName === undefined || (nameSegments.length === 1 && nameSegments[0] === path.at(-1));
}

/** Some SDKs quote what they send. By hand: `/['"]+$/` starts again at each of 60,000 quotes in the middle. */
function withoutQuotes(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isQuote(text[start])) start += 1;
  while (end > start && isQuote(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

function isQuote(character: string | undefined): boolean {
  return character === "'" || character === '"';
}

/** A text cut at its first `?` and `#`; the query loses its mark, the fragment keeps it. */
function splitParameters(text: string): { path: string; query: string; fragment: string } {
  const dotted = text.replace(DOTTED_VHOST, "?vhost=");
  const hash = dotted.indexOf("#");
  const fragment = hash < 0 ? "" : dotted.slice(hash);
  const beforeHash = hash < 0 ? dotted : dotted.slice(0, hash);
  const mark = beforeHash.indexOf("?");
  if (mark < 0) return { path: beforeHash, query: "", fragment };
  return { path: beforeHash.slice(0, mark), query: beforeHash.slice(mark + 1), fragment };
}

/** The segments of a path that mean something. */
function segmentsOf(path: string): string[] {
  if (path === "") return [];
  return path.split("/").filter((segment) => segment !== "" && segment !== DEFAULT_INSTANCE);
}

function readAuthority(authority: string, schema: string, tcUrl: string): { host: string; port: number } {
  const address = authority.slice(authority.lastIndexOf("@") + 1);
  const defaultPort = DEFAULT_PORTS[schema.toLowerCase()] ?? OTHER_PORT;
  let host = address;
  let portText = "";
  const bracket = address.startsWith("[") ? address.indexOf("]") : -1;
  if (bracket > 0) {
    host = address.slice(1, bracket);
    const rest = address.slice(bracket + 1);
    if (rest !== "" && !rest.startsWith(":")) throw invalidTcUrl(tcUrl, `nothing but a port may follow ]`);
    portText = rest.slice(1);
  } else if (address.indexOf(":") === address.lastIndexOf(":") && address.includes(":")) {
    // More than one colon without brackets is a bare IPv6 address.
    const colon = address.indexOf(":");
    host = address.slice(0, colon);
    portText = address.slice(colon + 1);
  }
  if (host === "") throw invalidTcUrl(tcUrl, "it names no host");
  if (portText === "") return { host, port: defaultPort };

  const port = Number(portText);
  if (!/^\d+$/.test(portText) || port > MAX_PORT) {
    throw invalidTcUrl(tcUrl, `the port must be 1 to ${MAX_PORT}`);
  }
  return { host, port: port === 0 ? defaultPort : port };
}

/** Some encoders put the stream after the tcUrl's parameters: `?secret=x/livestream`. */
function takeTail(query: string): { query: string; stream: string } {
  const slash = query.lastIndexOf("/");
  if (slash < 0) return { query, stream: "" };
  return { query: query.slice(0, slash), stream: query.slice(slash + 1).replace(BLANKS, "") };
}

function vhostParameter(query: string): string | undefined {
  if (query === "") return undefined;
  const named = { vhost: "", domain: "" };
  for (const parameter of query.split(SEPARATORS)) {
    const equals = parameter.indexOf("=");
    if (equals < 0) continue;
    const key = parameter.slice(0, equals);
    if (key !== "vhost" && key !== "domain") continue;
    const value = parameter.slice(equals + 1).replace(BLANKS, "").replaceAll("/", "");
    if (value !== "") named[key] = value;
  }
  const vhost = named.vhost || named.domain;
  return vhost === "" || vhost === DEFAULT_VHOST ? undefined : vhost;
}

/** The parameters as one text; a lone word for the default vhost is none. */
function joinParameters(query: string, fragment: string): string {
  const saysNothing = query === "" || query === `vhost=${DEFAULT_VHOST}` ||
    query === `domain=${DEFAULT_VHOST}`;
  if (saysNothing && fragment === "") return "";
  return `?${saysNothing ? "" : query}${fragment}`;
}

function invalidTcUrl(tcUrl: string, why: string): ProtocolError {
  const shown = JSON.stringify(tcUrl.slice(0, MAX_SHOWN_LENGTH));
  return new ProtocolError(ProtocolErrorCode.Command, `Cannot read tcUrl ${shown}: ${why}`);
}
