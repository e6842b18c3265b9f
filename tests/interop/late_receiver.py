"""A log server that accepts one connection and begins to read late: `late_receiver.py WHEN END`.

WHEN is a number of milliseconds, or `told`: when a line comes on stdin. END is `frame` for frames of
length and pickle, or `nul` for messages that end with one. Prints its port, and at the end of the
connection how many whole records it got, whether these are "#0", "#1" ... in order, and how many bytes
of a record that was cut.
"""
import json
import pickle
import socket
import struct
import sys
import time

when, end = sys.argv[1:]
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
connection, _ = server.accept()
if when == "told":
    sys.stdin.readline()
else:
    time.sleep(int(when) / 1000)
received = bytearray()
while True:
    chunk = connection.recv(1 << 20)
    if not chunk:
        break
    received += chunk
texts = []
at = 0
if end == "nul":
    *texts, rest = bytes(received).split(b"\0")
    texts = [text.decode().partition(">")[2] for text in texts]
    at = len(received) - len(rest)
else:
    while at + 4 <= len(received):
        (size,) = struct.unpack_from(">L", received, at)
        if at + 4 + size > len(received):
            break
        texts.append(pickle.loads(received[at + 4 : at + 4 + size])["msg"])
        at += 4 + size
order = texts == ["#%d" % i for i in range(len(texts))]
print(json.dumps({"whole": len(texts), "inOrder": order, "cut": len(received) - at}), flush=True)
