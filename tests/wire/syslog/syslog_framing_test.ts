import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { concat } from "@std/bytes";
import fc from "fast-check";
import { FrameError, type FrameReader, type Framing } from "../../../src/wire/framing.ts";
import {
  type Delimiter,
  lineDelimited,
  nulDelimited,
  octetCounting,
  type ReadFraming,
  SyslogFrameReader,
} from "../../../src/wire/syslog/syslog_framing.ts";
import { test } from "../../test.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function drain(reader: FrameReader): string[] {
  const found: string[] = [];
  for (let next = reader.next(); next !== undefined; next = reader.next()) {
    found.push(decoder.decode(next));
  }
  return found;
}

/** The frames in a whole stream. */
function frames(stream: string, delimiter?: Delimiter, framing?: ReadFraming): string[] {
  const reader = new SyslogFrameReader({}, delimiter, framing);
  reader.push(encoder.encode(stream));
  const found = drain(reader);
  reader.end();
  return [...found, ...drain(reader)];
}

function failure(stream: string, framing: ReadFraming = "both"): FrameError {
  const reader = new SyslogFrameReader({ maxFrameBytes: 100 }, undefined, framing);
  return assertThrows(() => {
    // Byte by byte: an error must not need a later byte.
    for (const byte of encoder.encode(stream)) {
      reader.push(new Uint8Array([byte]));
      drain(reader);
    }
    reader.end();
  }, FrameError);
}

/** An octet-counted message begins with the `<` of its PRI. */
const message = fc.string({ unit: "binary", maxLength: 300 })
  .map((text) => encoder.encode(`<${text}`));
/** A delimited message: it does not begin with a number and a PRI, and contains no delimiter. */
const line = fc.string({ unit: "binary", maxLength: 300 })
  // deno-lint-ignore no-control-regex -- these are what it must not hold
  .map((text) => text.replace(/[\x00\n\r]/g, ""));
const anyLine = fc.tuple(fc.constantFrom("<13>", "404 Not ", "2026-02-03T", "7\t<", "00 <"), line)
  .map((parts) => encoder.encode(parts.join("")));

const anyFrame = fc.oneof(
  message.map((payload): [Uint8Array, Uint8Array] => [payload, octetCounting.frame(payload)]),
  anyLine.map((payload): [Uint8Array, Uint8Array] => [payload, lineDelimited.frame(payload)]),
  anyLine.map((payload): [Uint8Array, Uint8Array] => [payload, nulDelimited.frame(payload)]),
);

test("SyslogFrameReader detects the framing of each frame, however the stream is split", () => {
  fc.assert(
    fc.property(
      fc.array(anyFrame, { maxLength: 8 }),
      fc.array(fc.nat({ max: 3000 }), { maxLength: 30 }),
      fc.boolean(),
      (sent, cuts, eager) => {
        const stream = concat(sent.map(([, bytes]) => bytes));
        const reader = new SyslogFrameReader();
        const found: string[] = [];
        let start = 0;
        for (const cut of [...cuts.sort((a, b) => a - b), stream.length]) {
          const end = Math.max(start, Math.min(cut, stream.length));
          const chunk = stream.slice(start, end);
          reader.push(chunk);
          start = end;
          if (eager) {
            found.push(...drain(reader));
            // The reader must not refer to a chunk after the last next().
            chunk.fill(0xee);
          }
        }
        found.push(...drain(reader));
        reader.end();
        assertEquals([...found, ...drain(reader)], sent.map(([text]) => decoder.decode(text)));
      },
    ),
    { seed: 20240902, numRuns: 200 },
  );
});

