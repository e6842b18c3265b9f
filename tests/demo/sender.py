"""The demo's stock CPython sender: sender.py NAME PORT RECORDS INTERVAL_MS"""
import logging
import logging.handlers
import sys
import time

name, port, records, interval = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
log = logging.getLogger("demo." + name)
log.addHandler(logging.handlers.SocketHandler("127.0.0.1", port))
for i in range(1, records + 1):
    log.warning("%s says %d of %s", name, i, records)
    time.sleep(interval / 1000.0)
logging.shutdown()
