"""Sends the bytes on stdin to a configuration listener at argv[1], as Python's documentation shows."""
import socket
import struct
import sys

stdin = getattr(sys.stdin, "buffer", sys.stdin)
data = stdin.read()
sender = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sender.connect(("127.0.0.1", int(sys.argv[1])))
sender.send(struct.pack(">L", len(data)))
sender.send(data)
sender.close()