test("any bytes are frames or a FrameError, and the same however they are split", () => {
  const outcome = (stream: Uint8Array, size: number, framing: ReadFraming): string[] => {
    const reader = new SyslogFrameReader({ maxFrameBytes: 20 }, undefined, framing);
    const found: string[] = [];
    const read = () => {
      for (let next = reader.next(); next !== undefined; next = reader.next()) {
        found.push(decoder.decode(next));
      }
    };
    try {
      for (let at = 0; at < stream.length; at += size) {
        reader.push(stream.subarray(at, at + size));
        read();
      }
      reader.end();
      read();
    } catch (error) {
      assert(error instanceof FrameError);
      found.push(error.code);
    }
    return found;
  };
  const byte = fc.constantFrom(...encoder.encode("0129 <>a\n\r\0\xff"));
  const framings = fc.constantFrom("counted", "lines", "both", "both");
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 60 }), framings, (bytes, framing) => {
      const stream = Uint8Array.from(bytes);
      const expected = outcome(stream, 1, framing);
      for (const size of [2, 3, 7, 60]) {
        assertEquals(outcome(stream, size, framing), expected);
      }
    }),
    { seed: 20240902, numRuns: 500 },
  );
});

test("octetCounting counts bytes, not characters", () => {
  assertEquals(decoder.decode(octetCounting.frame(encoder.encode("späm"))), "5 späm");
  assertEquals(decoder.decode(octetCounting.frame(new Uint8Array(1234))).slice(0, 5), "1234 ");
  assertEquals(frames("5 späm4 eggs", undefined, "counted"), ["späm", "eggs"]);
  assertEquals(frames("6 <späm5 <eggs"), ["<späm", "<eggs"]);
  assertEquals(frames("11 <13>a\nb\0c\r\n9 <13>spam\n"), ["<13>a\nb\0c\r\n", "<13>spam\n"]);
});

test("lineDelimited and nulDelimited replace a delimiter inside a message", () => {
  const payload = encoder.encode("a\nb\r\nc\0<8>späm\te#");
  for (const [framing, end] of [[lineDelimited, "\n"], [nulDelimited, "\0"]] as const) {
    const escaped = "a#012b#015#012c#000<8>späm\te#";
    assertEquals(decoder.decode(framing.frame(payload)), escaped + end);
  }
  assertEquals(decoder.decode(octetCounting.frame(encoder.encode("a\nb\0"))), "4 a\nb\0");
});

test("write() writes the bytes of frame(), and at most mostBytes()", () => {
  const framings = [octetCounting, lineDelimited, nulDelimited];
  fc.assert(
    fc.property(message, fc.nat({ max: 20 }), (payload, at) => {
      for (const framing of framings) {
        const out = new Uint8Array(at + framing.mostBytes(payload.length)).fill(0xee);
        const end = framing.write(payload, out, at);
        assertEquals([...out.subarray(at, end)], [...framing.frame(payload)]);
        assert([...out.subarray(0, at), ...out.subarray(end)].every((byte) => byte === 0xee));
      }
    }),
    { seed: 20240902, numRuns: 100 },
  );
  for (const length of [0, 9, 10, 99, 100, 12_345]) {
    const frame = decoder.decode(octetCounting.frame(new Uint8Array(length)));
    assert(frame.startsWith(`${length} `));
    assertEquals(frame.length, `${length} `.length + length);
  }
});

test("lineDelimited and nulDelimited put one byte after each message", () => {
  assertEquals(decoder.decode(lineDelimited.frame(encoder.encode("späm"))), "späm\n");
  assertEquals(decoder.decode(nulDelimited.frame(encoder.encode("späm"))), "späm\0");
  assertEquals(frames("<1>a\n<2>b\0<3>c\n"), ["<1>a", "<2>b", "<3>c"]);
});

test("text without a delimiter is a message when the stream ends", () => {
  assertEquals(frames("<1>a\n<2>b"), ["<1>a", "<2>b"]);
  assertEquals(frames("<1>a\n<2>b\r"), ["<1>a", "<2>b"]);
  const reader = new SyslogFrameReader();
  reader.push(encoder.encode("<1>a"));
  assertEquals(drain(reader), []);
  reader.end();
  assertEquals(drain(reader), ["<1>a"]);
  assertEquals(drain(reader), []);
});

test("a CR before an LF and empty lines between frames are no part of a message", () => {
  assertEquals(frames("\n\n<1>a\r\n\r\n\0\n5 <2>b\n\n\r\n<3>c\n\0"), ["<1>a", "<2>b\n", "<3>c"]);
  assertEquals(frames("\r\n\n\0"), []);
  assertEquals(frames("<1>a\rb\r\r\n"), ["<1>a\rb\r"]);
});

