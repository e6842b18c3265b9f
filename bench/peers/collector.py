"""The receiver of CPython's logging cookbook, whose root logger writes to a file: receiver.py with what
it does with a record there. Prints what net/collector.ts prints.

    collector.py RECORDS [WARMUP]
"""
import logging
import os
import tempfile

import receiver

path = os.path.join(tempfile.mkdtemp(prefix="logwire-collector-"), "out.log")
logging.basicConfig(filename=path, format="%(asctime)s %(levelname)s %(name)s: %(message)s")


class LogRecordStreamHandler(receiver.LogRecordStreamHandler):
    def handleLogRecord(self, record):
        logging.getLogger(record.name).handle(record)
        if receiver.state["received"] + 1 == receiver.warmup + receiver.expected:
            logging.shutdown()
            with open(path) as lines:
                receiver.state["wrong"] += abs(sum(1 for _ in lines) - receiver.warmup - receiver.expected)
            os.remove(path)
            os.rmdir(os.path.dirname(path))
        super().handleLogRecord(record)


receiver.serve(LogRecordStreamHandler)
