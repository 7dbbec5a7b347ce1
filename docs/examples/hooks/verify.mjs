// Usage: HOOK_SECRET=whsec_... node verify.mjs PORT
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const key = Buffer.from(process.env.HOOK_SECRET.replace("whsec_", ""), "base64");

function isSigned(headers, body) {
  const { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": signatures = "" } = headers;
  if (!(Math.abs(Date.now() / 1000 - Number(time)) <= 300)) return false;
  const expected = createHmac("sha256", key).update(`${id}.${time}.`).update(body).digest("base64");
  return signatures.split(" ").some((signature) => {
    const [given, wanted] = [Buffer.from(signature), Buffer.from(`v1,${expected}`)];
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}

const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const signed = isSigned(request.headers, Buffer.concat(parts));
  response.writeHead(signed ? 200 : 401).end(signed ? "0" : "");
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => console.log(`port ${server.address().port}`));
