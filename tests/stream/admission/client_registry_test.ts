/**
 * Tests of `stream/admission/client_registry.ts`: clients of any protocol are listed, kicked, swept and drained.
 *
 * @module
 */
import { ClientRegistry, type RegisteredClient } from "../../../stream/admission/client_registry.ts";
import { NO_USAGE } from "../../../stream/live/snapshot.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { clientOf } from "../../support/http/metrics_parts.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { clientsNow } from "../../support/stream/clients_now.ts";

function registry() {
  const clock = new ManualClock();
  const lines: string[] = [];
  let last = 0;
  const clients = new ClientRegistry({
    clock,
    clientIds: { next: () => ++last },
    log: { write: (level, clientId, message) => lines.push(`${level} ${clientId} ${message}`) },
  });
  return { clock, clients, lines };
}

function client(clients: ClientRegistry, changes: Partial<RegisteredClient> = {}) {
  const events: string[] = [];
  const gone = Promise.withResolvers<void>();
  const registered: RegisteredClient = {
    clientId: clients.nextId(),
    usage: () => ({ ...NO_USAGE, sendBytes: 5 }),
    snapshot: () => undefined,
    sweep: () => void events.push("sweep"),
    isOfVhost: () => false,
    kick: ({ holdMs }) => void events.push(`kick ${holdMs}`),
    end: (reason) => {
      events.push(reason);
      gone.resolve();
    },
    ...changes,
  };
  return { id: registered.clientId, events, gone, removed: clients.add(registered, () => gone.promise) };
}

Deno.test("ClientRegistry counts clients and the bytes of those that are gone", async () => {
  const { clients } = registry();
  const first = client(clients);
  client(clients);
  assertEquals([clients.size, clientsNow(clients).usage.sendBytes], [2, 10]);
  first.gone.resolve();
  await first.removed;
  const { accepted, connections, usage } = clientsNow(clients);
  assertEquals([clients.size, connections, accepted, usage.sendBytes], [1, 1, 2, 10]);
});

Deno.test("ClientRegistry.kick() ends the client with this id, and says whether there is one", () => {
  const { clients } = registry();
  const { id, events } = client(clients);
  assertEquals([clients.kick(id, { holdMs: 7 }), clients.kick(id + 1)], [true, false]);
  assertEquals(events, ["kick 7"]);
});

Deno.test("ClientRegistry.sweep() checks all clients, and ends one whose check fails", async () => {
  const { clients, clock, lines } = registry();
  const broken = client(clients, {
    sweep: () => {
      throw new Error("broken");
    },
  });
  const other = client(clients);
  await clock.advance(1000);
  clients.sweep();
  assertEquals([broken.events, other.events], [["protocol"], ["sweep"]]);
  assertEquals(lines, ["error 1 Bug: a connection failed in an unexpected way"]);
});

Deno.test("ClientRegistry.sweep() skips one sweep after a stall, and no more", async () => {
  const { clients, clock } = registry();
  const { events } = client(clients);
  await clock.advance(5000);
  clients.sweep();
  assertEquals(events, []);
  await clock.advance(5000);
  clients.sweep();
  assertEquals(events, ["sweep"]);
});

Deno.test("ClientRegistry.add() reports a client that fails as a bug, and forgets it", async () => {
  const { clients, lines } = registry();
  const { gone, removed } = client(clients);
  gone.reject(new Error("broken"));
  await removed;
  assertEquals([clients.size, lines.length], [0, 1]);
});

Deno.test("ClientRegistry.drain() ends all clients and waits until they are gone", async () => {
  const { clients } = registry();
  const [first, second] = [client(clients), client(clients)];
  await clients.drain();
  assertEquals([first.events, second.events, clients.size], [["shutdown"], ["shutdown"], 0]);
});

Deno.test("ClientRegistry.endVhosts() ends the clients of vhosts that are gone, and no others", () => {
  const { clients } = registry();
  const gone = client(clients, { isOfVhost: (isGone) => isGone("old.example") });
  const stays = client(clients, { isOfVhost: (isGone) => isGone("new.example") });
  clients.endVhosts((vhost) => vhost === "old.example");
  assertEquals([gone.events, stays.events], [["reload"], []]);
  stays.gone.resolve();
});

Deno.test("ClientRegistry.snapshot() has no client that leaves between its steps, but the bytes of it", async () => {
  const { clients, clock } = registry();
  const all = Array.from({ length: 600 }, () => listedClient(clients));
  const steps = clients.snapshot();
  assert(steps.next().done !== true);
  // The newest are looked at first: the last of them is listed, the first is not yet.
  const [first, last] = [all[0], all[599]];
  for (const one of [first, last]) {
    one?.gone.resolve();
    await one?.removed;
  }
  const late = listedClient(clients);
  await clock.advance(5);
  assert(steps.next().done !== true);
  const { done, value } = steps.next();
  assert(done === true);
  assertEquals([value?.clients.length, value?.connections, value?.accepted], [599, 600, 600]);
  assertEquals(value?.usage.sendBytes, 600 * 5);
  assertEquals(value?.clients.map(({ clientId }) => clientId), all.slice(1).map(({ id }) => id));
  assertEquals(clientsNow(clients).clients.at(-1)?.clientId, late.id);
  // Each has the age of the moment at which it was looked at.
  assertEquals([value?.clients.at(-1)?.aliveMs, value?.clients[0]?.aliveMs], [1000, 1005]);
});

function listedClient(clients: ClientRegistry) {
  const clientId = clients.nextId();
  return client(clients, {
    clientId,
    snapshot: (nowMs) => ({ ...clientOf(clientId), ...NO_USAGE, sendBytes: 5, aliveMs: nowMs }),
  });
}
