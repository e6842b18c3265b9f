"""CPython's side of pickle_test.ts; runs on 2.7 and every Python 3.

    python pickle_peer.py load      stdin: a JSON list of {"pickle": hex, "check": expression or
                                    null}; stdout: for each what was loaded, tagged by type, or
                                    whether the expression of the loaded `v` is true
    python pickle_peer.py identity  stdin: a JSON list of tagged values; stdout: pickles at protocol 1
    python pickle_peer.py dump      stdout: values of every kind pickled at every protocol by both
                                    of CPython's picklers, beside what JavaScript should make of them
    python pickle_peer.py samples   stdout: tests/testdata/pickles.json
"""
from __future__ import print_function
import binascii
import collections
import datetime
import decimal
import json
import logging
import pickle
import struct
import sys
import uuid

PY2 = sys.version_info[0] == 2
if PY2:
    import cPickle
    integers, text = (int, long), unicode  # noqa: F821
else:
    integers, text = (int,), str


def hexed(data):
    return binascii.hexlify(bytes(data)).decode("ascii")


def tag(value):
    """The value with its Python types, as JSON."""
    if value is None or isinstance(value, bool):
        return [type(value).__name__, value]
    if isinstance(value, integers):
        return ["int", str(value)]
    if isinstance(value, float):
        return ["float", hexed(struct.pack(">d", value))]
    if isinstance(value, text):
        return ["str", value]
    if isinstance(value, bytes):
        return ["bytes", hexed(value)]
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, [tag(item) for item in value]]
    if isinstance(value, dict):
        pairs = [[tag(key), tag(item)] for key, item in value.items()]
        return ["dict", sorted(pairs, key=lambda pair: json.dumps(pair[0]))]
    raise TypeError(type(value))


def untag(tagged):
    """The value, every str an object of its own."""
    kind, value = tagged
    if kind in ("NoneType", "bool"):
        return value
    if kind == "int":
        return int(value)
    if kind == "float":
        return struct.unpack(">d", binascii.unhexlify(value))[0]
    if kind == "str":
        return (value + "..")[:-2]
    if kind == "bytes":
        return binascii.unhexlify(value)
    if kind == "list":
        return [untag(item) for item in value]
    if kind == "dict":
        return collections.OrderedDict((untag(key), untag(item)) for key, item in value)
    raise TypeError(kind)


def plain(value):
    """The same with dict in place of OrderedDict, for pickling."""
    if isinstance(value, dict):
        return dict((key, plain(item)) for key, item in value.items())
    return [plain(item) for item in value] if isinstance(value, list) else value


def expected(value):
    """The value that loads() should return, as JSON."""
    if value is None or isinstance(value, bool):
        return ["null" if value is None else "boolean", value]
    if isinstance(value, integers):
        if abs(value) > 2 ** 53 - 1:
            return ["bigint", str(value)]
        return ["number", hexed(struct.pack(">d", value))]
    if isinstance(value, float):
        return ["number", hexed(struct.pack(">d", value))]
    if isinstance(value, bytearray) or isinstance(value, bytes) and not PY2:
        return ["bytes", hexed(value)]
    if isinstance(value, (text, bytes)):
        return ["string", value if isinstance(value, text) else value.decode("ascii")]
    if isinstance(value, (list, tuple)):
        return ["array", [expected(item) for item in value]]
    if isinstance(value, (set, frozenset)):
        return ["set", sorted((expected(item) for item in value), key=json.dumps)]
    pairs = [[expected(key), expected(item)] for key, item in value.items()]
    kind = "object" if all(key[0] == "string" for key, _ in pairs) else "map"
    return [kind, sorted(pairs, key=lambda pair: json.dumps(pair[0]))]


def picklers():
    if PY2:
        return [("pickle", pickle.dumps), ("cPickle", cPickle.dumps)]
    return [("pickle", pickle._dumps), ("_pickle", pickle.dumps)]


class Spam(object):
    def __init__(self):
        self.eggs = 7

    class Inner(object):
        pass


class Old:
    """Without `object`: in Python 2 a class of the old kind, pickled by INST and OBJ."""

    def __init__(self):
        self.eggs = 7


class Words(list):
    pass


class Failure(Exception):
    def __init__(self, why, code):
        Exception.__init__(self, why, code)
        self.code = code


class Slotted(object):
    __slots__ = ("eggs",)

    def __init__(self):
        self.eggs = 7


class Keyed(object):
    def __new__(cls, eggs=0):
        return object.__new__(cls)

    def __getnewargs_ex__(self):
        return (), {"eggs": 7}


Point = collections.namedtuple("Point", "x y")


