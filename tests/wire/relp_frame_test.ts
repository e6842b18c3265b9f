import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { FrameError } from "../../src/wire/framing.ts";
import {
  MAX_TXNR,
  type RelpFrame,
  relpFrame,
  RelpFrameReader,
} from "../../src/wire/_relp_frame.ts";
import { Dice } from "../delivery/scripted_faults.ts";
import { test } from "../test.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

/** The frames of a stream that arrives in chunks of this size. */
function read(stream: Uint8Array, size: number = stream.length, max = 1000): RelpFrame[] {
  const reader = new RelpFrameReader(max);
  const frames: RelpFrame[] = [];
  for (let at = 0; at < stream.length; at += size) {
    reader.push(stream.slice(at, at + size));
    for (let frame = reader.next(); frame !== undefined; frame = reader.next()) frames.push(frame);
  }
  reader.end();
  return frames;
}

function shown(frames: RelpFrame[]): unknown[] {
  return frames.map(({ txnr, command, data }) => [txnr, command, text(data)]);
}

test("relpFrame() writes what librelp reads", () => {
  assertEquals(text(relpFrame(1, "open", "relp_version=0")), "1 open 14 relp_version=0\n");
  assertEquals(text(relpFrame(MAX_TXNR, "close")), "999999999 close 0\n");
  assertEquals(text(relpFrame(12, "rsp", "200 ÖK")), "12 rsp 7 200 ÖK\n");
});

test("RelpFrameReader reads frames in chunks of any size", () => {
  const stream = bytes("1 open 3 a=b\n2 syslog 6 a\n\nb\0c\n3 close 0\n0 serverclose 0 \n");
  for (let size = 1; size <= stream.length; size++) {
    assertEquals(shown(read(stream, size)), [
      [1, "open", "a=b"],
      [2, "syslog", "a\n\nb\0c"],
      [3, "close", ""],
      [0, "serverclose", ""],
    ]);
  }
});

test("RelpFrameReader refuses what is no frame, and goes on refusing", () => {
  const bad: [stream: string, message: RegExp][] = [
    ["<14>spam\n", /transaction number of 1 to 9 digits: "<" is in it/],
    ["\x16\x03\x01\x02", /looks like TLS/],
    [" open 0\n", /transaction number/],
    ["1234567890 open 0\n", /transaction number/],
    ["-1 open 0\n", /transaction number/],
    ["1  0\n", /letters: byte 32/],
    ["1 op3n 0\n", /letters: "3"/],
    [`1 ${"x".repeat(33)} 0\n`, /1 to 32 letters/],
    ["1 syslog \n", /length of 1 to 9 digits/],
    ["1 syslog 1234567890 x\n", /length of 1 to 9 digits/],
    ["1 syslog 3\n", /length/],
    ["1 syslog -3 abc\n", /length/],
    ["1 syslog 0 abc\n", /line feed: "a" follows/],
    ["1 syslog 0  \n", /line feed: byte 32 follows/],
    ["1 syslog 3 abcd\n", /line feed: "d" ends it/],
  ];
  for (const [stream, message] of bad) {
    for (const size of [1, stream.length]) {
      const reader = new RelpFrameReader(1000);
      for (let at = 0; at < stream.length; at += size) {
        reader.push(bytes(stream.slice(at, at + size)));
      }
      for (let i = 0; i < 2; i++) {
        const error = assertThrows(() => reader.next(), FrameError, undefined, stream);
        assert(message.test(error.message), `${stream}: ${error.message}`);
        assertEquals(error.code, "malformed");
      }
    }
  }
});

test("RelpFrameReader refuses a length over its cap before it allocates anything", () => {
  const claims: [stream: string, most: number][] = [
    ["1 syslog 1001 ", 1000],
    ["1 syslog 999999999 ", 1000],
    ["1 rsp 999999999 ", 65_536],
    ["1 open 65537 ", 65_536],
  ];
  for (const [stream, most] of claims) {
    const reader = new RelpFrameReader(1000);
    reader.push(bytes(stream));
    const error = assertThrows(() => reader.next(), FrameError, `the most is ${most}`);
    assertEquals([error.code, reader.heldBytes], ["too-large", 1]);
  }
});

test("RelpFrameReader holds no more memory than has arrived, but for a kilobyte", () => {
  const reader = new RelpFrameReader(16_777_216);
  reader.push(bytes("1 syslog 16777216 "));
  assertEquals(reader.next(), undefined);
  assertEquals(reader.heldBytes, 1);
  reader.push(new Uint8Array(10));
  assertEquals([reader.next(), reader.heldBytes], [undefined, 1024]);
  reader.push(new Uint8Array(5000));
  assertEquals(reader.next(), undefined);
  assert(reader.heldBytes <= 2 * 5010);
});

test("RelpFrameReader.end() throws within a frame alone", () => {
  const stream = "12 syslog 3 abc\n";
  for (let size = 0; size <= stream.length; size++) {
    const reader = new RelpFrameReader(1000);
    reader.push(bytes(stream.slice(0, size)));
    reader.next();
    if (size === 0 || size === stream.length) reader.end();
    else assertEquals(assertThrows(() => reader.end(), FrameError).code, "cut-off");
  }
});

test("RelpFrameReader reads random frames whole, and a FrameError is all that damaged ones lead to", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const dice = new Dice(seed);
    const sent = Array.from({ length: 1 + dice.roll(5) }, () => {
      const data = "x\n ö".repeat(dice.pick(0, 1, 40));
      return [dice.pick(0, 1, dice.roll(MAX_TXNR), MAX_TXNR), dice.pick("syslog", "rsp"), data];
    }) as [number, string, string][];
    const stream = bytes(sent.map((frame) => text(relpFrame(...frame))).join(""));
    const size = 1 + dice.roll(50);
    assertEquals(shown(read(stream, size)), sent, `seed ${seed}`);
    const damaged = stream.slice(0, dice.pick(stream.length, dice.roll(stream.length)));
    damaged[dice.roll(damaged.length)] = dice.roll(256);
    try {
      const frames = read(damaged, size);
      assert(frames.every(({ data }) => data.length <= 1000), `seed ${seed}`);
    } catch (error) {
      assertInstanceOf(error, FrameError, `seed ${seed}: ${error}`);
    }
  }
});
