/**
 * `srs ctl streams`: list the streams of a running server.
 *
 * @module
 */
import type { CommandSpec } from "../command_spec.ts";
import { CTL_FLAGS, type CtlOptions, ctlOptions, printList } from "../ctl.ts";

/** List the streams of a running server. */
export interface CtlStreamsCommand extends CtlOptions {
  /** Tells the commands apart. */
  readonly kind: "ctl streams";
}

/** `srs ctl streams`. */
export const CTL_STREAMS: CommandSpec<CtlStreamsCommand> = {
  name: "ctl streams",
  operands: "",
  maxOperands: 0,
  description: "List the streams of a running server",
  flags: CTL_FLAGS,
  examples: ["srs ctl streams -c srs.toml"],
  parse: (args) => ({ kind: "ctl streams", ...ctlOptions(args) }),
  run: (options) =>
    printList(options, "streams", [
      ["ID", "id"],
      ["URL", "url"],
      ["PUBLISHER", "publish.cid"],
      ["CLIENTS", "clients"],
      ["VIDEO", "video.codec"],
      ["AUDIO", "audio.codec"],
      ["IN_KBPS", "kbps.recv_30s"],
      ["OUT_KBPS", "kbps.send_30s"],
      ["SECONDS", "alive"],
    ]),
};