def data():
    shared = ["shared"]
    values = [
        None, True, False, 0, 1, 255, 256, 65535, 65536, -1, -129, 2 ** 31 - 1, -2 ** 31, 2 ** 31,
        -2 ** 31 - 1, 2 ** 53 - 1, 2 ** 53, -2 ** 53, 2 ** 63, -2 ** 63, 2 ** 64, 2 ** 2100,
        -2 ** 2100, 140735123456789,
        0.0, -0.0, 1.0, 0.1, -1.5e300, 5e-324, float("inf"), float("-inf"),
        u"", u"spam", u"sp\xe4m", u"\u4e2d\u6587", u"\U0001f600", u"\ufeffbom", u"nul\0",
        u"line\nand\r\\u0041\\\x1a'\"", u"x" * 300, u"\xe9" * 5000, "native", "",
        bytearray(b""), bytearray(b"\x00\x7f\x80\xff"), bytearray(b"x" * 300),
        [], [1], [1, [2, [3, []]]], list(range(1100)), [u"\u20ac", None, True, 1.5],
        (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), ((), ((),)),
        {}, {"a": 1}, {"a": {"b": {"c": []}}}, dict((str(i), i) for i in range(1100)),
        {"__proto__": 1, "constructor": 2, "toString": 3},
        {1: "a", "b": 2, None: 3, (1, "x"): 4, 1.5: 5, True and 7: 6},
        {(1, (2, frozenset([3]))): "nested"}, {2 ** 70: "large", -1: "small"}, {u"": 0},
        set(), set([1, "a", None, (1, 2)]), frozenset([1, frozenset([2])]), frozenset(),
        {"tags": set(["x"]), "frozen": frozenset([u"\xe9"])},
        [shared, shared, (shared,)],
        {"name": "myapp", "levelno": 20, "created": 1700000000.25, "args": None},
    ]
    if not PY2:
        values += [b"", b"spam", bytes(range(256)), [b"a", b"a"], {b"k": b"v"}, "\ud800", "a\udfff"]
    return values


def opaque():
    """Values that are more than data: (value, module, name, args or None, state or None)."""
    main = "__main__"
    utc = [(datetime.timezone.utc, "datetime", "timezone")] if not PY2 else []
    builtins = ("__builtin__", "builtins")
    values = [
        (datetime.datetime(2020, 1, 2, 3, 4, 5, 6), "datetime", "datetime"),
        (datetime.date(2020, 1, 2), "datetime", "date"),
        (datetime.timedelta(1, 2, 3), "datetime", "timedelta", [1, 2, 3]),
        (decimal.Decimal("1.50"), "decimal", "Decimal", ["1.50"]),
        (uuid.UUID(int=5), "uuid", "UUID"),
        (complex(1, 2), builtins, "complex", [1.0, 2.0]),
        (Spam(), main, "Spam", [], {"eggs": 7}),
        (Slotted, main, "Slotted", None),
        (len, builtins, "len", None),
        (set, builtins, "set", None),
        (Words(["a", "b"]), main, "Words"),
        (Point(1, 2), main, "Point"),
        (ValueError("bad", 1), ("exceptions", "builtins"), "ValueError", ["bad", 1]),
        (Failure("bad", 3), main, "Failure", ["bad", 3], {"code": 3}),
        (collections.OrderedDict([("b", 1), ("a", 2)]), "collections", "OrderedDict"),
        (collections.defaultdict(list, a=[1]), "collections", "defaultdict"),
        (collections.deque([1, 2]), ("collections", "_collections"), "deque"),
    ] + utc
    if PY2:
        values += [(Old(), main, "Old", [], {"eggs": 7})]
    else:
        import enum
        import pathlib
        values += [
            (range(3), builtins, ("range", "xrange"), [0, 3, 1]),
            (slice(1, 2), builtins, "slice"),
            (pathlib.PurePosixPath("/a/b"), ("pathlib", "pathlib._local"), "PurePosixPath"),
            (Color.RED, main, ("Color", "Color.RED")),
            (Spam.Inner, main, "Spam.Inner", None),
            (Keyed(), main, ("Keyed", "apply")),
        ]
    if sys.version_info >= (3, 7):
        values += [
            (logging.getLogger("myapp.area1"), "logging", "getLogger", ["myapp.area1"]),
            (Record(7), main, "Record", [], {"eggs": 7}),
        ]
    return values


if not PY2:
    import enum

    class Color(enum.Enum):
        RED = 1

if sys.version_info >= (3, 7):
    import dataclasses

    Record = dataclasses.make_dataclass("Record", ["eggs"])
    Record.__module__ = __name__


def dumped():
    """(label, protocol, pickle or None, value) of everything, None where Python itself cannot."""
    for kind, values in (("data", data()), ("opaque", opaque())):
        for value in values:
            for name, dumps in picklers():
                for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                    try:
                        pickled = dumps(value if kind == "data" else value[0], protocol)
                    except Exception:
                        continue  # __slots__ below protocol 2, integers of over 4,300 digits
                    yield kind, "%s %d" % (name, protocol), pickled, value


def dump():
    for kind, label, pickled, value in dumped():
        case = {"kind": kind, "label": label, "pickle": hexed(pickled)}
        if kind == "data":
            case["expected"] = expected(value)
        else:
            case["value"] = repr(value[0])[:80]
            for key, item in zip(("module", "name", "args", "state"), value[1:]):
                case[key] = expected(item) if key in ("args", "state") else item
        yield case


def samples():
    some = [
        data()[-1], opaque()[0][0], opaque()[3][0], Spam(), set([1, (2, 3)]), {1: u"\u20ac"},
        [bytearray(b"ab"), 2 ** 70, -1.5, [u"long" * 20] * 2, None, True],
        collections.OrderedDict(a=1), ValueError("bad"),
    ]
    for value in some:
        for name, dumps in picklers():
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                yield hexed(dumps(value, protocol))


def main(command):
    if command == "dump":
        return list(dump())
    if command == "samples":
        return sorted(set(samples()))
    cases = json.loads(sys.stdin.read())
    if command == "identity":
        return [hexed(pickle.dumps(plain(untag(case)), 1)) for case in cases]
    results = []
    for case in cases:
        v = pickle.loads(binascii.unhexlify(case["pickle"]))
        if PY2:
            assert repr(v) == repr(cPickle.loads(binascii.unhexlify(case["pickle"])))
        results.append(tag(v) if case["check"] is None else eval(case["check"], {"v": v}))
    return results


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
