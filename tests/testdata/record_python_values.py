"""Records into python_values.json how CPythons pickle values, and what CPython 3.13 shows of them.

    python3.13 record_python_values.py python2.7 python3.6 ... python3.13 > python_values.json

Each interpreter pickles the values below that it has, by protocols 0 to 5; equal pickles are
recorded once, and those of equal descriptions together. `str`, `repr`, `d`, `x`, `f` of a case are what `str()`, `repr()`, `'%d'`, `'%x'`
and `'%f'` of the value are after CPython 3.13 has loaded that pickle; null where Python raises.
Values of numpy are read and shown by the interpreter that wrote them, as numpy has rules of its own.
"""
from __future__ import print_function

import binascii
import json
import pickle
import subprocess
import sys

VALUES = """
datetime.datetime(2026, 1, 2, 3, 4, 5)
datetime.datetime(2026, 1, 2, 3, 4)
datetime.datetime(2026, 11, 28, 23, 59, 58, 123456)
datetime.datetime(1800, 1, 1, 0, 0, 0, 246400)
datetime.datetime(2085, 2, 3, 4, 5, 6, 246400)
datetime.datetime(2026, 10, 25, 2, 30, fold=1)
datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)
datetime.datetime(2026, 1, 2, 3, tzinfo=datetime.timezone(datetime.timedelta(hours=-3, minutes=-30)))
datetime.datetime(2026, 1, 2, 3, tzinfo=datetime.timezone(datetime.timedelta(seconds=5025), 'odd'))
datetime.datetime(2026, 1, 2, 3, tzinfo=datetime.timezone(datetime.timedelta(microseconds=-1)))
datetime.datetime(2026, 1, 2, 3, tzinfo=zoneinfo.ZoneInfo('Europe/Berlin'))
datetime.datetime(2026, 7, 2, 3, tzinfo=zoneinfo.ZoneInfo('America/New_York'))
datetime.datetime(2026, 3, 29, 2, 30, tzinfo=zoneinfo.ZoneInfo('Europe/Berlin'))
datetime.datetime(2026, 3, 29, 2, 30, fold=1, tzinfo=zoneinfo.ZoneInfo('Europe/Berlin'))
datetime.datetime(2026, 10, 25, 2, 30, tzinfo=zoneinfo.ZoneInfo('Europe/Berlin'))
datetime.datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=zoneinfo.ZoneInfo('Europe/Berlin'))
datetime.datetime(1, 1, 1, tzinfo=zoneinfo.ZoneInfo('UTC'))
datetime.datetime(9999, 12, 31, 23, 59, 59, 999999)
datetime.date(2026, 1, 2)
datetime.date(1, 12, 31)
datetime.time(3, 4)
datetime.time(3, 4, 5, 246400)
datetime.time(23, 0, tzinfo=datetime.timezone.utc)
datetime.time(23, 0, tzinfo=zoneinfo.ZoneInfo('Europe/Berlin'))
datetime.timedelta(0)
datetime.timedelta(1)
datetime.timedelta(-1, 3, 5)
datetime.timedelta(days=400, hours=30, microseconds=7)
datetime.timedelta(seconds=3661)
datetime.timezone.utc
datetime.timezone(datetime.timedelta(hours=5, minutes=30))
datetime.timezone(datetime.timedelta(hours=-5), 'EST')
zoneinfo.ZoneInfo('Europe/Berlin')
decimal.Decimal('1.50')
decimal.Decimal('-0.00')
decimal.Decimal('12345678901234567890.5')
decimal.Decimal('99')
decimal.Decimal('1E+20')
decimal.Decimal('-1.5E-10')
decimal.Decimal('NaN')
decimal.Decimal('-Infinity')
decimal.Decimal('0.1000000000000000055511151231257827')
fractions.Fraction(1, 2)
fractions.Fraction(-7, 3)
fractions.Fraction(4)
uuid.UUID('12345678-1234-5678-9234-567812345678')
uuid.UUID(int=5)
uuid.UUID(int=5, is_safe=uuid.SafeUUID.safe)
uuid.UUID('ffffffff-ffff-ffff-ffff-ffffffffffff')
http.HTTPStatus.OK
http.HTTPStatus.NOT_FOUND
http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE
http.HTTPMethod.GET
signal.SIGINT
signal.SIGTERM
signal.SIG_DFL
socket.AF_INET
socket.SOCK_STREAM
ssl.TLSVersion.TLSv1_3
ssl.CERT_REQUIRED
uuid.SafeUUID.unknown
ipaddress.ip_address('10.0.0.1')
ipaddress.ip_address('::1')
ipaddress.ip_address('::')
ipaddress.ip_address('2001:db8:0:0:1:0:0:1')
ipaddress.ip_address('1:0:3:4:5:6:7:8')
ipaddress.ip_address('::ffff:1.2.3.4')
ipaddress.ip_address('fe80::1')
ipaddress.ip_address('fe80::1%eth0')
ipaddress.ip_network('10.0.0.0/8')
ipaddress.ip_network('2001:db8::/32')
ipaddress.ip_interface('10.1.2.3/8')
ipaddress.ip_interface('fe80::1/64')
pathlib.PurePosixPath('/var/log/app.log')
pathlib.PurePosixPath('a//b/./c')
pathlib.PurePosixPath('//net/x')
pathlib.PurePosixPath('///x')
pathlib.PurePosixPath('')
pathlib.PurePosixPath('a', '/b', 'c')
pathlib.PurePosixPath("it's")
pathlib.Path('/var/log')
pathlib.PureWindowsPath('C:/Users/x')
pathlib.PureWindowsPath('C:x')
pathlib.PureWindowsPath('a/b', 'c')
pathlib.PureWindowsPath('//server/share/dir')
pathlib.PureWindowsPath('C:/a', '/b')
pathlib.PureWindowsPath('C:/a', 'D:b')
pathlib.PureWindowsPath('C:/a', 'c:b')
pathlib.PureWindowsPath('//server/share', 'a')
pathlib.PureWindowsPath('//server')
pathlib.PureWindowsPath('///x')
pathlib.PureWindowsPath('./a:b')
complex(1.5, -2)
complex(0, 1)
complex(-0.0, 1.5)
range(3)
range(1, 10, 2)
slice(1, None, 2)
xrange(3)
ValueError('x')
ValueError()
ValueError(1, 'two')
ValueError(datetime.date(2026, 1, 2))
ValueError(RuntimeError(decimal.Decimal('1.50')))
RuntimeError(KeyError('spam'))
ValueError(OSError(2, 'No such file or directory'))
KeyError(uuid.UUID(int=5))
KeyError('spam')
KeyError()
ZeroDivisionError('division by zero')
OSError(2, 'No such file or directory')
OSError(2, 'No such file or directory', 'spam.txt')
OSError('just a message')
OSError(2, 'No such file or directory', None)
OSError(None, "it's")
IOError(13, 'Permission denied')
BlockingIOError(11, 'Resource temporarily unavailable', 5)
KeyboardInterrupt()
ConnectionResetError(104, 'Connection reset by peer')
RuntimeError({'a': [1]})
collections.OrderedDict([('a', 1), (2, 'b')])
collections.OrderedDict()
collections.defaultdict(list, {'k': [1]})
collections.defaultdict(None, {})
collections.Counter('aab')
collections.Counter()
collections.deque([1, 'a', None])
collections.deque([1, 2], 5)
collections.deque()
[datetime.datetime(2026, 1, 2, 3, 4, 5), decimal.Decimal('1.50'), uuid.UUID(int=5)]
{'when': datetime.date(2026, 1, 2), 'status': http.HTTPStatus.OK, 'path': pathlib.PurePosixPath('/a')}
collections.deque([datetime.timedelta(1), ValueError(datetime.date(2026, 1, 2))])
numpy.float64(1.5)
numpy.float64(2)
numpy.float64(1e16)
numpy.float64('nan')
numpy.float32(0.1)
numpy.float32(16777216)
numpy.float32(1e-7)
numpy.float16(0.1)
numpy.int8(-5)
numpy.int16(-300)
numpy.int32(7)
numpy.int64(2 ** 53 + 1)
numpy.uint8(200)
numpy.uint64(2 ** 64 - 1)
numpy.bool_(True)
numpy.bool_(False)
numpy.complex128(1 + 2j)
numpy.str_('ab\\u2603')
numpy.dtype('>f8').type(2.5)
numpy.datetime64('2026-01-02T03:04:05')
numpy.datetime64('2026-01-02')
numpy.datetime64('2026-01-02T03:04:05.123456789')
numpy.datetime64('NaT')
numpy.timedelta64(90, 's')
""".strip().split("\n")