test("a reader of one delimiter ignores the other", () => {
  assertEquals(frames("<1>a\nb\r\n\0<2>c\r\0<3>d", "nul"), ["<1>a\nb\r\n", "<2>c\r", "<3>d"]);
  assertEquals(frames("<1>a\0b\n<2>c\r\n", "lf"), ["<1>a\0b", "<2>c"]);
  for (const delimiter of ["nul", "either"] as const) {
    assertEquals(frames("4 <1>a4 <2>b", delimiter), ["<1>a", "<2>b"]);
  }
  const delimiter = "crlf" as Delimiter;
  assertThrows(() => new SyslogFrameReader({}, delimiter), TypeError, "'delimiter'");
});

test("a number without a space and a PRI behind it is the beginning of a line", () => {
  const lines = [
    ...["404 Not Found", "1 2 3 test", "2019-02-19T12:02:54.464+01:00 x", "7", "12 ", "0 <1>a"],
    ...["007 <13>bond", "12<13>a", "12  <13>a", "12345678901 <13>a", "3\t<13>a"],
  ];
  for (const end of ["\n", "\r\n", "\0"]) {
    assertEquals(frames(`${lines.join(end)}${end}4 <1>a<2>b${end}`), [...lines, "<1>a", "<2>b"]);
  }
  for (const line of lines) assertEquals(frames(line), [line]);
});

test("the option 'framing' decides which frames are read", () => {
  const stream = "4 <1>a\n5 <2>b\n";
  assertEquals(frames(stream), ["<1>a", "<2>b\n"]);
  assertEquals(frames(stream, undefined, "lines"), ["4 <1>a", "5 <2>b"]);
  assertEquals(frames(stream, "lf"), ["4 <1>a", "5 <2>b"]);
  assertEquals(frames(stream, "lf", "both"), ["<1>a", "<2>b\n"]);
  assertEquals(frames("4 no a4 PRI\n", undefined, "counted"), ["no a", "PRI\n"]);
  const framing = "octets" as ReadFraming;
  assertThrows(() => new SyslogFrameReader({}, undefined, framing), TypeError, "'framing'");
});

test("each framing reads what it writes", () => {
  const framings: [Framing, string[]][] = [
    [octetCounting, ["a", "<1>b\nc\0", "\n"]],
    [lineDelimited, ["a", "<1>b"]],
    [nulDelimited, ["a", "<1>b"]],
  ];
  for (const [framing, payloads] of framings) {
    const reader = framing.reader();
    for (const payload of payloads) reader.push(framing.frame(encoder.encode(payload)));
    assertEquals(drain(reader), payloads);
    reader.end();
  }
});

test("octetCounting refuses an invalid length, and reads nothing behind it", () => {
  for (
    const stream of [
      ...["0 ", "01 a", "1x", "12<13>a\n", "2026-01-02 a\n", "12345678901", "7\n", "<13>a\n"],
    ]
  ) {
    assertEquals(failure(stream, "counted").code, "malformed", stream);
  }
  const reader = new SyslogFrameReader({}, undefined, "counted");
  reader.push(encoder.encode("01 a"));
  for (let i = 0; i < 2; i++) assertThrows(() => reader.next(), FrameError, "leading zero");
});

test("a frame larger than the cap is refused for ever, without an allocation", () => {
  assertEquals(failure("101 ", "counted").code, "too-large");
  assertEquals(failure("101 <").code, "too-large");
  assertEquals(failure("9999999999 <").code, "too-large");
  assertEquals(failure("<".repeat(101)).code, "too-large");
  assertEquals(frames(`100 ${"<".repeat(100)}`), ["<".repeat(100)]);
  for (const stream of ["6 <bcdef", "abcdef\n", "abcdef", "123456\n", "1234567", "1 abcd"]) {
    const reader = new SyslogFrameReader({ maxFrameBytes: 5 });
    reader.push(encoder.encode(`5 <bcde\nabcde\n${stream}`));
    assertEquals([reader.next(), reader.next()].map((bytes) => decoder.decode(bytes)), [
      ...["<bcde", "abcde"],
    ]);
    if (/^\d+$/.test(stream)) {
      assertStrictEquals(reader.next(), undefined);
      assertThrows(() => reader.end(), FrameError, "5");
      continue;
    }
    for (let i = 0; i < 2; i++) assertThrows(() => reader.next(), FrameError, "5");
  }
});

