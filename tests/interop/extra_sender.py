"""Stock CPython logging with values in `extra`, by each protocol of pickle: extra_sender.py PORT

Each record has what Python's str() makes of the values in its field `texts`. Works on 2.7 too.
"""
import collections
import datetime
import decimal
import logging
import logging.handlers
import pickle
import struct
import sys
import uuid

Point = collections.namedtuple("Point", "x y")

VALUES = {
    "at": datetime.datetime(2026, 11, 28, 10, 0, 0),
    "exact": datetime.datetime(2026, 11, 28, 10, 0, 0, 123456),
    "day": datetime.date(2026, 11, 28),
    "clock": datetime.time(10, 0, 0),
    "wait": datetime.timedelta(days=1, seconds=5),
    "price": decimal.Decimal("1.50"),
    "id": uuid.UUID(int=5),
}
CALLS = {"point": Point(1, 2)}

try:
    import enum
    import pathlib

    class Color(enum.Enum):
        RED = 1
        GREEN = u"green"

    VALUES["utc"] = datetime.datetime(2026, 11, 28, 10, 0, 0, tzinfo=datetime.timezone.utc)
    VALUES["path"] = pathlib.PurePosixPath("/var/log")
    CALLS["red"] = Color.RED
    CALLS["green"] = Color.GREEN
except ImportError:
    pass


class ByProtocol(logging.handlers.SocketHandler):
    protocol = 1

    def makePickle(self, record):
        fields = dict(record.__dict__, msg=record.getMessage(), args=None, exc_info=None)
        payload = pickle.dumps(fields, self.protocol)
        return struct.pack(">L", len(payload)) + payload


stock = logging.handlers.SocketHandler("localhost", int(sys.argv[1]))
own = ByProtocol("localhost", int(sys.argv[1]))
extra = dict(VALUES, **CALLS)
extra["texts"] = dict((name, str(value)) for name, value in VALUES.items())
extra["calls"] = sorted(CALLS)


def send(handler, how):
    log = logging.getLogger(how)
    log.propagate = False
    log.addHandler(handler)
    log.warning("values", extra=extra)
    log.removeHandler(handler)


send(stock, "stock")
for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
    own.protocol = protocol
    send(own, "protocol%d" % protocol)
logging.shutdown()
