/**
 * Equal requests that wait for one call.
 *
 * @module
 */
import { SingleFlight } from "../../../hooks/decisions/single_flight.ts";
import { assert, assertEquals } from "../../support/assert.ts";

/** Calls that a test answers, and their signals. */
class Calls {
  readonly signals: AbortSignal[] = [];
  readonly #answers: PromiseWithResolvers<string>[] = [];

  /** The call of a flight. */
  readonly start = (signal: AbortSignal): Promise<string> => {
    this.signals.push(signal);
    const answer = Promise.withResolvers<string>();
    this.#answers.push(answer);
    return answer.promise;
  };

  answer(call: number, text: string): void {
    this.#answers[call]?.resolve(text);
  }
}

/** A signal that knows how many wait for its abort. */
class CountedSignal {
  readonly #controller = new AbortController();
  listeners = 0;

  get signal(): AbortSignal {
    const { signal } = this.#controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (type: string, listener: EventListenerOrEventListenerObject) => {
      this.listeners++;
      add(type, listener);
    };
    signal.removeEventListener = (type: string, listener: EventListenerOrEventListenerObject) => {
      this.listeners--;
      remove(type, listener);
    };
    return signal;
  }
}

Deno.test("SingleFlight.share() makes one call for all that wait for it, and another one afterwards", async () => {
  const [flights, calls] = [new SingleFlight<string>(), new Calls()];
  const signal = new AbortController().signal;
  const both = ["a", "a", "b"].map((key) => flights.share(key, signal, calls.start));
  calls.answer(0, "first");
  calls.answer(1, "other");
  assertEquals(await Promise.all(both), [
    { kind: "settled", value: "first", joined: false },
    { kind: "settled", value: "first", joined: true },
    { kind: "settled", value: "other", joined: false },
  ]);
  const next = flights.share("a", signal, calls.start);
  calls.answer(2, "second");
  assertEquals(await next, { kind: "settled", value: "second", joined: false });
});

Deno.test("SingleFlight.share() aborts the call when the last that waits has left, not before", async () => {
  const [flights, calls] = [new SingleFlight<string>(), new Calls()];
  const [one, other] = [new AbortController(), new AbortController()];
  const waiting = [one, other].map(({ signal }) => flights.share("a", signal, calls.start));
  one.abort();
  assertEquals([await waiting[0], calls.signals[0]?.aborted], [{ kind: "left" }, false]);
  other.abort();
  assertEquals([await waiting[1], calls.signals[0]?.aborted], [{ kind: "left" }, true]);
  // A call that is being aborted is not joined.
  const next = flights.share("a", new AbortController().signal, calls.start);
  calls.answer(1, "new");
  assertEquals(await next, { kind: "settled", value: "new", joined: false });
});

Deno.test("SingleFlight.share() of a client that has left before ends at once", async () => {
  const [flights, calls] = [new SingleFlight<string>(), new Calls()];
  assertEquals(await flights.share("a", AbortSignal.abort(), calls.start), { kind: "left" });
  assert(calls.signals[0]?.aborted);
});

Deno.test("SingleFlight.share() leaves nothing behind on the signal of a connection that goes on", async () => {
  const [flights, calls, counted] = [new SingleFlight<string>(), new Calls(), new CountedSignal()];
  const waiting = flights.share("a", counted.signal, calls.start);
  assertEquals(counted.listeners, 1);
  calls.answer(0, "yes");
  await waiting;
  assertEquals(counted.listeners, 0);
});
