"""Measures on CPython the same as core/codec.ts.

    codec.py makePickle plain|changing|argument|traceback|extra
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

MESSAGE = "Jackdaws love my big sphinx of quartz."
TRACEBACK = (
    "Traceback (most recent call last):\n"
    + "".join(
        '  File "/srv/app/module_%d.py", line %d, in function_%d\n    spam(eggs)\n' % (i, 100 + i, i)
        for i in range(8)
    )
    + "ValueError: not a sphinx"
)
EXTRA = {
    "request_id": "7f3c2a9e-51b1-4d1c-9a59-0d6f5a3c1f10",
    "user_id": 1234567,
    "method": "GET",
    "path": "/api/v1/sphinxes/42",
    "status": 200,
    "duration": 0.01234,
    "cached": False,
    "tenant": None,
}
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


def text_of(which, i):
    return "%s %d" % (MESSAGE, i) if which in ("changing", "argument") else MESSAGE


def make_records(which, count, name="myapp.area1"):
    records = []
    for i in range(count):
        level, error = logging.INFO, None
        if which == "traceback":
            level, error = logging.ERROR, (ValueError, ValueError("not a sphinx"), None)
        msg, args = (MESSAGE + " %d", (i,)) if which == "argument" else (text_of(which, i), ())
        record = logging.LogRecord(
            name, level, "(unknown file)", 0, msg, args, error, "(unknown function)"
        )
        record.created += i / 1000
        record.relativeCreated += i
        if which == "traceback":
            record.exc_text = TRACEBACK
        if which == "extra":
            record.__dict__.update(EXTRA)
        records.append(record)
    return records


def encode(which):
    records = make_records(which, 64)
    frame = handler.makePickle(records[1])
    fields = pickle.loads(frame[4:])
    assert fields["msg"] == text_of(which, 1)
    assert fields["created"] == records[1].created
    assert fields["exc_text"] == (TRACEBACK if which == "traceback" else None)
    if which == "extra":
        assert all(fields[key] == EXTRA[key] for key in EXTRA)
    make = handler.makePickle

    def batch():
        for record in records:
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
    whole = [handler.makePickle(record) for record in make_records("plain", 200, name)]
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
    took = i * 7919 % 977
    if which == "args":
        log.info("request %d took %d ms", 1000 + i, took)
    elif which == "text":
        log.info("%s %d" % (MESSAGE, i))
    elif which == "extra":
        path = "/api/v1/sphinxes/%d" % i
        extra = {"user": "user%d" % (i % 50), "status": 200 + i % 5, "path": path}
        log.info("request %d took %d ms", 1000 + i, took, extra={**extra, "duration": took / 1e3})
    else:
        try:
            spam(i)
        except ValueError:
            log.exception("request %d failed", 1000 + i)


def logged(directory):
    """Frames as a program with a SocketHandler sends them, its callers looked up."""
    logging._srcfile = os.path.normcase(logging.addLevelName.__code__.co_filename)
    log = logging.getLogger("myapp.area1")
    log.propagate = False
    log.setLevel(logging.INFO)
    frames = []

    class Keep(logging.Handler):
        def emit(self, record):
            frames.append(handler.makePickle(record))

    log.addHandler(Keep())
    for which in LOGGED:
        frames.clear()
        for i in range(512):
            log_one(log, which, i)
        with open(os.path.join(directory, which), "wb") as file:
            file.write(b"".join(frames))
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
