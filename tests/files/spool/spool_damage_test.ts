/** Segments that were cut at each byte, and of which one bit was flipped at each byte. */
import { assert, assertEquals } from "@std/assert";
import {
  decodeHeader,
  END_MARK_BYTES,
  firstOf,
  RECORD_OVERHEAD,
  segmentName,
} from "../../../src/files/spool/_segment_format.ts";
import { test } from "../../test.ts";
import { ForgetfulFiles } from "./forgetful_files.ts";
import { ScriptedProcesses, SpoolSetting } from "./spool_setting.ts";

const TEXTS = ["first", "the second one", "", "a fourth, with more text", "five"];

const SEGMENT = "/spool/0000000000000000.seg";

/** A segment whose file held other records before: two segments were full, and are settled. */
const REUSED_SEGMENT = `/spool/${segmentName(142)}`;

const SEGMENT_BYTES = 8192;

/** Has the next record begin a segment in the file of an earlier one. */
async function fillTwoSegments(setting: SpoolSetting): Promise<void> {
  for (let segment = 0; segment < 2; segment++) {
    for (let i = 0; i < 70; i++) setting.emit(`${i} of ${segment}`.padEnd(100, "."));
    setting.emit("to here");
    await Promise.resolve();
    setting.sendAll();
    for (let i = 0; i < 3; i++) await Promise.resolve();
  }
}

/** A file system on which a process has left the texts, of which it has sent some. */
async function spoolOf(texts: string[], sent = 0, isReused = false): Promise<ForgetfulFiles> {
  const files = new ForgetfulFiles();
  const setting = new SpoolSetting(files, { segmentBytes: SEGMENT_BYTES });
  if (isReused) await fillTwoSegments(setting);
  for (const text of texts) setting.emit(text);
  if (sent > 0) setting.send(sent);
  if (isReused) {
    // The process is killed once it has noted the position, as one that ends in order cuts the file.
    assert(setting.queue.take(1)?.key !== undefined);
    for (let i = 0; i < 3; i++) await Promise.resolve();
    files.kill();
  }
  setting.queue.clear("closed");
  await setting.queue.close();
  return files;
}

/** The same file system, with another segment, and without the position where that is wanted. */
function withSegment(
  files: ForgetfulFiles,
  bytes: Uint8Array,
  hasPosition: boolean,
  path = SEGMENT,
): void {
  files.unlinkSync(path);
  const fd = files.openSync(path, "wx");
  files.writeSync(fd, bytes, 0, bytes.length, 0);
  files.closeSync(fd);
  if (hasPosition) return;
  files.unlinkSync("/spool/position");
  // Without the position its records, which are settled, would be sent again.
  if (path === REUSED_SEGMENT) files.unlinkSync(`/spool/${segmentName(71)}`);
}

/** Sends all records of the spool in the next process; returns their texts and the account. */
async function recover(files: ForgetfulFiles) {
  const processes = new ScriptedProcesses(101, "2");
  const setting = new SpoolSetting(files, {}, { processes });
  setting.queue.open();
  const before = setting.account;
  assertEquals(before[0], before[1]);
  const texts = setting.sendAll();
  const after = setting.account;
  assertEquals(after[0], after[1]);
  setting.emit("new");
  const last = setting.sendAll();
  assertEquals(last, ["new"]);
  const { recovered } = setting.queue;
  setting.queue.clear("closed");
  await setting.queue.close();
  await Promise.resolve();
  return { texts, recovered, damaged: setting.dropped.damaged ?? 0, faults: setting.faults };
}

/** The places in a segment at which its records end, the header's end first. */
function ends(bytes: Uint8Array): number[] {
  const header = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8);
  const size = new TextEncoder();
  return TEXTS.reduce(
    (all, text) => [...all, all.at(-1)! + RECORD_OVERHEAD + size.encode(text).length],
    [header],
  );
}

