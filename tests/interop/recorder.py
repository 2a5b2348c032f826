"""A relay in front of a server, which keeps what clients ask and how many items they are given.

What a client filters by itself cannot be told from its results: it is told from what it asked for. The
relay is a process of its own, since clients hold Python up while they wait for an answer.
"""

import http.server
import json
import os
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request

FORWARDED = ("Accept", "Authorization", "Content-Type", "Host")


class Recorder:
    """Relays to the server at `base`; `self.base` is where clients find it."""

    def __init__(self, base, file):
        server, path = re.fullmatch(r"(http://[^/]+)(.*)", base).groups()
        command = [sys.executable, __file__, server, str(file)]
        # It ends when its standard input does, however this process ends.
        self.relay = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        port = int(self.relay.stdout.readline())
        self.file = file
        self.base = f"http://127.0.0.1:{port}{path}"

    def asked(self):
        with open(self.file, encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    def items(self, done):
        """The questions for items that `done` asks, each with how many it was given, and its result."""
        before = len(self.asked())
        result = done()
        return [(path, given) for path, given in self.asked()[before:] if "/items" in path], result


def relaying(server, file):
    class Relay(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            # With the name the client knows, so that links lead here again.
            headers = {name: self.headers[name] for name in FORWARDED if name in self.headers}
            request = urllib.request.Request(server + self.path, headers=headers, method=self.command)
            try:
                answer = urllib.request.urlopen(request)
            except urllib.error.HTTPError as refusal:
                answer = refusal
            body = answer.read()
            given = answer.headers.get("OGC-NumberReturned")
            file.write(json.dumps([self.path, int(given) if given else 0]) + "\n")
            file.flush()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                if name.lower() not in ("connection", "content-length", "date", "transfer-encoding"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_OPTIONS = do_GET

        def log_message(self, *_):
            pass

    return Relay


def main(server, name):
    with open(name, "a", encoding="utf-8") as file:
        relay = http.server.ThreadingHTTPServer(("127.0.0.1", 0), relaying(server, file))
        threading.Thread(target=relay.serve_forever, daemon=True).start()
        print(relay.server_port, flush=True)
        sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
