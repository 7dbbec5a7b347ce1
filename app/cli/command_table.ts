/**
 * The commands of `srs`: their words, flags and help texts.
 *
 * @module
 */

/** What a command is called in code. */
export type CommandName =
  | "serve"
  | "config check"
  | "config print"
  | "config convert"
  | "sign"
  | "hooks serve"
  | "hooks test"
  | "hooks list"
  | "hooks dead"
  | "hooks replay"
  | "hooks drop";

/** What help can be about: a command, or a group of commands by their first word. */
export type HelpTopic = CommandName | "config" | "hooks";

/** One flag. */
export interface FlagSpec {
  /** Without dashes. */
  readonly name: string;
  /** One letter, without dash. */
  readonly short?: string;
  /** The word for its value in help; a flag without one is a switch. */
  readonly value?: string;
  /** May be given more than once. */
  readonly repeats?: boolean;
  readonly description: string;
}

/** One command. */
export interface CommandSpec {
  readonly name: CommandName;
  /** Words behind the command's own, for help. */
  readonly operands: string;
  /** How many of them at most. */
  readonly maxOperands: number;
  readonly description: string;
  readonly flags: readonly FlagSpec[];
  readonly examples: readonly string[];
}

const CONFIG: FlagSpec = {
  name: "config",
  short: "c",
  value: "FILE",
  description: "configuration file (TOML)",
};
const SAMPLE: readonly FlagSpec[] = [
  { name: "vhost", value: "NAME", description: "vhost whose hooks are called (__defaultVhost__)" },
  { name: "app", value: "NAME", description: "app of the sample (live)" },
  { name: "stream", value: "NAME", description: "stream of the sample (livestream)" },
  { name: "param", value: "QUERY", description: "the stream's query, such as ?token=x" },
  { name: "ip", value: "ADDRESS", description: "the client's address (127.0.0.1)" },
];

/** All commands; the first one is meant when none is named. */
export const COMMANDS: readonly CommandSpec[] = Object.freeze([
  {
    name: "serve",
    operands: "",
    maxOperands: 0,
    description: "Serve RTMP; without a file everything has its default",
    flags: [CONFIG, { name: "test", short: "t", description: "check the configuration and exit 0 or 1" }],
    examples: ["srs", "srs -c srs.toml", "srs -t -c srs.toml"],
  },
  {
    name: "config check",
    operands: "[FILE]",
    maxOperands: 1,
    description: "Check a configuration and exit 0 or 1; all problems are listed",
    flags: [CONFIG],
    examples: ["srs config check srs.toml"],
  },
  {
    name: "config print",
    operands: "[FILE]",
    maxOperands: 1,
    description: "Print what is in force after defaults and environment, secrets masked",
    flags: [CONFIG],
    examples: ["srs config print", "SRS_LISTEN=19350 srs config print srs.toml"],
  },
  {
    name: "config convert",
    operands: "FILE",
    maxOperands: 1,
    description:
      "Print an SRS or nginx-rtmp configuration as TOML; what has no place is a comment there, and on stderr",
    flags: [{
      name: "force",
      description: "exit 0, not 3, when hooks, security, refer, cluster, forward, dvr or hls are lost",
    }],
    examples: ["srs config convert srs.conf > srs.toml"],
  },
  {
    name: "sign",
    operands: "URL",
    maxOperands: 1,
    description: "Sign the address of a stream with the first of its vhost's access.url_secrets",
    flags: [
      CONFIG,
      { name: "for", value: "ACTION", description: "publish or play (play)" },
      { name: "valid", value: "TIME", description: "seconds, or text such as 30m, 12h, 7d (1h)" },
      { name: "ip", value: "ADDRESS", description: "the only address that may use it" },
    ],
    examples: ["srs sign rtmp://example.com/live/livestream --for publish --valid 12h -c srs.toml"],
  },
  {
    name: "hooks serve",
    operands: "[ADDRESS]",
    maxOperands: 1,
    description: "Run the default hook server (127.0.0.1:8085), which accepts and prints every call",
    flags: [
      { name: "deny", value: "EVENT", repeats: true, description: "say no to an event, such as on_publish" },
      { name: "status", value: "N", description: "answer with this HTTP status, 200 to 599" },
      { name: "delay", value: "MS", description: "wait before every answer, milliseconds" },
      { name: "json", description: 'answer {"code":0,"data":null} instead of 0' },
      { name: "secret", value: "WHSEC", repeats: true, description: "verify the calls' signatures" },
      { name: "mask", description: "print *** in place of tokens, keys and passwords" },
    ],
    examples: [
      "srs hooks serve",
      "srs hooks serve 8085 --deny on_publish",
      "srs hooks serve 0.0.0.0:8085 --mask",
    ],
  },
  {
    name: "hooks test",
    operands: "EVENT",
    maxOperands: 1,
    description: "Make one call with sample values: request, reply, verdict, time",
    flags: [CONFIG, ...SAMPLE],
    examples: ["srs hooks test on_publish -c srs.toml --param '?token=x'"],
  },
  {
    name: "hooks list",
    operands: "",
    maxOperands: 0,
    description: "List the calls that wait in the outbox",
    flags: [CONFIG],
    examples: ["srs hooks list -c srs.toml"],
  },
  {
    name: "hooks dead",
    operands: "",
    maxOperands: 0,
    description: "List the calls that were given up",
    flags: [CONFIG],
    examples: ["srs hooks dead -c srs.toml"],
  },
  {
    name: "hooks replay",
    operands: "[ID...]",
    maxOperands: 1000,
    description: "Put calls that were given up back into the outbox",
    flags: [
      CONFIG,
      { name: "all", description: "all of them" },
      {
        name: "to",
        value: "URL",
        description: "send them to this address, which must be configured for their event",
      },
    ],
    examples: [
      "srs hooks replay --all -c srs.toml",
      "srs hooks replay --all --to http://127.0.0.1:8085/api/v1/streams -c srs.toml",
    ],
  },
  {
    name: "hooks drop",
    operands: "[ID...]",
    maxOperands: 1000,
    description: "Forget calls that were given up",
    flags: [CONFIG, { name: "all", description: "all of them" }],
    examples: ["srs hooks drop --all -c srs.toml"],
  },
]);

