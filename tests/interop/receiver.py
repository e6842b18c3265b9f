"""The log server of the Python documentation, as it stands there but for what it prints where, and
that it bears a length that arrives in pieces: the one there takes that for the end.

    receiver.py tcp|unix|udp [--tls cert.pem key.pem [ca.pem]] [--path PATH] [--port PORT]

Prints the port (or path) it listens on as the first line of stdout, then a line a record:
`%(relativeCreated)5d %(name)-15s %(levelname)-8s %(message)s`, or with --json its attributes.
Runs on 2.7 and 3. Ends when stdin does, at once; where it says "stop", once everybody who is connected
was heard to the end.
"""
from __future__ import print_function

import json
import logging
import logging.handlers
import os
import pickle
import socket
import ssl
import struct
import sys
import threading

try:
    import socketserver
except ImportError:
    import SocketServer as socketserver


class LogRecordStreamHandler(socketserver.StreamRequestHandler):
    def handle(self):
        while True:
            chunk = self.connection.recv(4)
            while 0 < len(chunk) < 4:
                more = self.connection.recv(4 - len(chunk))
                if not more:
                    return
                chunk = chunk + more
            if not chunk:
                break
            slen = struct.unpack(">L", chunk)[0]
            chunk = self.connection.recv(slen)
            while len(chunk) < slen:
                more = self.connection.recv(slen - len(chunk))
                if not more:
                    return
                chunk = chunk + more
            obj = self.unPickle(chunk)
            record = logging.makeLogRecord(obj)
            self.handleLogRecord(record)

    def unPickle(self, data):
        return pickle.loads(data)

    def handleLogRecord(self, record):
        logging.getLogger(record.name).handle(record)


class LogRecordDatagramHandler(socketserver.BaseRequestHandler):
    def handle(self):
        obj = pickle.loads(self.request[0][4:])
        record = logging.makeLogRecord(obj)
        logging.getLogger(record.name).handle(record)


class Tcp(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    context = None

    def get_request(self):
        connection, address = self.socket.accept()
        if self.context is not None:
            connection = self.context.wrap_socket(connection, server_side=True)
        return connection, address

    def handle_error(self, request, client_address):
        print("error: %r" % (sys.exc_info()[1],), file=sys.stderr)


class Tcp6(Tcp):
    address_family = socket.AF_INET6


class Udp(socketserver.UDPServer):
    max_packet_size = 65536


class Udp6(Udp):
    address_family = socket.AF_INET6


class JsonFormatter(logging.Formatter):
    def format(self, record):
        fields = dict(record.__dict__)
        fields["__message__"] = record.getMessage()
        return json.dumps(fields, default=repr, sort_keys=True)


def argument(name, count=1):
    if name not in sys.argv:
        return None
    at = sys.argv.index(name) + 1
    return sys.argv[at:at + count]


def main():
    kind = sys.argv[1]
    port = int((argument("--port") or ["0"])[0])
    if kind == "unix":
        path = argument("--path")[0]
        server = type("Unix", (socketserver.ThreadingUnixStreamServer,), {"daemon_threads": True})(
            path, LogRecordStreamHandler)
        where = path
    else:
        host, cls, handler = {
            "tcp": ("127.0.0.1", Tcp, LogRecordStreamHandler),
            "tcp6": ("::1", Tcp6, LogRecordStreamHandler),
            "udp": ("127.0.0.1", Udp, LogRecordDatagramHandler),
            "udp6": ("::1", Udp6, LogRecordDatagramHandler),
        }[kind]
        server = cls((host, port), handler)
        where = server.server_address[1]
    tls = argument("--tls", 3)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls[0], tls[1])
        if len(tls) > 2 and not tls[2].startswith("--"):
            context.load_verify_locations(tls[2])
            context.verify_mode = ssl.CERT_REQUIRED
        server.context = context
    stdout = sys.stdout
    if sys.version_info[0] > 2:
        stdout = open(1, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
    console = logging.StreamHandler(stdout)
    console.setFormatter(
        JsonFormatter() if "--json" in sys.argv else
        logging.Formatter("%(relativeCreated)5d %(name)-15s %(levelname)-8s %(message)s"))
    logging.getLogger().addHandler(console)
    print(where)
    sys.stdout.flush()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.daemon = True
    thread.start()
    if "stop" in sys.stdin.read():
        server.shutdown()
        server.server_close()
    os._exit(0)


if __name__ == "__main__":
    main()
