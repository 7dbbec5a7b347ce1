/**
 * What systemd is notified of: from its variables to its datagrams, without it.
 *
 * @module
 */
import { readServiceManager, ServiceManager } from "../../app/service_manager.ts";
import { assertEquals } from "../support/assert.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { QUIET_TOML, ServerProcess } from "../support/process/server_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const PID = 7;

function read(variables: Readonly<Record<string, string>>) {
  return readServiceManager((name) => variables[name], PID);
}

/** A service manager's socket. */
class Manager implements Disposable {
  readonly path: string;
  readonly #socket: Deno.DatagramConn;

  constructor(directory: string) {
    this.path = `${directory}/notify`;
    this.#socket = Deno.listenDatagram({ transport: "unixpacket", path: this.path });
  }

  /** The next datagram. */
  async next(): Promise<string> {
    const [bytes] = await this.#socket.receive();
    return new TextDecoder().decode(bytes);
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

Deno.test("readServiceManager() takes what is meant for this process", () => {
  const socket = "/run/systemd/notify";
  assertEquals(read({}), undefined);
  assertEquals(read({ NOTIFY_SOCKET: "" }), undefined);
  assertEquals(read({ NOTIFY_SOCKET: "vsock:2:1234" }), undefined);
  assertEquals(read({ NOTIFY_SOCKET: socket }), { socket });
  assertEquals(read({ NOTIFY_SOCKET: "@a", RUNTIME_DIRECTORY: "/run/srs:/run/b" }), {
    socket: "@a",
    directory: "/run/srs",
  });
  const watched = { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "30000000" };
  assertEquals(read(watched), { socket, watchdogMs: 30_000 });
  assertEquals(read({ ...watched, WATCHDOG_PID: "7" }), { socket, watchdogMs: 30_000 });
  assertEquals(read({ ...watched, WATCHDOG_PID: "8" }), { socket });
  assertEquals(read({ NOTIFY_SOCKET: socket, WATCHDOG_USEC: "x" }), { socket });
});

Deno.test("ServiceManager sends a sign of life at half of the time, and a status", async () => {
  await using directory = await temporaryDirectory();
  using manager = new Manager(directory.path);
  const clock = new ManualClock();
  const lines: string[] = [];
  const log = { write: (_level: unknown, _id: unknown, message: string) => void lines.push(message) };
  const facts = { socket: manager.path, directory: directory.path, watchdogMs: 6000 };
  {
    using service = ServiceManager.open(facts, { clock, log, status: () => "Serving" });
    service?.ready();
    assertEquals(await manager.next(), "READY=1\nSTATUS=Serving");
    await clock.advance(2999);
    service?.reloading();
    assertEquals(await manager.next(), "RELOADING=1");
    await clock.advance(1);
    assertEquals(await manager.next(), "WATCHDOG=1");
    await clock.advance(7000);
    assertEquals([await manager.next(), await manager.next()], ["WATCHDOG=1", "WATCHDOG=1"]);
    assertEquals(await manager.next(), "STATUS=Serving");
    await service?.stopping();
    assertEquals(await manager.next(), "STOPPING=1\nSTATUS=Stopping");
    // It may take long, and is still alive.
    service?.ready();
    await clock.advance(11_000);
    const later = [await manager.next(), await manager.next(), await manager.next()];
    assertEquals(later, ["WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"]);
  }
  assertEquals([clock.timers, lines], [0, []]);
  assertEquals(Array.from(Deno.readDirSync(directory.path), ({ name }) => name), ["notify"]);
});

Deno.test("ServiceManager says once that nobody is there", async () => {
  await using directory = await temporaryDirectory();
  const lines: string[] = [];
  const log = { write: (_level: unknown, _id: unknown, message: string) => void lines.push(message) };
  const clock = new ManualClock();
  const facts = { socket: `${directory.path}/none`, directory: directory.path };
  using service = ServiceManager.open(facts, { clock, log, status: () => "Serving" });
  service?.ready();
  await service?.stopping();
  assertEquals(lines, ["Cannot notify the service manager"]);
  assertEquals(
    ServiceManager.open({ ...facts, directory: "/nowhere" }, { clock, log, status: () => "" }),
    undefined,
  );
});

Deno.test("srs notifies of its start, its life and its end", async () => {
  await using directory = await temporaryDirectory();
  using manager = new Manager(directory.path);
  const env = { NOTIFY_SOCKET: manager.path, WATCHDOG_USEC: "200000" };
  await using server = await ServerProcess.start({ toml: QUIET_TOML, env });
  const seen: string[] = [];
  for (const wanted of ["READY=1\nSTATUS=Serving 0 connections", "WATCHDOG=1", "WATCHDOG=1"]) {
    seen.push(await manager.next());
    assertEquals(seen.at(-1), wanted);
  }
  server.signal("SIGTERM");
  while (!seen.at(-1)?.startsWith("STOPPING=1")) seen.push(await manager.next());
  assertEquals((await server.finished).code, 0);
});

Deno.test("srs notifies of a reload, whatever comes of it", async () => {
  await using directory = await temporaryDirectory();
  using manager = new Manager(directory.path);
  const env = { NOTIFY_SOCKET: manager.path };
  await using server = await ServerProcess.start({ toml: QUIET_TOML, env });
  assertEquals(await manager.next(), "READY=1\nSTATUS=Serving 0 connections");
  server.signal("SIGHUP");
  assertEquals(await manager.next(), "RELOADING=1");
  assertEquals(await manager.next(), "READY=1\nSTATUS=Serving 0 connections");
});

Deno.test("ServiceManager takes the place of a killed process that had the same id", async () => {
  await using directory = await temporaryDirectory();
  using manager = new Manager(directory.path);
  const path = `${directory.path}/srs.notify.${Deno.pid}`;
  // Closing it leaves the file, as the end of a process does.
  Deno.listenDatagram({ transport: "unixpacket", path }).close();
  const log = { write: (_level: unknown, _id: unknown, message: string) => assertEquals(message, "") };
  const facts = { socket: manager.path, directory: directory.path };
  using service = ServiceManager.open(facts, { clock: new ManualClock(), log, status: () => "Serving" });
  service?.ready();
  assertEquals(await manager.next(), "READY=1\nSTATUS=Serving");
});
