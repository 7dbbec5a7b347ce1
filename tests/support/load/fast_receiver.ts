/**
 * A service that answers everything with `0`, as fast as it can, in a process of its own: for benches.
 * Prints its port, then counts requests; a line on stdin makes it print the count.
 *
 * @module
 */
const seen = { count: 0 };
const reply = new TextEncoder().encode("0");
const headers = { "content-type": "application/json" };
const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: ({ port }) => say(String(port)) },
  async (request) => {
    await request.text();
    seen.count++;
    return new Response(reply, { headers });
  },
);
for await (const _ of Deno.stdin.readable) say(String(seen.count));
await server.shutdown();

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
