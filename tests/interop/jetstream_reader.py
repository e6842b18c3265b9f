"""
Reads every message of a stream, over a socket of its own: `jetstream_reader.py PORT STREAM`.
Prints a line of JSON for each message: its id, and of each record the logger and the text.
"""
import json
import logging
import pickle
import socket
import struct
import sys

port, stream = int(sys.argv[1]), sys.argv[2]
connection = socket.create_connection(("127.0.0.1", port))
lines = connection.makefile("rb")
lines.readline()  # INFO
connection.sendall(b'CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\nSUB inbox 1\r\n')


def send(subject, value):
    data = json.dumps(value).encode()
    connection.sendall(b"PUB %s inbox %d\r\n%s\r\n" % (subject.encode(), len(data), data))


def receive():
    """Returns the reply subject, the headers and the bytes of the next message."""
    while True:
        verb, *words = lines.readline().decode().split()
        if verb == "PING":
            connection.sendall(b"PONG\r\n")
        elif verb in ("MSG", "HMSG"):
            counts = 2 if verb == "HMSG" else 1
            header, total = ([0] + [int(word) for word in words[-counts:]])[-2:]
            reply = words[2] if len(words) - counts == 3 else None
            content = lines.read(total + 2)[:total]
            return reply, content[:header].decode(), content[header:]


def records(data):
    while data:
        size = struct.unpack(">L", data[:4])[0]
        yield logging.makeLogRecord(pickle.loads(data[4:4 + size]))
        data = data[4 + size:]


send("$JS.API.CONSUMER.CREATE." + stream, {"stream_name": stream, "config": {"ack_policy": "none"}})
consumer = json.loads(receive()[2].decode())["name"]
while True:
    send("$JS.API.CONSUMER.MSG.NEXT.%s.%s" % (stream, consumer), {"batch": 1, "no_wait": True})
    reply, headers, data = receive()
    if reply is None:  # 404: there is no more
        break
    fields = dict(line.split(": ", 1) for line in headers.split("\r\n") if ": " in line)
    found = [[record.name, record.getMessage()] for record in records(data)]
    print(json.dumps({"id": fields.get("Nats-Msg-Id"), "records": found}))
