import { assert, assertEquals, assertThrows } from "@std/assert";
import process from "node:process";
import { strftime } from "../../src/text/strftime.ts";
import { gmtime, localtime, type StructTime } from "../../src/text/struct_time.ts";
import { TimeText } from "../../src/text/time_text.ts";
import { test } from "../test.ts";

const FORMAT = "%Y-%m-%d %H:%M:%S";

/** Runs within a time zone. */
function within(zone: string, run: () => void): void {
  const before = process.env.TZ;
  process.env.TZ = zone;
  try {
    run();
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
}

let minutes = 0;
within(
  "Asia/Kolkata",
  () => minutes = new Date(1_767_225_600_000).getTimezoneOffset(),
);
const skip = minutes !== -330 &&
  "this runtime does not read TZ again while it runs";

test("TimeText.format() writes as strftime() does, in whatever order the times come", () => {
  const times = [
    0,
    0.999,
    1,
    0.5,
    -0.5,
    -1,
    1e9 + 0.1,
    1e9,
    951_782_399.999,
    951_782_400,
    -1e10,
  ];
  for (const converter of [localtime, gmtime]) {
    for (const format of [FORMAT, "%c %z", "%Z %j", "plain", ""]) {
      const kept = new TimeText();
      for (const seconds of [...times, ...times.toReversed()]) {
        assertEquals(
          kept.format({ converter }, format, seconds),
          strftime(format, converter(seconds)),
        );
      }
    }
  }
});

test("TimeText.format() sees another format and another converter within a second", () => {
  const kept = new TimeText();
  const later = (seconds: number) => gmtime(seconds + 3600);
  assertEquals(kept.format({ converter: gmtime }, "%H:%M", 60), "00:01");
  assertEquals(kept.format({ converter: gmtime }, "%M", 60), "01");
  assertEquals(kept.format({ converter: later }, "%H:%M", 60), "01:01");
  assertEquals(kept.format({ converter: gmtime }, "%H:%M", 60), "00:01");
});

test("TimeText.format() calls a converter of the program for every time, on its owner", () => {
  let calls = 0;
  const owner = {
    shift: 60,
    converter(this: { shift: number }, seconds: number): StructTime {
      calls++;
      return gmtime(seconds + this.shift);
    },
  };
  const kept = new TimeText();
  for (let i = 0; i < 3; i++) assertEquals(kept.format(owner, "%M", 0), "01");
  assertEquals(calls, 3);
});

test("TimeText.format() refuses what is no time, after one that was kept", () => {
  const kept = new TimeText();
  kept.format({ converter: localtime }, FORMAT, 0);
  for (const bad of [NaN, Infinity, 1e300, "0", [0], null] as number[]) {
    for (const converter of [localtime, gmtime]) {
      assertThrows(
        () => kept.format({ converter }, FORMAT, bad),
        RangeError,
        "Cannot convert a time",
      );
    }
  }
});

test(
  "TimeText.format() follows summer time across the second at which it begins and ends",
  () => {
    const kept = new TimeText();
    within("Europe/Berlin", () => {
      const at = (seconds: number) => kept.format({ converter: localtime }, "%H:%M:%S %z", seconds);
      assertEquals([1_774_745_999.9, 1_774_746_000].map(at), [
        "01:59:59 +0100",
        "03:00:00 +0200",
      ]);
      assertEquals([1_792_889_999.9, 1_792_890_000].map(at), [
        "02:59:59 +0200",
        "02:00:00 +0100",
      ]);
      const utc = (seconds: number) => kept.format({ converter: gmtime }, "%H:%M:%S %z", seconds);
      assertEquals([1_774_745_999.9, 1_774_746_000].map(utc), [
        "00:59:59 +0000",
        "01:00:00 +0000",
      ]);
    });
  },
  { skip },
);

test(
  "TimeText.format() sees that the process changes its time zone within a second",
  () => {
    const kept = new TimeText();
    const texts: string[] = [];
    for (
      const zone of [
        "Europe/Berlin",
        "America/New_York",
        "UTC",
        "Europe/Berlin",
      ]
    ) {
      within(
        zone,
        () =>
          texts.push(
            kept.format({ converter: localtime }, "%H:%M", 1_767_225_600),
          ),
      );
    }
    assertEquals(texts, ["01:00", "19:00", "00:00", "01:00"]);
  },
  { skip },
);

test(
  "TimeText.format() reads the name of the time zone again for each time",
  () => {
    const kept = new TimeText();
    const names: string[] = [];
    for (const zone of ["America/Bogota", "America/New_York"]) {
      within(
        zone,
        () =>
          names.push(
            kept.format({ converter: localtime }, "%Z", 1_767_225_600),
          ),
      );
    }
    assert(names[0] !== names[1], names.join());
  },
  { skip },
);
