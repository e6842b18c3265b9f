"""Runs scripts of operations with CPython's MemoryHandler, QueueHandler and QueueListener."""
import json
import logging
import logging.handlers
import queue
import sys


class Lines(logging.Handler):
    def __init__(self, name, lines):
        super().__init__()
        self.label = name
        self.lines = lines

    def emit(self, record):
        self.lines.append([self.label, self.format(record)])


def make(fields):
    return logging.makeLogRecord(dict(fields, args=tuple(fields["args"])))


def memory(case):
    lines = []
    targets = {name: Lines(name, lines) for name in "AB"}
    targets["B"].setLevel(logging.CRITICAL)
    targets["B"].addFilter(lambda record: record.levelno != 20)
    handler = logging.handlers.MemoryHandler(
        case["capacity"], case["flushLevel"], None, case["flushOnClose"])
    seen = []
    for step, argument in case["steps"]:
        if step == "log":
            handler.handle(make(argument))
        elif step == "target":
            handler.setTarget(targets.get(argument))
        elif step == "flush":
            handler.flush()
        seen.append([len(lines), len(handler.buffer)])
    handler.close()
    return [seen, lines, handler.target is None]


def queued(case):
    lines = []
    errors = []
    q = queue.Queue(case["maxRecords"])
    handler = logging.handlers.QueueHandler(q)
    handler.setFormatter(logging.Formatter(case["format"]))
    handler.handleError = lambda record: errors.append(sys.exc_info()[0].__name__)
    first = Lines("first", lines)
    first.setLevel(case["level"])
    first.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    second = Lines("second", lines)
    listener = logging.handlers.QueueListener(
        q, first, second, respect_handler_level=case["respect"])
    kept = []
    for fields in case["records"]:
        record = make(fields)
        handler.handle(record)
        kept.append([record.msg, list(record.args), record.exc_text])
    prepared = []
    for item in list(q.queue):
        names = ("name", "msg", "message", "args", "levelno", "exc_info", "exc_text",
                 "stack_info", "pathname", "lineno", "user")
        prepared.append({name: getattr(item, name, None) for name in names})
    listener.start()
    if len(list(q.queue)) == q.maxsize:
        while not q.empty():  # stop() of CPython raises queue.Full where ours waits in line
            pass
    listener.stop()
    return [kept, prepared, lines, len(errors)]


functions = {"memory": memory, "queued": queued}
cases = json.load(sys.stdin)
json.dump([functions[name](case) for name, case in cases], sys.stdout)
