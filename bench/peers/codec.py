"""Measures on CPython the same as core/codec.ts.

    codec.py makePickle plain|changing|argument|traceback|extra
    codec.py emit ...               the same: what ours is compared with
    codec.py decode FRAMES
    codec.py disabled
    codec.py frames FILE [NAME]     writes 64 KiB of frames as SocketHandler.makePickle makes them
"""
import json
import logging
import logging.handlers
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


def measure(batch_of_calls, size):
    def run():
        started = time.perf_counter()
        calls = 0
        while time.perf_counter() - started < ROUND_SECONDS:
            batch_of_calls()
            calls += size
        return calls / (time.perf_counter() - started)

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
    assert all(loads(payload)["msg"] == MESSAGE for payload in payloads)

    def batch():
        for payload in payloads:
            loads(payload)

    return {"rate": measure(batch, len(payloads)), "note": "%d bytes" % len(payloads[0])}


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


what, *arguments = sys.argv[1:]
if what in ("makePickle", "emit"):
    result = encode(arguments[0])
elif what == "decode":
    result = decode(arguments[0])
elif what == "disabled":
    result = disabled()
else:
    result = frames(arguments[0], *(arguments[1:] or ["myapp.area1"]))
print(json.dumps(result))
