"""Measures on CPython the same as core/codec.ts.

    codec.py makePickle KIND        a kind of records.py
    codec.py emit ...               the same: what ours is compared with
    codec.py decode FRAMES
    codec.py disabled
    codec.py frames FILE [NAME]     writes 64 KiB of frames as SocketHandler.makePickle makes them
    codec.py logged DIRECTORY       writes such frames of records that programs log: args, text,
                                    extra and error, each to a file of that name
"""
import json
import logging
import logging.handlers
import os
import pickle
import struct
import sys
import time

from records import CALLS, MESSAGE, fields_of

ROUNDS = 5
ROUND_SECONDS = 0.06

# As ours without captureCaller(true).
logging._srcfile = None
handler = logging.handlers.SocketHandler("127.0.0.1", 9020)


def measure(batch_of_calls, size, clock=time.perf_counter):
    def run():
        started = clock()
        calls = 0
        while clock() - started < ROUND_SECONDS:
            batch_of_calls()
            calls += size
        return calls / (clock() - started)

    run()
    return sorted(run() for _ in range(ROUNDS))[ROUNDS // 2]


class Keep(logging.Handler):
    """Keeps the records that it is given."""

    def __init__(self, records):
        super().__init__()
        self.records = records

    def emit(self, record):
        self.records.append(record)


def make_records(kind, count, name="myapp.area1"):
    records = []
    log = logging.getLogger(name)
    log.setLevel(logging.INFO)
    log.propagate = False
    keep = Keep(records)
    log.addHandler(keep)
    for i in range(count):
        CALLS[kind](log, i)
        records[i].created += i / 1000
        records[i].relativeCreated += i
    log.removeHandler(keep)
    log.propagate = True
    return records


def encode(kind):
    records = make_records(kind, 64)
    frame = handler.makePickle(records[1])
    fields = pickle.loads(frame[4:])
    assert fields["msg"] == records[1].getMessage() and fields["args"] is None
    assert fields["created"] == records[1].created
    assert ("not a sphinx" in (fields["exc_text"] or "")) == (kind == "error")
    if kind == "extra":
        assert all(fields[key] == value for key, value in fields_of(1).items())
    make = handler.makePickle

    def batch():
        for record in records:
            record.exc_text = None
            make(record)

    return {"rate": measure(batch, len(records)), "note": "%d bytes" % len(frame)}


def decode(path):
    with open(path, "rb") as file:
        data = file.read()
    payloads = []
    while data:
        (length,) = struct.unpack(">L", data[:4])
        payloads.append(data[4 : 4 + length])
        data = data[4 + length :]
    loads = pickle.loads
    assert all(is_expected(loads(payload)) for payload in payloads)

    def batch():
        for payload in payloads:
            loads(payload)

    return {"rate": measure(batch, len(payloads), time.process_time), "note": "%d bytes" % len(payloads[0])}


def disabled():
    logging.getLogger().setLevel(logging.INFO)
    log = logging.getLogger("myapp.area1")

    def batch():
        for _ in range(10000):
            log.debug(MESSAGE)

    rate = measure(batch, 10000)
    return {"rate": rate, "note": "%.1f ns" % (1e9 / rate)}


def frames(path, name):
    whole = [handler.makePickle(record) for record in make_records("const", 200, name)]
    same = [frame for frame in whole if len(frame) == len(whole[0])]
    with open(path, "wb") as file:
        file.write(b"".join(same[: 65536 // len(whole[0])]))
    return {}


LOGGED = ("args", "text", "extra", "error")


def is_expected(fields):
    text = fields["msg"]
    return fields["levelno"] >= logging.INFO and text.startswith((MESSAGE, "request "))


def spam(eggs):
    raise ValueError("not a sphinx: %d" % eggs)


def log_one(log, which, i):
    if which != "error":
        return CALLS[which](log, i)
    # An error for each record, unlike that of a sender in the benches: a receiver knows none before.
    try:
        spam(i)
    except ValueError:
        log.exception("request %d failed", i)


def logged(directory):
    """Frames as a program with a SocketHandler sends them, its callers looked up."""
    logging._srcfile = os.path.normcase(logging.addLevelName.__code__.co_filename)
    log = logging.getLogger("myapp.area1")
    log.propagate = False
    log.setLevel(logging.INFO)
    records = []
    log.addHandler(Keep(records))
    for which in LOGGED:
        records.clear()
        for i in range(512):
            log_one(log, which, i)
        with open(os.path.join(directory, which), "wb") as file:
            file.write(b"".join(map(handler.makePickle, records)))
    return {}


what, *arguments = sys.argv[1:]
if what in ("makePickle", "emit"):
    result = encode(arguments[0])
elif what == "decode":
    result = decode(arguments[0])
elif what == "disabled":
    result = disabled()
elif what == "logged":
    result = logged(arguments[0])
else:
    result = frames(arguments[0], *(arguments[1:] or ["myapp.area1"]))
print(json.dumps(result))
