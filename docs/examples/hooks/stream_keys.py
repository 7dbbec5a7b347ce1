"""An encoder's stream key is its secret; players see a public name.
Usage: python3 stream_keys.py PORT"""
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAMES = {"sk-4f1d9c7730": "alice", "sk-b82e07a1d5": "bob"}


class Hooks(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections

    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = NAMES.get(event["stream"])
        if name is None:
            answer = {"code": 1, "msg": "Unknown stream key"}
        else:
            answer = {"code": 0, "data": {"stream": name}}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Hooks)
print("port", server.server_port, flush=True)
server.serve_forever()
