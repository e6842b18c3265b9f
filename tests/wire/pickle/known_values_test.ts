/**
 * Values from Python are formatted as CPython formats them; tests/testdata was recorded from
 * CPython.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { dumps } from "../../../src/wire/pickle/pickle.ts";
import { PythonObject } from "../../../src/wire/pickle/python_object.ts";
import { jsonText } from "../../../src/text/json_text.ts";
import { formatValue } from "../../../src/text/_format_value.ts";
import { pythonRepr, pythonStr } from "../../../src/text/python_repr.ts";
import { test } from "../../test.ts";
import { received, recordedValues, shown } from "./python_values.ts";
import { fromHex, latin1 } from "./recorded_pickles.ts";

const made = (module: string, name: string, args: unknown[] | null, state: unknown = null) => {
  const object = new PythonObject(module, name, args);
  object.state = state;
  return object;
};
const class_ = (module: string, name: string) => made(module, name, null);
const delta = (days: number, seconds = 0, micros = 0) =>
  made("datetime", "timedelta", [days, seconds, micros]);
const when = (zone?: unknown) => {
  const state = Uint8Array.of(7, 234, 7, 2, 3, 4, 5, 0, 0, 0);
  return made("datetime", "datetime", zone === undefined ? [state] : [state, zone]);
};
const scalar = (code: string, bytes: unknown, order = "<", module = "numpy._core.multiarray") => {
  const dtype = made("numpy", "dtype", [code, false, true], [
    3,
    order,
    null,
    null,
    null,
    -1,
    -1,
    0,
  ]);
  return made(module, "scalar", [dtype, bytes]);
};
const path = (name: string, ...parts: unknown[]) => made("pathlib", name, parts);

const inert = ({ module, name }: PythonObject) => `<Python object ${module}.${name}>`;

function assertInert(objects: PythonObject[]): void {
  for (const object of objects) {
    const expected = inert(object);
    const fields = jsonText({ ...object });
    assertEquals([pythonStr(object), pythonRepr(object), String(object)], Array(3).fill(expected));
    assertEquals([jsonText(object), object.__int__(), object.__float__(), object.__index__()], [
      fields,
      ...[undefined, undefined, undefined],
    ]);
  }
}

test("knownValue() has str(), repr(), %d, %x and %f of CPython 3.13 for every recorded pickle", () => {
  const cases = recordedValues();
  assert(cases.length > 120);
  for (const { value, pickles, ...expected } of cases) {
    for (const pickle of pickles) {
      assertEquals(shown(received(fromHex(pickle))), expected, `${value} in ${pickle}`);
    }
  }
});

test("toString() of a known value is Python's str(), except for containers", () => {
  const containers = /^[[{]|^collections\.|^RuntimeError/;
  for (const { value, str, pickles } of recordedValues()) {
    const object = received(fromHex(pickles[0]!));
    if (object instanceof PythonObject && !containers.test(value)) {
      assertEquals(String(object), str, value);
    }
  }
});

test("toJSON() returns texts, exact numbers and containers", () => {
  const expected: Record<string, string> = {
    "datetime.datetime(2026, 1, 2, 3, 4, 5)": '"2026-01-02 03:04:05"',
    "datetime.date(2026, 1, 2)": '"2026-01-02"',
    "datetime.timedelta(1)": '"1 day, 0:00:00"',
    "decimal.Decimal('1.50')": "1.5",
    "decimal.Decimal('99')": "99",
    "decimal.Decimal('-0.00')": "-0.0",
    "decimal.Decimal('1E+20')": "100000000000000000000",
    "decimal.Decimal('12345678901234567890.5')": '"12345678901234567890.5"',
    "decimal.Decimal('NaN')": '"NaN"',
    "fractions.Fraction(1, 2)": "0.5",
    "fractions.Fraction(-7, 3)": '"-7/3"',
    "uuid.UUID(int=5)": '"00000000-0000-0000-0000-000000000005"',
    "http.HTTPStatus.NOT_FOUND": "404",
    "http.HTTPMethod.GET": '"GET"',
    "signal.SIGTERM": "15",
    "ipaddress.ip_address('::1')": '"::1"',
    "pathlib.PureWindowsPath('C:/Users/x')": '"C:\\\\Users\\\\x"',
    "complex(1.5, -2)": '"(1.5-2j)"',
    "range(1, 10, 2)": '"range(1, 10, 2)"',
    "ValueError('x')": '"x"',
    "OSError(2, 'No such file or directory', 'spam.txt')":
      "\"[Errno 2] No such file or directory: 'spam.txt'\"",
    "collections.OrderedDict([('a', 1), (2, 'b')])": '{"a":1,"2":"b"}',
    "collections.defaultdict(list, {'k': [1]})": '{"k":[1]}',
    "collections.Counter('aab')": '{"a":2,"b":1}',
    "collections.deque([1, 'a', None])": '[1,"a",null]',
    "numpy.float64(1.5)": "1.5",
    "numpy.float32(0.1)": "0.10000000149011612",
    "numpy.float64('nan')": "null",
    "numpy.int64(2 ** 53 + 1)": "9007199254740993",
    "numpy.bool_(True)": "true",
    "numpy.complex128(1 + 2j)": '"(1+2j)"',
    "numpy.datetime64('2026-01-02')": '"2026-01-02"',
  };
  // The range of Python 2 is a list.
  const kept = recordedValues().filter(({ value, str }) =>
    value in expected && str !== "[1, 3, 5, 7, 9]"
  );
  for (const { value, pickles } of kept) {
    for (const pickle of pickles) {
      assertEquals(jsonText(received(fromHex(pickle))), expected[value], `${value} in ${pickle}`);
    }
  }
  const found = kept.map(({ value }) => value);
  for (const value of Object.keys(expected)) assert(found.includes(value), value);
  assertEquals(jsonText(made("decimal", "Decimal", ["9".repeat(30)])), "9".repeat(30));
  assertEquals(jsonText(made("decimal", "Decimal", ["0.10"])), "0.1");
  assertEquals(jsonText(made("decimal", "Decimal", ["1E+400"])), '"1E+400"');
  assertEquals(
    jsonText(made("decimal", "Decimal", ["9007199254740993.0"])),
    '"9007199254740993.0"',
  );
});

test("a known value keeps Python 2's byte strings, even if they are valid UTF-8", () => {
  // Microseconds of the bytes 3 and C2 A0, which are read as one character.
  const bytes = "\x08\x25\x02\x03\x04\x05\x06\x03\xc2\xa0";
  const pickle = latin1(`cdatetime\ndatetime\n(U\x0a${bytes}tR.`);
  assertEquals((received(pickle) as PythonObject).args, ["\x08\x25\x02\x03\x04\x05\x06\x03\xa0"]);
  assertEquals(pythonStr(received(pickle)), "2085-02-03 04:05:06.246432");
  const data = latin1("\x00\x00\x00\xed\xa0\x80\xf0?");
  const type =
    "cnumpy\ndtype\n(U\x02f8K\0K\x01tR(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb";
  const number = `cnumpy.core.multiarray\nscalar\n(${type}U\x08\0\0\0\xed\xa0\x80\xf0?tR.`;
  const expected = String(new DataView(data.buffer).getFloat64(0, true));
  assertEquals(pythonStr(received(latin1(number))), expected);
});

test("datetimes have the offset of pytz, of dateutil and of zoneinfo's backport", () => {
  const zoned: [zone: PythonObject, offset: string, repr: string][] = [
    [made("pytz", "_UTC", []), "+00:00", "<UTC>"],
    [
      made("pytz", "_p", ["Europe/Berlin", 7200, 3600, "CEST"]),
      ...["+02:00", "<DstTzInfo 'Europe/Berlin' CEST+2:00:00 DST>"] as const,
    ],
    [
      made("pytz", "_p", ["America/New_York", -18000, 0, "EST"]),
      ...["-05:00", "<DstTzInfo 'America/New_York' EST-1 day, 19:00:00 STD>"] as const,
    ],
    [made("pytz", "_p", ["Etc/GMT+3"]), "-03:00", "<StaticTzInfo 'Etc/GMT+3'>"],
    [made("pytz", "FixedOffset", [90]), "+01:30", "pytz.FixedOffset(90)"],
    [made("dateutil.tz.tz", "tzutc", []), "+00:00", "tzutc()"],
    [
      made("dateutil.tz.tz", "tzoffset", [], { _name: "X", _offset: delta(0, 3600) }),
      ...["+01:00", "tzoffset('X', 3600)"] as const,
    ],
    [
      made("backports.zoneinfo", "ZoneInfo._unpickle", ["Asia/Kolkata", 1]),
      ...["+05:30", "backports.zoneinfo.ZoneInfo(key='Asia/Kolkata')"] as const,
    ],
  ];
  for (const [zone, offset, repr] of zoned) {
    assertEquals(pythonStr(when(zone)), `2026-07-02 03:04:05${offset}`);
    const expected = `datetime.datetime(2026, 7, 2, 3, 4, 5, tzinfo=${repr})`;
    assertEquals(pythonRepr(when(zone)), expected);
    assertEquals(pythonRepr(zone), repr);
  }
});

test("scalars of numpy 1 have its repr(), and those of either byte order their value", () => {
  const of1 = (code: string, bytes: number[]) =>
    scalar(code, Uint8Array.from(bytes), "<", "numpy.core.multiarray");
  const cases: [PythonObject, string, string][] = [
    [of1("f8", [0, 0, 0, 0, 0, 0, 248, 63]), "1.5", "1.5"],
    [of1("i2", [255, 255]), "-1", "-1"],
    [of1("b1", [1]), "True", "True"],
    [of1("U1", [97, 0, 0, 0]), "a", "'a'"],
    [scalar("i2", Uint8Array.of(1, 2), ">"), "258", "np.int16(258)"],
    [scalar("f2", Uint8Array.of(0, 60)), "1.0", "np.float16(1.0)"],
    [scalar("f2", Uint8Array.of(0, 0x68)), "2.048e+03", "np.float16(2.048e+03)"],
    [scalar("f2", Uint8Array.of(0, 124)), "inf", "np.float16(inf)"],
    [scalar("u8", "\xff".repeat(8)), String(2n ** 64n - 1n), `np.uint64(${2n ** 64n - 1n})`],
  ];
  for (const [value, str, repr] of cases) {
    assertEquals([pythonStr(value), pythonRepr(value)], [str, repr]);
  }
});

test("enumerations are read by value and by name, and show a number when they have no name", () => {
  const cases: [PythonObject, string, string][] = [
    [class_("http", "HTTPStatus.NOT_FOUND"), "404", "<HTTPStatus.NOT_FOUND: 404>"],
    [made("http", "HTTPStatus", [299]), "299", "HTTPStatus(299)"],
    [class_("signal", "SIGKILL"), "9", "<Signals.SIGKILL: 9>"],
    [made("signal", "Signals", [30]), "30", "Signals(30)"],
  ];
  for (const [value, str, repr] of cases) {
    assertEquals([pythonStr(value), pythonRepr(value), jsonText(value)], [str, repr, str]);
  }
  assertInert([
    class_("http", "HTTPStatus"),
    class_("signal", "SIGUSR1"),
    class_("myapp", "Color.RED"),
    made("http", "HTTPMethod", ["SPAM"]),
    made("http", "HTTPStatus", ["200"]),
    made("uuid", "SafeUUID", [7]),
  ]);
});

test("formatValue() formats known values by their format, their number or their text", () => {
  const status = made("http", "HTTPStatus", [404]);
  const price = made("decimal", "Decimal", ["1.50"]);
  const id = made("uuid", "UUID", [], { int: 5 });
  const cases: [unknown, string, string][] = [
    [when(), "", "2026-07-02 03:04:05"],
    [
      when(),
      "%d.%m.%y %H:%M:%S.%f %j %a %B %p%% %Q",
      "02.07.26 03:04:05.000000 183 Thu July AM% %Q",
    ],
    [when(made("datetime", "timezone", [delta(0)])), "%z %Z", "+0000 UTC"],
    [made("datetime", "date", [Uint8Array.of(7, 234, 7, 2)]), "%F %T", "2026-07-02 00:00:00"],
    [made("datetime", "time", [Uint8Array.of(15, 4, 5, 0, 0, 0)]), "%I:%M %p", "03:04 PM"],
    [status, "05d", "00404"],
    [status, "x", "194"],
    [price, ".1f", "1.5"],
    [price, ">6", "  1.50"],
    [price, "6", "  1.50"],
    [price, "<6", "1.50  "],
    [scalar("f8", Uint8Array.of(0, 0, 0, 0, 0, 0, 248, 63)), ".2f", "1.50"],
    [made("http", "HTTPMethod", ["GET"]), ">5", "  GET"],
    [id, ".8", "00000000"],
    [made("builtins", "ValueError", []), ">3", "   "],
  ];
  for (const [value, spec, expected] of cases) {
    assertEquals(formatValue(value, spec), expected, spec);
  }
});

test("unknown classes, and known ones with other arguments, stay inert", () => {
  const state = when().args![0] as Uint8Array;
  const bytes = (...values: number[]) => Uint8Array.from(values);
  const changed = when();
  changed.items = [1];
  const self = made("pytz", "_p", []);
  self.args!.push(self, self);
  assertInert([
    made("myapp", "datetime", [state]),
    made("datetime", "constructor", [state]),
    made("__proto__", "toString", []),
    class_("datetime", "datetime"),
    new PythonObject("datetime", "datetime", [state], { fold: 1 }),
    changed,
    made("datetime", "datetime", []),
    made("datetime", "datetime", [bytes(7, 234, 2, 30, 3, 4, 5, 0, 0, 0)]),
    made("datetime", "datetime", [bytes(0, 0, 1, 1, 0, 0, 0, 0, 0, 0)]),
    made("datetime", "datetime", [bytes(7, 234, 1, 1, 24, 0, 0, 0, 0, 0)]),
    made("datetime", "datetime", [bytes(7, 234, 1, 1, 0, 0, 0, 15, 66, 64)]),
    made("datetime", "datetime", ["x".repeat(11)]),
    when(null),
    when(self),
    when(made("myapp", "Zone", [])),
    when(made("zoneinfo", "ZoneInfo._unpickle", ["Nowhere/Land", 1])),
    when(made("datetime", "timezone", [delta(1)])),
    made("datetime", "date", [bytes(7, 234, 13, 1)]),
    made("datetime", "time", [bytes(24, 0, 0, 0, 0, 0)]),
    delta(0, 86400),
    delta(0.5),
    delta(1e10),
    made("decimal", "Decimal", ["1e999999999"]),
    made("decimal", "Decimal", ["1".repeat(4301)]),
    made("decimal", "Decimal", [["1"]]),
    made("fractions", "Fraction", [1, 0]),
    made("fractions", "Fraction", ["1/0"]),
    made("fractions", "Fraction", ["1".repeat(5000)]),
    made("builtins", "complex", ["1", 2]),
    made("uuid", "UUID", [], { int: 1n << 128n }),
    made("uuid", "UUID", [], { int: 1n << 16_000n }),
    made("uuid", "UUID", [], { int: -1 }),
    made("uuid", "UUID", [], "int"),
    made("ipaddress", "IPv4Address", [1n << 32n]),
    made("ipaddress", "IPv4Address", ["1.2.3.256"]),
    made("ipaddress", "IPv6Address", ["1::2::3"]),
    made("ipaddress", "IPv6Address", ["12345::"]),
    made("ipaddress", "IPv6Address", [":".repeat(100_000)]),
    made("ipaddress", "IPv4Network", ["1.2.3.4"]),
    made("ipaddress", "IPv4Address", ["1.2.3.4/8"]),
    made("pathlib", "PurePosixPath", Array(1_000_000).fill("a")),
    path("PurePosixPath", "a".repeat(40_000)),
    path("PurePosixPath", 1),
    scalar("f8", bytes(1, 2, 3)),
    scalar("f8", "\u0100".repeat(8)),
    scalar("f16", new Uint8Array(16)),
    scalar("i3", bytes(1, 2, 3)),
    scalar("U2", bytes(0, 0, 17, 0, 0, 0, 0, 0)),
    scalar("U99999", ""),
    scalar("O8", null),
    made("numpy._core.multiarray", "scalar", [null, null]),
    made("builtins", "range", [0, 1]),
    made("builtins", "SyntaxError", ["x"]),
    made("builtins", "ValueError", Array(21).fill(1)),
    made("collections", "deque", [5]),
    made("collections", "OrderedDict", [[[1]]]),
    made("collections", "Counter", ["aab"]),
  ]);
});

test("known values that are cyclic or very deep are formatted in finite time", () => {
  const loop = made("builtins", "ValueError", []);
  loop.args!.push(loop);
  assertEquals(pythonRepr(loop), "ValueError({...})");
  assertEquals(String(loop), inert(loop));
  const ring = made("collections", "deque", []);
  ring.items = [ring];
  assertEquals([pythonStr(ring), jsonText(ring)], ["deque([{...}])", '["[Circular]"]']);
  let deep: unknown = 1;
  for (let depth = 0; depth < 1000; depth++) deep = made("builtins", "ValueError", [deep]);
  assert(pythonStr(deep).includes("ValueError(…)"));
  let wide: unknown = 1;
  for (let depth = 0; depth < 60; depth++) wide = made("builtins", "ValueError", [wide, wide]);
  assert(pythonStr(wide).length < 10_000_000);
});

test("a damaged pickle of a known value is refused, or shown without an error", () => {
  const pickles = recordedValues().flatMap(({ pickles }) => pickles);
  const odd = [0, 0x29, 0x30, 0x39, 0x4b, 0x4e, 0x5d, 0x7d, 0x7f, 0x80, 0xff];
  const changes = fc.array(fc.tuple(fc.nat(400), fc.oneof(fc.nat(255), fc.constantFrom(...odd))), {
    minLength: 1,
    maxLength: 4,
  });
  let count = 0;
  fc.assert(
    fc.property(fc.constantFrom(...pickles), changes, (pickle, changes) => {
      const bytes = fromHex(pickle);
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      let value: unknown;
      try {
        value = received(bytes);
      } catch {
        return;
      }
      count++;
      const texts = [pythonStr(value), pythonRepr([value]), String(value), jsonText(value)];
      for (const text of texts) assertEquals(typeof text, "string");
      dumps(value);
      for (const spec of ["d", "x", ".2f", ">9", "%H"]) {
        try {
          formatValue(value, spec);
        } catch (error) {
          assert(/^(TypeError|RangeError)$/.test((error as Error).name));
          assert(/format|code/i.test((error as Error).message), String(error));
        }
      }
    }),
    { seed: 11, numRuns: 3000 },
  );
  assert(count > 500, `${count}`);
});

test("a defaultdict shows the factory by its Python 3 name, whichever Python wrote it", () => {
  for (const [written, shown] of [["long", "int"], ["unicode", "str"], ["list", "list"]]) {
    const factory = new PythonObject("__builtin__", written!, null);
    const value = new PythonObject("collections", "defaultdict", [factory]);
    assertEquals(pythonStr(value), `defaultdict(<class '${shown}'>, {})`);
  }
});