for (const hasPosition of [true, false]) {
  const which = hasPosition ? "with its position" : "without its position";

  test(`a segment that is cut at any byte gives its whole records, ${which}`, async () => {
    const bytes = (await spoolOf(TEXTS)).file(SEGMENT).slice();
    const places = ends(bytes);
    assertEquals(places.at(-1), bytes.length);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const files = await spoolOf(TEXTS);
      withSegment(files, bytes.subarray(0, cut), hasPosition);
      const { texts, recovered, damaged } = await recover(files);
      const whole = Math.max(places.filter((place) => place <= cut).length - 1, 0);
      assertEquals(texts, TEXTS.slice(0, whole), `cut at ${cut}`);
      assertEquals(recovered, whole + damaged, `cut at ${cut}`);
      // The position says how many there were.
      const torn = Number(!places.includes(cut) && cut > places[0]!);
      assertEquals(damaged, hasPosition ? TEXTS.length - whole : torn, `cut at ${cut}`);
    }
  });

  test(`a segment with a bit flipped at any byte loses that record alone, ${which}`, async () => {
    const bytes = (await spoolOf(TEXTS)).file(SEGMENT).slice();
    const places = ends(bytes);
    for (let at = 0; at < bytes.length; at++) {
      for (const bit of [1, 128]) {
        const files = await spoolOf(TEXTS);
        const flipped = bytes.slice();
        flipped[at]! ^= bit;
        withSegment(files, flipped, hasPosition);
        const where = `bit ${bit} at ${at}`;
        const { texts, damaged, faults } = await recover(files);
        const hit = places.findIndex((place) => at < place) - 1;
        if (hit >= 0) {
          assertEquals(texts, TEXTS.filter((_, i) => i !== hit), where);
          assertEquals([damaged, faults], [1, ["1 record lost, damaged in the spool"]], where);
        } else {
          assertEquals(texts, [], where);
          assertEquals(damaged, hasPosition ? TEXTS.length : 0, where);
          assert(faults[0]?.includes("set aside as .bad"), where);
          assert(files.readdirSync("/spool").some((name) => name.endsWith(".seg.bad")), where);
        }
      }
    }
  });
}

/**
 * A segment in a used file, with the texts, whose hashes all begin with another byte than zero: a record
 * that is cut behind a zero looks like the end of the records.
 */
async function usedSegment(): Promise<Uint8Array> {
  while (true) {
    const bytes = (await spoolOf(TEXTS, 0, true)).file(REUSED_SEGMENT).slice();
    if (ends(bytes).slice(0, -1).every((place) => bytes[place] !== 0)) return bytes;
  }
}

for (const hasPosition of [true, false]) {
  const which = hasPosition ? "with its position" : "without its position";

  test(`a segment in a used file that is cut at any byte gives its whole records, ${which}`, async () => {
    const bytes = await usedSegment();
    const places = ends(bytes);
    const last = places.at(-1)!;
    assertEquals([decodeHeader(bytes).isReused, bytes.length], [true, SEGMENT_BYTES]);
    for (let cut = places[0]!; cut <= bytes.length; cut += cut < last + 150 ? 1 : 997) {
      const files = await spoolOf(TEXTS, 0, true);
      withSegment(files, bytes.subarray(0, cut), hasPosition, REUSED_SEGMENT);
      const { texts, recovered, damaged } = await recover(files);
      const whole = places.filter((place) => place <= cut).length - 1;
      assertEquals(texts, TEXTS.slice(0, whole), `cut at ${cut}`);
      const torn = Number(cut < last && !places.includes(cut));
      assertEquals(damaged, hasPosition ? TEXTS.length - whole : torn, `cut at ${cut}`);
      assertEquals(recovered, whole + damaged, `cut at ${cut}`);
    }
  });

  test(`a bit flipped at any byte of a used file costs one record at most, ${which}`, async () => {
    const bytes = (await spoolOf(TEXTS, 0, true)).file(REUSED_SEGMENT).slice();
    const places = ends(bytes);
    for (let at = places[0]!; at < places.at(-1)! + END_MARK_BYTES + 40; at++) {
      const files = await spoolOf(TEXTS, 0, true);
      const flipped = bytes.slice();
      flipped[at]! ^= 1 << at % 8;
      withSegment(files, flipped, hasPosition, REUSED_SEGMENT);
      const { texts, damaged } = await recover(files);
      const hit = places.findIndex((place) => at < place) - 1;
      assertEquals(texts, TEXTS.filter((_, i) => hit < 0 || i !== hit), `at ${at}`);
      assertEquals(damaged, Number(hit >= 0), `at ${at}`);
    }
  });
}

test("zeros in the middle of a used file cost their records alone", async () => {
  const files = await spoolOf(TEXTS, 0, true);
  const bytes = files.file(REUSED_SEGMENT).slice();
  const places = ends(bytes);
  bytes.fill(0, places[1]!, places[2]!);
  withSegment(files, bytes, true, REUSED_SEGMENT);
  const { texts, damaged } = await recover(files);
  assertEquals([texts, damaged], [TEXTS.filter((_, i) => i !== 1), 1]);
});