test("an octet-counted frame that the end of the stream cuts off is an error", () => {
  for (const stream of ["5", "12", "5 ", "5 abcd"]) {
    assertEquals(failure(stream, "counted").code, "cut-off", stream);
  }
  for (const stream of ["5 <", "5 <bcd"]) assertEquals(failure(stream).code, "cut-off", stream);
  assertThrows(
    () => {
      const reader = new SyslogFrameReader();
      reader.push(encoder.encode("<1>a\n"));
      reader.end();
    },
    FrameError,
    "before its frames were read",
  );
});

test("SyslogFrameReader takes a long message, and many short ones, in linear time", () => {
  const size = 4 * 1024 * 1024;
  const long = new Uint8Array(size).fill(60);
  for (const framing of [octetCounting, lineDelimited]) {
    const stream = framing.frame(long);
    const reader = new SyslogFrameReader();
    let found: Uint8Array | undefined;
    for (let at = 0; found === undefined && at < stream.length; at++) {
      reader.push(stream.subarray(at, at + 1));
      found = reader.next();
    }
    assertEquals(found?.length, size);
  }
  const reader = new SyslogFrameReader();
  reader.push(encoder.encode("<1>\n".repeat(size / 4)));
  let count = 0;
  while (reader.next() !== undefined) count++;
  assertEquals(count, size / 4);
  reader.push(new Uint8Array(size));
  assertStrictEquals(reader.next(), undefined);
  reader.end();
});

test("SyslogFrameReader returns a view of a frame that lies in one chunk", () => {
  const chunk = encoder.encode("4 <bcd<1>e\n");
  const reader = new SyslogFrameReader();
  reader.push(chunk);
  for (const _ of [1, 2]) assertStrictEquals(reader.next()?.buffer, chunk.buffer);
});

test("SyslogFrameReader refuses bad options and bad chunks", () => {
  for (const maxFrameBytes of [0, -1, 1.5, NaN, 2 ** 32]) {
    assertThrows(() => octetCounting.reader({ maxFrameBytes }), RangeError, "'maxFrameBytes'");
  }
  const reader = new SyslogFrameReader();
  assertThrows(() => reader.push("text" as unknown as Uint8Array), TypeError, "'chunk'");
});

test("heldBytes is the memory of a message that has begun, and 0 between messages", () => {
  const encoder = new TextEncoder();
  const reader = new SyslogFrameReader();
  const steps: [string, number][] = [
    ["\n\n", 0],
    ["<13>sp", 1024],
    ["am", 1024],
    ["\n", 0],
    ["1", 11],
    ["4 ", 11],
    ["<13>", 14],
    ["spam, eggs", 0],
  ];
  for (const [text, held] of steps) {
    reader.push(encoder.encode(text));
    while (reader.next() !== undefined);
    assertEquals(reader.heldBytes, held, text);
  }
});

test("enclose() frames a payload wherever it stands as frame() does", () => {
  const payloads = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.constantFrom(0, 9, 10, 99, 100, 999, 1000, 1001).map((length) => new Uint8Array(length)),
  );
  const property = fc.property(payloads, fc.nat(9), fc.nat(2000), (payload, at, expected) => {
    const { length } = payload;
    const most = octetCounting.mostBytes(length);
    const out = new Uint8Array(at + most);
    const start = at + octetCounting.offset(expected);
    out.set(payload, start);
    const end = octetCounting.enclose(out, at, start, start + length);
    assertEquals(out.slice(at, end), octetCounting.frame(payload));
    assertEquals(octetCounting.offset(length) + length, end - at);
  });
  fc.assert(property, { seed: 14 });
});