MODULES = ["collections", "datetime", "decimal", "fractions", "http", "ipaddress", "numpy",
           "pathlib", "signal", "socket", "ssl", "uuid", "zoneinfo"]


def shown(show):
    try:
        return show()
    except Exception:
        return None


def describe(payload):
    value = pickle.loads(binascii.unhexlify(payload), encoding="latin1")
    return {
        "str": shown(lambda: str(value)),
        "repr": shown(lambda: repr(value)),
        "d": shown(lambda: "%d" % (value,)),
        "x": shown(lambda: "%x" % (value,)),
        "f": shown(lambda: "%f" % (value,)),
    }


def pickled(expressions):
    """The values that this interpreter has, as [expression, pickle, description] each."""
    names = {}
    for module in MODULES:
        try:
            names[module] = __import__(module)
        except ImportError:
            pass
    for expression in expressions:
        try:
            value = eval(expression, names)
        except Exception:
            continue
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            try:
                payload = pickle.dumps(value, protocol)
            except Exception:
                continue
            payload = binascii.hexlify(payload).decode()
            own = describe(payload) if expression.startswith("numpy.") else None
            yield [expression, payload, own]


def main(interpreters):
    cases = {}
    seen = set()
    for interpreter in interpreters:
        output = subprocess.check_output([interpreter, __file__, "--dump"])
        for expression, payload, own in json.loads(output.decode()):
            # The number of the protocol alone makes no other pickle.
            key = payload[4:] if payload.startswith("80") else payload
            if key in seen:
                continue
            seen.add(key)
            case = dict({"value": expression}, **(own or describe(payload)))
            cases.setdefault(json.dumps(case), []).append(payload)
    lines = [json.dumps(dict(json.loads(case), pickles=cases[case])) for case in cases]
    print("[\n" + ",\n".join(lines) + "\n]")


if sys.argv[1:] == ["--dump"]:
    json.dump(list(pickled(VALUES)), sys.stdout)
else:
    main(sys.argv[1:])
