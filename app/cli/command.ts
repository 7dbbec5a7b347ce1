/**
 * What a command line can ask for.
 *
 * @module
 */

import type { CommandName, HelpTopic } from "./command_table.ts";

/** What the operator wants. `file` is `undefined` where no configuration was named. */
export type Command =
  | { readonly kind: "serve"; readonly file: string | undefined }
  | { readonly kind: "config check"; readonly file: string | undefined }
  | { readonly kind: "config print"; readonly file: string | undefined }
  | ConvertCommand
  | SignCommand
  | HooksServeCommand
  | HooksTestCommand
  | { readonly kind: "hooks list"; readonly file: string | undefined }
  | { readonly kind: "hooks dead"; readonly file: string | undefined }
  | HooksReplayCommand
  | HooksDropCommand
  | { readonly kind: "version" }
  /** `topic` is `undefined` for the program as a whole. */
  | { readonly kind: "help"; readonly topic: HelpTopic | undefined };

/** Print another program's configuration as ours. */
export interface ConvertCommand {
  /** Tells the commands apart. */
  readonly kind: "config convert";
  /** The other program's file. */
  readonly file: string;
  /** Exit with 0 whatever is lost. */
  readonly force: boolean;
}

/** Sign the address of a stream. */
export interface SignCommand {
  /** Tells the commands apart. */
  readonly kind: "sign";
  /** `rtmp://host/app/stream`, with or without parameters. */
  readonly url: string;
  /** What whoever has it may do. */
  readonly action: "publish" | "play";
  /** How long it may be used, whole seconds. */
  readonly validSeconds: number;
  /** The only address that may use it, `""` for any. */
  readonly ip: string;
  /** The configuration, `undefined` for the defaults. */
  readonly file: string | undefined;
}

/** Run the default hook server. */
export interface HooksServeCommand {
  /** Tells the commands apart. */
  readonly kind: "hooks serve";
  /** Address to listen on. */
  readonly hostname: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Events that get a no. */
  readonly deny: readonly string[];
  /** HTTP status of every answer, 200 to 599. */
  readonly status: number | undefined;
  /** Pause before every answer, milliseconds. */
  readonly delayMs: number;
  /** Answer with objects. */
  readonly json: boolean;
  /** Secrets that signatures are verified with. */
  readonly secrets: readonly string[];
  /** Mask tokens and keys in the printed lines. */
  readonly mask: boolean;
}

/** Make one call with sample values. */
export interface HooksTestCommand {
  /** Tells the commands apart. */
  readonly kind: "hooks test";
  /** One of the hook events. */
  readonly event: string;
  /** The configuration, `undefined` for the defaults. */
  readonly file: string | undefined;
  /** Given values by flag: `vhost`, `app`, `stream`, `param`, `ip`. */
  readonly values: Readonly<Record<string, string>>;
}

/** Put calls back that were given up. */
export interface HooksReplayCommand {
  /** Tells the commands apart. */
  readonly kind: "hooks replay";
  /** The configuration, `undefined` for the defaults. */
  readonly file: string | undefined;
  /** Which calls. */
  readonly ids: readonly string[] | "all";
  /** Where they go, `undefined` for the addresses that they had. */
  readonly to: string | undefined;
}

/** Forget calls that were given up. */
export interface HooksDropCommand {
  /** Tells the commands apart. */
  readonly kind: "hooks drop";
  /** The configuration, `undefined` for the defaults. */
  readonly file: string | undefined;
  /** Which calls. */
  readonly ids: readonly string[] | "all";
}

/** Arguments that make no command. */
export interface UsageError {
  /** Tells it from a command. */
  readonly kind: "usage";
  /** What is wrong. */
  readonly message: string;
  /** What was meant, where it can be told. */
  readonly suggestion: string | undefined;
  /** The command whose help would help; `undefined` for the program's. */
  readonly topic: CommandName | undefined;
}