/** Flags that every command takes. */
export const COMMON_FLAGS: readonly FlagSpec[] = Object.freeze([
  { name: "help", short: "h", description: "show this help" },
  { name: "version", short: "v", description: "show the version" },
]);

/** The group of commands that begin with this word, `undefined` where there is none. */
export function helpGroup(word: string | undefined): "config" | "hooks" | undefined {
  return word === "config" || word === "hooks" ? word : undefined;
}

/**
 * The help text of one command, of a group of commands, or of the whole program.
 *
 * @param topic The command or group; `undefined` for the program.
 * @returns Lines, the last one ended.
 */
export function helpText(topic?: HelpTopic): string {
  const command = COMMANDS.find((candidate) => candidate.name === topic);
  if (command !== undefined) return commandHelp(command);
  const group = helpGroup(topic);
  return group === undefined ? mainHelp() : groupHelp(group);
}

function groupHelp(group: "config" | "hooks"): string {
  const commands = COMMANDS.filter(({ name }) => name.startsWith(`${group} `));
  return lines([
    group === "config" ? "Check, print and convert configurations." : "Try, list and repair hook calls.",
    "",
    "Usage:",
    ...commands.map((command) => row(usage(command), command.description, 32)),
    "",
    "Examples:",
    ...commands.flatMap(({ examples }) => examples.slice(0, 1)).map((example) => `  ${example}`),
    "",
    `srs ${group} COMMAND --help shows more about one command.`,
  ]);
}

function mainHelp(): string {
  return lines([
    "srs - a live streaming server: RTMP in, RTMP out, and your own HTTP service decides.",
    "",
    "Usage:",
    ...COMMANDS.map((command) => row(usage(command), command.description, 32)),
    "",
    "Options:",
    ...flagRows([...(COMMANDS[0]?.flags ?? []), ...COMMON_FLAGS]),
    "",
    "Examples:",
    "  srs                                 serve rtmp://localhost/live/livestream",
    "  srs -c srs.toml                     serve as the file says",
    "  srs config convert srs.conf         move from SRS's own syntax",
    "  srs hooks serve                     see every callback that the server makes",
    "",
    "srs COMMAND --help shows more about one command.",
  ]);
}

function commandHelp(command: CommandSpec): string {
  return lines([
    `${command.description}.`,
    "",
    "Usage:",
    `  ${usage(command)} [OPTIONS]`,
    "",
    "Options:",
    ...flagRows([...command.flags, ...COMMON_FLAGS]),
    "",
    "Examples:",
    ...command.examples.map((example) => `  ${example}`),
  ]);
}

function usage({ name, operands }: CommandSpec): string {
  const words = name === "serve" ? "srs" : `srs ${name}`;
  return operands === "" ? words : `${words} ${operands}`;
}

function flagRows(flags: readonly FlagSpec[]): string[] {
  return flags.map(({ name, short, value, description }) => {
    const long = value === undefined ? `--${name}` : `--${name} ${value}`;
    return row(short === undefined ? `    ${long}` : `-${short}, ${long}`, description, 24);
  });
}

function row(left: string, right: string, width: number): string {
  return `  ${left.padEnd(width)}  ${right}`;
}

function lines(texts: readonly string[]): string {
  return `${texts.join("\n")}\n`;
}
