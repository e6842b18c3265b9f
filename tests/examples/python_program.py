"""A Python program that logs into collector.ts: python python_program.py [PORT]

It imports nothing but what comes with Python, 2.7 or any later version.
"""
import logging
import logging.handlers
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else logging.handlers.DEFAULT_TCP_LOGGING_PORT
log = logging.getLogger("billing")
log.setLevel(logging.INFO)
log.addHandler(logging.handlers.SocketHandler("localhost", port))

log.info("invoice %d is %.2f", 17, 9.5)
try:
    {}["customer"]
except KeyError:
    log.exception("invoice %d has no customer", 18)
log.critical("invoice %d was sent twice", 19)
logging.shutdown()