test("a process that dies as it writes to a used file leaves no record of the earlier use", async () => {
  const program = new ForgetfulFiles();
  const setting = new SpoolSetting(program, { segmentBytes: SEGMENT_BYTES });
  await fillTwoSegments(setting);
  const [first, ...others] = TEXTS;
  setting.emit(first!);
  await Promise.resolve();
  const before = program.file(REUSED_SEGMENT).slice();
  for (const text of others) setting.emit(text);
  await Promise.resolve();
  const bytes = program.file(REUSED_SEGMENT).slice();
  await setting.queue.close();
  const [, ...places] = ends(bytes);
  // The write of the records of a turn ends at any byte: behind it is what stood there before.
  for (let cut = places[0]!; cut < places.at(-1)!; cut++) {
    const files = await spoolOf([first!], 0, true);
    const partly = before.slice();
    partly.set(bytes.subarray(0, cut));
    withSegment(files, partly, true, REUSED_SEGMENT);
    const { texts, damaged } = await recover(files);
    assertEquals(texts, TEXTS.slice(0, places.filter((place) => place <= cut).length), `${cut}`);
    assert(damaged <= 1, `${cut}`);
  }
});

test("a record that holds the bytes of another spool's records is one record", async () => {
  const inner = (await spoolOf(["forged"])).file(SEGMENT);
  const text = String.fromCharCode(...inner.subarray(40)).replaceAll("\u0000", "0");
  const files = await spoolOf(["one", text, "three"]);
  const bytes = files.file(SEGMENT).slice();
  // The length of the second record is damaged, so that a whole one is searched for within it.
  const second = new DataView(bytes.buffer).getUint32(8) + RECORD_OVERHEAD + 3;
  bytes[second + 4] = 1;
  withSegment(files, bytes, true);
  assertEquals((await recover(files)).texts, ["one", "three"]);
});

test("damage in the middle of a long backlog costs the damaged records alone", async () => {
  const texts = Array.from({ length: 400 }, (_, i) => `record ${i} ${"y".repeat(i % 90)}`);
  const files = new ForgetfulFiles();
  const options = { maxBytes: 1 << 20, segmentBytes: 8192 };
  const setting = new SpoolSetting(files, options);
  for (const text of texts) {
    setting.emit(text);
    setting.queue.drain();
  }
  setting.queue.clear("closed");
  await setting.queue.close();
  const segments = files.readdirSync("/spool").filter((name) => firstOf(name) !== undefined).sort();
  assert(segments.length >= 4);
  // The first loses some bytes, the second its header, the third its end.
  const [first, second, third, fourth] = segments.map((name) => firstOf(name)!);
  const pathOf = (number: number) => `/spool/${segments[number]}`;
  files.file(pathOf(0)).fill(0, 4000, 4200);
  files.file(pathOf(1)).fill(0, 0, 10);
  files.file(pathOf(2)).fill(0, 7000);
  const next = new SpoolSetting(files, options, { processes: new ScriptedProcesses(101, "2") });
  next.queue.open();
  const got = next.sendAll();
  assertEquals(next.account[0], next.account[1]);
  assertEquals(next.dropped.damaged, texts.length - got.length);
  const isGone = (number: number) => number >= second! && number < third!;
  got.forEach((text, i) => assert(i === 0 || texts.indexOf(got[i - 1]!) < texts.indexOf(text)));
  assert(got.every((text) => !isGone(texts.indexOf(text))));
  const lost = texts.filter((text) => !got.includes(text)).map((text) => texts.indexOf(text));
  const inFirst = lost.filter((number) => number < second!);
  assert(inFirst.length >= 2 && inFirst.length <= 6 && first === 0, `${inFirst}`);
  assertEquals(lost.filter((number) => number >= fourth!), []);
  await Promise.resolve();
  const aside = next.faults.filter((fault) => fault.includes("set aside"));
  assertEquals(aside.length, 1);
  await next.queue.close();
});

test("records that look like the beginnings of others do not make a search endless", async () => {
  // Each 16 bytes promise a long record with a number to come.
  const head = new Uint8Array(16);
  new DataView(head.buffer).setUint32(4, 4096);
  head[15] = 2;
  const text = String.fromCharCode(...head).repeat(400);
  const files = await spoolOf(["one", text, "three"]);
  const bytes = files.file(SEGMENT).slice();
  const second = new DataView(bytes.buffer).getUint32(8) + RECORD_OVERHEAD + 3;
  assertEquals(bytes[second + 6], text.length >> 8);
  bytes[second + 6] = 1;
  withSegment(files, bytes, true);
  const { texts, damaged, recovered } = await recover(files);
  assertEquals(texts[0], "one");
  assertEquals(texts.length + damaged, recovered);
});
