"""Prints, for each record in the JSON on stdin, the frame that this CPython's SocketHandler makes."""
import json
import logging
import logging.handlers
import sys

handler = logging.handlers.SocketHandler("localhost", 9020)
for given in json.load(sys.stdin):
    record = logging.LogRecord(
        given["name"],
        given["levelno"],
        "(unknown file)",
        0,
        given["msg"],
        tuple(given["args"]),
        None,
        "(unknown function)",
    )
    for name in ("created", "msecs", "relativeCreated"):
        setattr(record, name, float(given[name]))
    record.process = given["process"]
    record.exc_text = given["exc_text"]
    record.thread = 0
    record.threadName = "MainThread"
    record.processName = "MainProcess"
    record.taskName = None  # as from 3.12 on
    record.__dict__.update(given["extra"])
    print(handler.makePickle(record).hex())
