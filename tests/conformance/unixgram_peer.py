"""A Unix datagram socket that a test plays: what to do comes on stdin, what was done goes to stdout.

    read N    reads N datagrams; a line each: its size and its SHA-256
    fill      sends it datagrams of one byte until its queue is full; a line: how many
"""
import hashlib
import socket
import sys

path = sys.argv[1]
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(path)
receiver.settimeout(30)
print("bound", flush=True)


def fill():
    sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sender.setblocking(False)
    sent = 0
    try:
        while True:
            sender.sendto(b"x", path)
            sent += 1
    except BlockingIOError:
        return sent


for line in sys.stdin:
    command, *numbers = line.split()
    if command == "fill":
        print(fill(), flush=True)
    for _ in range(int(numbers[0]) if numbers else 0):
        datagram = receiver.recv(1 << 20)
        print(len(datagram), hashlib.sha256(datagram).hexdigest(), flush=True)
