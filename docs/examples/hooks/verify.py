"""Usage: HOOK_SECRET=whsec_... python3 verify.py PORT"""
import base64
import hashlib
import hmac
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = base64.b64decode(os.environ["HOOK_SECRET"].removeprefix("whsec_"))


def is_signed(headers, body):
    at = headers.get("webhook-timestamp", "")
    if not at.isdecimal() or abs(time.time() - int(at)) > 300:
        return False
    signed = f"{headers.get('webhook-id', '')}.{at}.".encode() + body
    expected = b"v1," + base64.b64encode(hmac.digest(KEY, signed, hashlib.sha256))
    signatures = headers.get("webhook-signature", "").encode().split(b" ")
    return any(hmac.compare_digest(expected, signature) for signature in signatures)


class Hooks(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = is_signed(self.headers, body)
        self.send_response(200 if signed else 401)
        self.send_header("Content-Length", "1" if signed else "0")
        self.end_headers()
        self.wfile.write(b"0" if signed else b"")


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Hooks)
print("port", server.server_port, flush=True)
server.serve_forever()
