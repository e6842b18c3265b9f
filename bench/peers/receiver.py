"""The receiver of CPython's logging cookbook, as it stands there but for what it does with a record,
and that it takes the 4 bytes of a length whole: there a length in two segments ends a connection.

    receiver.py RECORDS [WARMUP]

Prints the port, and when WARMUP and then RECORDS have arrived how it went: as net/receiver.ts.
"""
import json
import logging
import os
import pickle
import resource
import socket
import socketserver
import struct
import sys
import threading
import time

MESSAGE = "Jackdaws love my big sphinx of quartz."
expected = int(sys.argv[1])
warmup = int((sys.argv[2:] or ["0"])[0])
lock = threading.Lock()
per_name = {}
state = {"received": 0, "wrong": 0, "cpu": 0, "start": 0}


class LogRecordStreamHandler(socketserver.StreamRequestHandler):
    def handle(self):
        while True:
            chunk = self.connection.recv(4, socket.MSG_WAITALL)
            if len(chunk) < 4:
                break
            slen = struct.unpack(">L", chunk)[0]
            chunk = self.connection.recv(slen)
            while len(chunk) < slen:
                chunk = chunk + self.connection.recv(slen - len(chunk))
            obj = self.unPickle(chunk)
            record = logging.makeLogRecord(obj)
            self.handleLogRecord(record)

    def unPickle(self, data):
        return pickle.loads(data)

    def handleLogRecord(self, record):
        with lock:
            if state["received"] == warmup:
                state["cpu"] = time.process_time()
                state["start"] = time.time() * 1e6
            if not record.getMessage().startswith((MESSAGE, "request ")):
                state["wrong"] += 1
            per_name[record.name] = per_name.get(record.name, 0) + 1
            state["received"] += 1
            if state["received"] == warmup + expected:
                tell()


def tell():
    result = {
        "start": state["start"],
        "end": time.time() * 1e6,
        "wrong": state["wrong"],
        "cpuUs": (time.process_time() - state["cpu"]) * 1e6,
        "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "shares": list(per_name.values()),
    }
    print(json.dumps(result), flush=True)
    os._exit(0)


class LogRecordSocketReceiver(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 512


def serve(handler):
    server = LogRecordSocketReceiver(("127.0.0.1", 0), handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve(LogRecordStreamHandler)
