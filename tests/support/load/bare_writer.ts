/**
 * What a machine gives at most: writes so many bytes to every connection at each beat, and does nothing else. Prints
 * its port.
 *
 *     deno run -A tests/support/load/bare_writer.ts BYTES BEAT_MS
 *
 * @module
 */
const [length = 0, beatMs = 100] = Deno.args.map(Number);
const bytes = new Uint8Array(length);
const conns = new Set<Deno.TcpConn>();
const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });

setInterval(() => {
  for (const conn of conns) conn.write(bytes).catch(() => conns.delete(conn));
}, beatMs);
Deno.stdout.writeSync(new TextEncoder().encode(`${listener.addr.port}\n`));
for await (const conn of listener) conns.add(conn);
