/**
 * How much one body of AMF may become: counts values and levels, also those that references repeat. Pure.
 *
 * @module
 */
import type { Amf0Value } from "./amf0_value.ts";
import type { WireLimitName, WireLimits } from "./limits.ts";
import { ProtocolError, ProtocolErrorCode } from "./protocol_error.ts";

/** What a reference may point to, with what it costs to have it a second time. */
export interface Referable {
  /** What it is; `undefined` until it is known. */
  value: Amf0Value;
  /** Values in it, itself included; 0 while it is still being read. */
  nodes: number;
  /** Levels in it, itself included. */
  height: number;
  /** The budget's state around it. */
  readonly nodesBefore: number;
  /** The deepest level that the object around it had when it began. */
  readonly outerDeepest: number;
}

/** The account of one body. */
export class AmfBudget {
  readonly #limits: WireLimits;
  #nodes = 0;
  #depth = 0;
  /** Deepest level since the innermost open object began. */
  #deepest = 0;

  /** An empty account. */
  constructor(limits: WireLimits) {
    this.#limits = limits;
  }

  /**
   * One value more, or several.
   *
   * @throws {ProtocolError} `Limit`
   */
  count(nodes: number): void {
    const { maxAmfNodes } = this.#limits;
    this.#nodes += nodes;
    if (this.#nodes > maxAmfNodes) {
      throw past("max_amf_nodes", `more than ${maxAmfNodes} values in one message`);
    }
  }

  /**
   * So many values are announced. What would be past the limit is refused before anything of it is read.
   *
   * @throws {ProtocolError} `Limit`
   */
  expect(nodes: number): void {
    this.count(nodes);
    this.#nodes -= nodes;
  }

  /**
   * An object or array begins, already counted as a value.
   *
   * @throws {ProtocolError} `Limit`
   */
  open(value: Amf0Value): Referable {
    const outerDeepest = this.#deepest;
    this.#depth += 1;
    this.#reach(this.#depth);
    this.#deepest = this.#depth;
    return { value, nodes: 0, height: 0, nodesBefore: this.#nodes - 1, outerDeepest };
  }

  /** The innermost open object ends. */
  close(referable: Referable): void {
    referable.nodes = this.#nodes - referable.nodesBefore;
    referable.height = this.#deepest - this.#depth + 1;
    this.#deepest = Math.max(referable.outerDeepest, this.#deepest);
    this.#depth -= 1;
  }

  /**
   * A finished object is referred to again, its reference already counted as a value.
   *
   * @throws {ProtocolError} `Limit`
   */
  repeat(referable: Referable): void {
    this.count(referable.nodes);
    this.#reach(this.#depth + referable.height);
  }

  #reach(level: number): void {
    const { maxAmfDepth } = this.#limits;
    if (level > maxAmfDepth) {
      throw past("max_amf_depth", `objects are nested deeper than ${maxAmfDepth} levels`);
    }
    if (level > this.#deepest) this.#deepest = level;
  }
}

function past(limit: WireLimitName, detail: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.Limit, `Cannot decode AMF: ${detail}`, { limit });
}
