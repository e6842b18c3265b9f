import { assertEquals, assertThrows } from "@std/assert";
import {
  DirectEncoderFirst,
  encodeAlone,
  FrameEncoder,
  FramingEncoder,
} from "../../src/delivery/frame_encoder.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { record } from "../handlers/wire.ts";
import { octetCounting } from "../../src/wire/syslog/syslog_framing.ts";
import { test } from "../test.ts";

test("FrameEncoder refuses a frame that is no Uint8Array", () => {
  const encoder = new FrameEncoder(() => "text" as unknown as Uint8Array);
  assertThrows(() => encoder.prepare(0), TypeError, "a frame must be a Uint8Array");
});

test("encodeAlone() gives the frame and no more of the room that it could have taken", () => {
  const encoder = {
    prepare: () => 10,
    write: (out: Uint8Array, _view: DataView, at: number) => (out.fill(7, at, at + 2), at + 2),
  };
  assertEquals(encodeAlone(0, encoder), Uint8Array.of(7, 7));
});

test("DirectEncoderFirst encodes a record that is logged while another is encoded the general way", () => {
  const order: string[] = [];
  const encoder: DirectEncoderFirst = new DirectEncoderFirst(
    {
      prepare: ({ msg }) => {
        if (msg === "not plain") return 0;
        if (msg === "outer") order.push(`nested: ${encodeAlone(record("inner"), encoder)}`);
        return 3;
      },
      write: (out, _view, at) => (out.fill(1, at, at + 3), at + 3),
    },
    new FrameEncoder(({ msg }: LogRecord) => {
      if (msg === "not plain") order.push(`nested: ${encodeAlone(record("inner"), encoder)}`);
      return Uint8Array.of(2, 2);
    }),
  );
  for (const msg of ["outer", "not plain", "plain"]) {
    order.push(`${msg}: ${encodeAlone(record(msg), encoder)}`);
  }
  assertEquals(order, [
    "nested: 2,2",
    "outer: 1,1,1",
    "nested: 1,1,1",
    "not plain: 2,2",
    "plain: 1,1,1",
  ]);
});

test("DirectEncoderFirst encodes on after a record that throws", () => {
  const encoder = new DirectEncoderFirst({
    prepare: ({ msg }) => {
      if (msg === "bad") throw new Error("scripted");
      return 1;
    },
    write: (_out, _view, at) => at + 1,
  }, new FrameEncoder(() => Uint8Array.of(2, 2)));
  assertThrows(() => encoder.prepare(record("bad")), Error, "scripted");
  assertEquals(encoder.prepare(record("good")), 1);
});

test("FramingEncoder frames an item as its own encoder wrote it, after another one was encoded within", () => {
  const encode = (text: string) => new TextEncoder().encode(text);
  const framing = new FramingEncoder<string>(octetCounting);
  const inner = new FrameEncoder((text: string) => encode(`inner ${text}`));
  const frames: string[] = [];
  const frame = (item: string, encoder: FrameEncoder<string>) =>
    frames.push(new TextDecoder().decode(encodeAlone(item, framing.of(encoder))));
  frame(
    "a",
    new FrameEncoder((text: string) => {
      frame("b", inner);
      return encode(`outer ${text}`);
    }),
  );
  assertEquals(frames, ["7 inner b", "7 outer a"]);
});
