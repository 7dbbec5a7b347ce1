// A publisher or player needs the token of its stream: rtmp://host/live/livestream?token=...
// Usage: node token_check.mjs PORT
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const TOKENS = new Map([
  ["on_publish live/livestream", "publish-3c9e51"],
  ["on_play live/livestream", "play-b07d4a"],
]);
const digest = (text) => createHash("sha256").update(text).digest();

const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const { action, app, stream, param } = JSON.parse(Buffer.concat(parts));
  const token = new URLSearchParams(param).get("token") ?? "";
  const wanted = TOKENS.get(`${action} ${app}/${stream}`);
  const fits = wanted !== undefined && timingSafeEqual(digest(token), digest(wanted));
  response.end(JSON.stringify(fits ? { code: 0 } : { code: 1, msg: "This stream needs its token" }));
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => console.log(`port ${server.address().port}`));
