/**
 * Members that come and go, also while somebody goes through them.
 *
 * @module
 */
import fc from "fast-check";
import { type Member, SwapRemoveList } from "../../core/swap_remove_list.ts";
import { assert, assertEquals } from "../support/assert.ts";

interface Guest extends Member {
  readonly number: number;
}

function guest(number: number): Guest {
  return { number, index: -1 };
}

function numbersIn(list: SwapRemoveList<Guest>): number[] {
  return [...list].map(({ number }) => number).sort((a, b) => a - b);
}

Deno.test("SwapRemoveList has the members that a set would have, whatever comes and goes", () => {
  const steps = fc.array(fc.record({ number: fc.nat(12), comes: fc.boolean() }), { maxLength: 60 });
  fc.assert(fc.property(steps, (steps) => {
    const list = new SwapRemoveList<Guest>();
    const model = new Map<number, Guest>();
    for (const { number, comes } of steps) {
      const known = model.get(number);
      if (comes && known === undefined) {
        const added = guest(number);
        model.set(number, added);
        list.add(added);
      } else if (!comes) {
        assertEquals(list.delete(known ?? guest(number)), known !== undefined);
        model.delete(number);
        if (known !== undefined) assert(!list.delete(known), "it can leave once");
      }
      assertEquals(list.size, model.size);
      assertEquals(numbersIn(list), [...model.keys()].sort((a, b) => a - b));
    }
  }));
});

Deno.test("SwapRemoveList lets nobody out who stays while somebody goes through it, and nobody in who has left", () => {
  const steps = fc.array(fc.array(fc.record({ number: fc.nat(15), comes: fc.boolean() }), { maxLength: 6 }));
  fc.assert(fc.property(fc.nat(15), steps, (count, steps) => {
    const list = new SwapRemoveList<Guest>();
    const here = new Map(Array.from({ length: count }, (_, i) => [i, guest(i)]));
    for (const member of here.values()) list.add(member);
    const stayed = new Set(here.values());
    const met = new Set<Guest>();
    let step = 0;
    for (const member of list) {
      assertEquals(here.get(member.number), member, "who is met is here");
      met.add(member);
      for (const { number, comes } of steps[step++] ?? []) {
        const known = here.get(number);
        if (comes && known === undefined) {
          const added = guest(number);
          here.set(number, added);
          list.add(added);
        } else if (!comes && known !== undefined) {
          list.delete(known);
          stayed.delete(known);
          here.delete(number);
        }
      }
    }
    assert([...stayed].every((member) => met.has(member)), "who stays is met");
  }));
});
