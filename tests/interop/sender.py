"""Stock CPython logging into a receiver: python sender.py KIND SCENARIO PORT [HOST]

KIND is tcp, udp, unix or unixgram (PORT is then the path). Works on Python 2.7 too.
"""
import logging
import logging.handlers
import sys

kind, scenario, port = sys.argv[1:4]
host = sys.argv[4] if len(sys.argv) > 4 else "localhost"
cls = logging.handlers.SocketHandler if kind in ("tcp", "unix") else logging.handlers.DatagramHandler
address = (port, None) if kind.startswith("unix") else (host, int(port))


class Signed(logging.handlers.SocketHandler):
    """As the documentation of pickle advises."""

    def makePickle(self, record):
        import hashlib
        import hmac
        import struct

        payload = logging.handlers.SocketHandler.makePickle(self, record)[4:]
        payload = hmac.new(b"the key", payload, hashlib.sha256).digest() + payload
        return struct.pack(">L", len(payload)) + payload


handler = (Signed if scenario == "signed" else cls)(*address)
root = logging.getLogger("")
root.setLevel(logging.DEBUG)
root.addHandler(handler)


class Own(object):
    def __init__(self):
        self.colour = "red"


class Unreducible(object):
    def __reduce__(self):
        # A pickle that is meant to do harm.
        import os

        return os.system, ("exit 1",)


def documented():
    # The example of the logging cookbook, "Sending and receiving logging events across a network".
    logging.info("Jackdaws love my big sphinx of quartz.")
    logger1 = logging.getLogger("myapp.area1")
    logger2 = logging.getLogger("myapp.area2")
    logger1.debug("Quick zephyrs blow, vexing daft Jim.")
    logger1.info("How quickly daft jumping zebras vex.")
    logger2.warning("Jail zesty vixen who grabbed pay from quack.")
    logger2.error("The five boxing wizards jump quickly.")


def values():
    import datetime
    import decimal
    import fractions

    extra = {
        "when": datetime.datetime(2024, 5, 6, 7, 8, 9),
        "price": decimal.Decimal("1.50"),
        "own": Own(),
        "kind": Own,
        "harm": Unreducible(),
        "ratio": fractions.Fraction(1, 3),
        "tags": {u"a", u"b"},
        "raw": bytearray(b"\x00\xff"),
        "pair": (1, 2.5),
        "big": 2**70,
        "nothing": None,
        "nested": {u"k": [True, None, {1: 2}]},
        u"__proto__": {u"polluted": True},
        "constructor": 1,
        "toString": u"text",
    }
    logging.getLogger("app.values").warning("values of %s", "all kinds", extra=extra)
    try:
        1 / 0
    except ZeroDivisionError:
        logging.getLogger("app.values").exception("caught %d", 1)
    logging.getLogger("app.values").info(u"\u20ac sp\u00e4m \U0001f600 %s", u"\u2603")
    logging.getLogger("app.values").log(15, "own level")


def bytestrings():
    # Python 2 byte strings: UTF-8 and Latin-1, as both are found in the wild.
    logging.getLogger("app.bytes").warning("sp\xc3\xa4m utf-8")
    logging.getLogger("app.bytes").warning("sp\xe4m latin-1")


def many():
    for i in range(2000):
        logging.getLogger("app.many").info("record %d", i)


{"documented": documented, "values": values, "bytes": bytestrings, "many": many, "signed": documented}[
    scenario
]()
logging.shutdown()
