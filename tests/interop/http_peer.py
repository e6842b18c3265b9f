"""A web server of the standard library, and CPython's own HTTPHandler, for comparison.

Prints its port, then a line of JSON for each request that it gets. Each line on stdin is a case,
{host, url, method, credentials, fields}, that CPython's HTTPHandler sends to it; what that handler
reports as an error is a line as well.
"""
import http.server
import json
import logging
import logging.handlers
import sys
import threading

lock = threading.Lock()


def say(what):
    with lock:
        print(json.dumps(what), flush=True)


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        say({"method": self.command, "path": self.path, "headers": headers, "body": body.decode("latin1")})
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_GET = do_POST = answer

    def log_message(self, *args):
        pass


class Reporting(logging.handlers.HTTPHandler):
    def handleError(self, record):
        say({"error": type(sys.exc_info()[1]).__name__})


def revive(value):
    if isinstance(value, dict):
        if "$bytes" in value:
            return bytes(value["$bytes"])
        return {key: revive(item) for key, item in value.items()}
    return [revive(item) for item in value] if isinstance(value, list) else value


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)

for line in sys.stdin:
    case = json.loads(line)
    fields = revive(case["fields"])
    for time in ("created", "msecs", "relativeCreated"):
        fields[time] = float(fields[time])
    if isinstance(fields["args"], list):
        fields["args"] = tuple(fields["args"])
    credentials = case["credentials"] and tuple(case["credentials"])
    handler = Reporting(case["host"], case["url"], case["method"], credentials=credentials)
    record = logging.makeLogRecord({})
    record.__dict__.clear()
    record.__dict__.update(fields)
    handler.handle(record)
