"""A web server of the standard library, and CPython's own HTTPHandler, for comparison.

Prints its port, then a line of JSON for each request that it gets. Each line on stdin is a case,
{host, url, method, credentials, fields}, that CPython's HTTPHandler sends to it; what that handler
reports as an error is a line as well.

To /judge it answers by what is in the body, an object a line: 415 if it is compressed, 413 if it is
larger than 5,000 bytes, 422 if a "msg" begins with "bad".
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
        status = self.judge(body) if self.path == "/judge" else 200
        say({"method": self.command, "path": self.path, "headers": headers, "body": body.decode("latin1"), "status": status})
        self.send_response(status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def judge(self, body):
        if self.headers.get("Content-Encoding"):
            return 415
        if len(body) > 5000:
            return 413
        messages = [json.loads(line)["msg"] for line in body.splitlines()]
        return 422 if any(message.startswith("bad") for message in messages) else 200

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
