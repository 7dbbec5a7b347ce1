/**
 * The book of names over all threads: who gets a name, who is asked about it, when it is free.
 *
 * @module
 */
import { NOTHING_READ } from "../../../stream/live/read_mark.ts";
import { NameDirectory, type NameOwner } from "../../../app/threads/name_directory.ts";
import type { HolderFacts } from "../../../app/threads/thread_messages.ts";
import { assertEquals } from "../../support/assert.ts";

const KEY = "__defaultVhost__/live/livestream";
const FACTS: HolderFacts = { ip: "127.0.0.1", live: true, leaving: false, id: 7, reads: NOTHING_READ };

/** A thread that keeps what the directory tells it. */
class TestOwner implements NameOwner {
  readonly told: unknown[] = [];

  describe(query: number, key: string): void {
    this.told.push(["describe", query, key]);
  }

  claimed(claim: number, holder: HolderFacts | undefined, time: number): void {
    this.told.push(["claimed", claim, holder, ...(time === 0 ? [] : [time])]);
  }

  replace(key: string, clientId: number): void {
    this.told.push(["replace", key, clientId]);
  }
}

Deno.test("NameDirectory.claim() gives a free name at once, and again to its owner", () => {
  const names = new NameDirectory(() => 0);
  const owner = new TestOwner();
  names.claim(owner, 1, KEY);
  names.claim(owner, 2, KEY);
  assertEquals(owner.told, [["claimed", 1, undefined], ["claimed", 2, undefined]]);
});

Deno.test("NameDirectory.claim() asks the owner and tells another thread what it says", () => {
  const names = new NameDirectory(() => 0);
  const [owner, other] = [new TestOwner(), new TestOwner()];
  names.claim(owner, 1, KEY);
  names.claim(other, 7, KEY);
  assertEquals(owner.told.at(-1), ["describe", 1, KEY]);
  assertEquals(other.told, []);
  names.described(1, FACTS);
  assertEquals(other.told, [["claimed", 7, FACTS]]);
});

Deno.test("NameDirectory tells names apart, and threads that hold different ones", () => {
  const names = new NameDirectory(() => 0);
  const [first, second] = [new TestOwner(), new TestOwner()];
  names.claim(first, 1, KEY);
  names.claim(second, 1, `${KEY}2`);
  assertEquals(second.told, [["claimed", 1, undefined]]);
});

Deno.test("NameDirectory keeps a name until its owner's last claim is given back", () => {
  const names = new NameDirectory(() => 0);
  const [owner, other] = [new TestOwner(), new TestOwner()];
  names.claim(owner, 1, KEY);
  names.claim(owner, 2, KEY);
  names.disclaim(owner, KEY, 0);
  names.claim(other, 1, KEY);
  names.described(1, FACTS);
  assertEquals(other.told, [["claimed", 1, FACTS]]);
  names.disclaim(owner, KEY, 0);
  names.claim(other, 2, KEY);
  assertEquals(other.told.at(-1), ["claimed", 2, undefined]);
});

Deno.test("NameDirectory.disclaim() of somebody who is not the owner changes nothing", () => {
  const names = new NameDirectory(() => 0);
  const [owner, other] = [new TestOwner(), new TestOwner()];
  names.claim(owner, 1, KEY);
  names.disclaim(other, KEY, 0);
  names.disclaim(other, "nobody/has/it", 0);
  names.claim(other, 1, KEY);
  assertEquals(owner.told.at(-1), ["describe", 1, KEY]);
});

Deno.test("NameDirectory gives a name that became free while its owner was asked", () => {
  const names = new NameDirectory(() => 0);
  const [owner, other] = [new TestOwner(), new TestOwner()];
  names.claim(owner, 1, KEY);
  names.claim(other, 1, KEY);
  names.disclaim(owner, KEY, 0);
  names.described(1, undefined);
  assertEquals(other.told, [["claimed", 1, undefined]]);
  names.claim(owner, 2, KEY);
  assertEquals(other.told.at(-1), ["describe", 2, KEY]);
});

Deno.test("NameDirectory says of a name between two claims that its holder is leaving", () => {
  const names = new NameDirectory(() => 0);
  const [owner, other] = [new TestOwner(), new TestOwner()];
  names.claim(owner, 1, KEY);
  names.claim(other, 1, KEY);
  names.described(1, undefined);
  assertEquals(other.told, [["claimed", 1, {
    ip: "",
    live: false,
    leaving: true,
    id: 0,
    reads: NOTHING_READ,
  }]]);
});

Deno.test("NameDirectory.described() counts once for each question", () => {
  const names = new NameDirectory(() => 0);
  const [owner, other] = [new TestOwner(), new TestOwner()];
  names.claim(owner, 1, KEY);
  names.claim(other, 1, KEY);
  names.described(1, FACTS);
  names.described(1, FACTS);
  names.described(99, FACTS);
  assertEquals(other.told.length, 1);
});

Deno.test("NameDirectory.gone() frees the names of a thread that has failed, and those alone", () => {
  const names = new NameDirectory(() => 0);
  const [failed, other, third] = [new TestOwner(), new TestOwner(), new TestOwner()];
  names.claim(failed, 1, KEY);
  names.claim(other, 1, `${KEY}2`);
  names.claim(third, 1, KEY);
  names.gone(failed);
  names.described(1, undefined);
  assertEquals(third.told, [["claimed", 1, undefined]]);
  names.claim(third, 2, `${KEY}2`);
  assertEquals(other.told.at(-1), ["describe", 2, `${KEY}2`]);
});

Deno.test("NameDirectory gives no name to a thread that has failed, whatever of it arrives late", () => {
  const names = new NameDirectory(() => 0);
  const [failed, other] = [new TestOwner(), new TestOwner()];
  names.claim(other, 1, KEY);
  names.claim(failed, 1, KEY);
  names.gone(failed);
  // Sent before it failed.
  names.claim(failed, 2, `${KEY}2`);
  names.claim(other, 2, `${KEY}2`);
  assertEquals(other.told.at(-1), ["claimed", 2, undefined]);
  // Asked before it failed; the name has become free meanwhile.
  names.disclaim(other, KEY, 0);
  names.described(1, undefined);
  names.claim(other, 3, KEY);
  assertEquals(other.told.at(-1), ["claimed", 3, undefined]);
});

Deno.test("NameDirectory.replace() reaches the owner of the name, and nobody when it is free", () => {
  const names = new NameDirectory(() => 0);
  const owner = new TestOwner();
  names.replace(KEY, 7);
  names.claim(owner, 1, KEY);
  names.replace(KEY, 7);
  assertEquals(owner.told, [["claimed", 1, undefined], ["replace", KEY, 7]]);
});

Deno.test("NameDirectory tells the next owner where the stream came to, for a while", () => {
  let nowMs = 0;
  const names = new NameDirectory(() => nowMs);
  const [first, second, third] = [new TestOwner(), new TestOwner(), new TestOwner()];
  names.claim(first, 1, KEY);
  names.disclaim(first, KEY, 5000);
  names.claim(second, 1, KEY);
  assertEquals(second.told, [["claimed", 1, undefined, 5000]]);
  names.disclaim(second, KEY, 7000);
  nowMs = 10_001;
  names.claim(third, 1, KEY);
  assertEquals(third.told, [["claimed", 1, undefined]], "ten seconds later nobody is on the way");
});
