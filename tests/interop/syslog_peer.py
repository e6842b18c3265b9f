"""CPython's SysLogHandler and what it sends to, as a test plays it: a JSON object a line, in and out.

    syslog_peer.py FOLDER

Listens over UDP, TCP and Unix sockets in FOLDER, and prints where. Then

    {"do": "send", "kind": ..., "handler": {...}, "records": [...]}
        logs these records with CPython's handler, and prints what arrived and what went wrong
    {"do": "receive", "kind": ..., "count": N}
        prints the next N datagrams, or all that the next connection brings
"""
import json
import logging
import logging.handlers
import os
import socket
import sys

folder = sys.argv[1]
addresses = {
    "udp": ("127.0.0.1", 0),
    "tcp": ("127.0.0.1", 0),
    "unixgram": os.path.join(folder, "datagrams"),
    "unix": os.path.join(folder, "stream"),
}
listeners = {}
for kind, address in addresses.items():
    family = socket.AF_INET if isinstance(address, tuple) else socket.AF_UNIX
    is_stream = kind in ("tcp", "unix")
    listener = socket.socket(family, socket.SOCK_STREAM if is_stream else socket.SOCK_DGRAM)
    listener.settimeout(10)
    listener.bind(address)
    if is_stream:
        listener.listen(1)
    listeners[kind] = listener
    addresses[kind] = listener.getsockname()


class Handler(logging.handlers.SysLogHandler):
    def handleError(self, record):
        errors.append(sys.exc_info()[0].__name__)


def send(kind, handler, records):
    socktype = {"udp": socket.SOCK_DGRAM, "tcp": socket.SOCK_STREAM}.get(kind)
    ours = Handler(addresses[kind], socktype=socktype)
    connection = listeners[kind].accept()[0] if kind in ("tcp", "unix") else None
    ours.setFormatter(logging.Formatter(handler.pop("fmt", None)))
    for name, value in handler.items():
        setattr(ours, name, value)
    received = []
    for fields in records:
        fields["args"] = tuple(fields["args"])
        before = len(errors)
        ours.handle(logging.makeLogRecord(fields))
        # At once: a Unix socket has room for ten.
        if connection is None and len(errors) == before:
            received.append(listeners[kind].recv(1 << 20))
    ours.close()
    return received if connection is None else [read(connection)]


def receive(kind, count):
    if kind in ("tcp", "unix"):
        received = b""
        # Deno finds out by a connection what kind of socket a path leads to.
        while not received:
            received = read(listeners[kind].accept()[0])
        return [received]
    return [listeners[kind].recv(1 << 20) for _ in range(count)]


def read(connection):
    with connection, connection.makefile("rb") as file:
        return file.read()


print(json.dumps(addresses), flush=True)
for line in sys.stdin:
    errors = []
    command = json.loads(line)
    received = {"send": send, "receive": receive}[command.pop("do")](**command)
    print(json.dumps({"received": [part.hex() for part in received], "errors": errors}), flush=True)
