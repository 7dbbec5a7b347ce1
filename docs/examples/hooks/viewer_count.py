"""Counts the viewers of each stream, over restarts of server and service: GET / shows them.
Usage: python3 viewer_count.py PORT FILE"""
import json
import sqlite3
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COUNT = "SELECT stream_url, count(*) FROM play WHERE ended = 0 GROUP BY stream_url"
START = "INSERT OR IGNORE INTO play VALUES (?, ?, 0)"
END = "INSERT INTO play VALUES (?, ?, 1) ON CONFLICT (session_id) DO UPDATE SET ended = 1"


class Hooks(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections

    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with sqlite3.connect(sys.argv[2]) as db:  # committed before the answer
            row = (event["session_id"], event["stream_url"])
            db.execute(START if event["action"] == "on_play" else END, row)
        self.answer(0)

    def do_GET(self):
        with sqlite3.connect(sys.argv[2]) as db:
            self.answer(dict(db.execute(COUNT).fetchall()))

    def answer(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


with sqlite3.connect(sys.argv[2]) as db:
    db.execute("CREATE TABLE IF NOT EXISTS play (session_id PRIMARY KEY, stream_url, ended)")
server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Hooks)
print("port", server.server_port, flush=True)
server.serve_forever()
