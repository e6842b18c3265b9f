"""CPython's file handlers, for core/file_handler.ts: `file_handler.py KIND FILE RECORDS`.

Prints how many records a second it logs, one after the other.
"""
import logging
import logging.handlers
import sys
import time

MESSAGE = "Jackdaws love my big sphinx of quartz."
FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"

# As ours without captureCaller(true).
logging._srcfile = None

kind, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
if kind == "RotatingFileHandler":
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=1 << 40, backupCount=1)
else:
    handler = {
        "FileHandler": logging.FileHandler,
        "WatchedFileHandler": logging.handlers.WatchedFileHandler,
        "TimedRotatingFileHandler": logging.handlers.TimedRotatingFileHandler,
    }[kind](path)
handler.setFormatter(logging.Formatter(FORMAT))
log = logging.getLogger("myapp.area1")
log.setLevel(logging.INFO)
log.addHandler(handler)

started = time.perf_counter()
for _ in range(count):
    log.info(MESSAGE)
handler.close()
print(count / (time.perf_counter() - started))
