import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { resolve } from "node:path";
import type { Batch } from "../../../src/delivery/batch_writer.ts";
import type { FileSpoolOptions } from "../../../src/files/spool/_make_spool.ts";
import { decodePosition } from "../../../src/files/spool/_position_file.ts";
import { firstOf } from "../../../src/files/spool/_segment_format.ts";
import { test } from "../../test.ts";
import { until } from "../../until.ts";
import { ForgetfulFiles } from "./forgetful_files.ts";
import { ScriptedProcesses, SpoolSetting, textsOf } from "./spool_setting.ts";

const SMALL: FileSpoolOptions = { maxBytes: 1 << 20, segmentBytes: 8192 };

let pid = 1000;

/** A queue of a process of its own. */
function start(files: ForgetfulFiles, options = SMALL, caps: object = {}): SpoolSetting {
  return new SpoolSetting(files, options, {
    processes: new ScriptedProcesses(pid++, String(pid)),
    ...caps,
  });
}

/** The process ends in order. */
async function end(setting: SpoolSetting): Promise<void> {
  setting.queue.clear("closed");
  await setting.queue.close();
}

function check(setting: SpoolSetting): void {
  assertEquals(setting.account[0], setting.account[1]);
}

/** Logs so many records of about 100 bytes, a turn for ten of them. */
async function log(setting: SpoolSetting, count: number, from = 0): Promise<void> {
  for (let i = from; i < from + count; i++) {
    setting.emit(`${i} ${"z".repeat(90)}`);
    check(setting);
    if (i % 10 === 9) await Promise.resolve();
  }
  await Promise.resolve();
}

/** The numbers at the beginnings of texts, as ranges: "0-9 12-14". */
function rangesOf(texts: string[]): string {
  const ranges: [number, number][] = [];
  for (const number of texts.map((text) => parseInt(text))) {
    const last = ranges.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => `${from}-${to}`).join(" ");
}

/** So many numbers from the first one on. */
const range = (from: number, to: number) => `${from}-${to - 1}`;

test("a queue on the disk opens nothing until the first record", async () => {
  const files = new ForgetfulFiles();
  const setting = start(files);
  assertEquals([setting.queue.records, files.steps], [0, 0]);
  setting.emit("one");
  assert(files.steps > 0);
  await end(setting);
});

test("the records of one turn are written in one call", async () => {
  const files = new ForgetfulFiles();
  const setting = start(files);
  await log(setting, 1);
  const before = files.calls.write!;
  for (let i = 0; i < 64; i++) setting.emit(`record ${i}`);
  assertEquals(files.calls.write, before);
  await Promise.resolve();
  assertEquals(files.calls.write, before + 1);
  await end(setting);
});

test('"always" has written and synced at the end of the turn, "os" never syncs a segment', async () => {
  for (const [durability, syncs] of [["always", 2], ["os", 0]] as const) {
    const files = new ForgetfulFiles();
    const setting = start(files, { ...SMALL, durability });
    await log(setting, 1);
    const before = files.calls.sync!;
    for (let turn = 0; turn < 2; turn++) await log(setting, 3);
    assertEquals(files.calls.sync! - before, syncs, durability);
    await end(setting);
  }
});

test('"interval" syncs in the background, and keeps what was synced over a loss of power', async () => {
  const files = new ForgetfulFiles();
  const setting = start(files, { ...SMALL, durability: "interval", intervalMs: 1 });
  await log(setting, 5);
  const before = files.calls.sync!;
  await until(() => files.calls.sync! >= before + 2, () => "two syncs");
  files.crashAt = files.steps + 1;
  setting.emit("behind");
  void setting.queue.close();
  files.reboot(() => 0.99, 0);
  const next = start(files);
  next.queue.open();
  assertEquals(rangesOf(next.sendAll()), range(0, 5));
  await end(next);
});

test("a spool keeps records on Windows, which opens a folder and does not sync it", async () => {
  for (const durability of ["always", "interval", "os"] as const) {
    const files = new ForgetfulFiles();
    files.isWindows = true;
    const setting = start(files, { ...SMALL, durability });
    await log(setting, 300);
    await setting.spool.sync();
    assertEquals(setting.faults, [], durability);
    setting.queue.drain();
    await setting.queue.close();
    const next = start(files);
    next.queue.open();
    assertEquals(rangesOf(next.sendAll()), range(0, 300), durability);
    await end(next);
  }
});

test("sync() resolves when all that was emitted is durable, in rolled segments too", async () => {
  const files = new ForgetfulFiles();
  const setting = start(files);
  await log(setting, 300);
  await setting.spool.sync();
  setting.emit("behind");
  files.crashAt = files.steps + 1;
  setting.queue.drain();
  await setting.queue.close();
  files.reboot(() => 0.99, 0);
  const next = start(files);
  next.queue.open();
  assertEquals(rangesOf(next.sendAll()), range(0, 300));
  await end(next);
});

test("records are sent in order, over restarts, and beyond what memory holds", async () => {
  const files = new ForgetfulFiles();
  const options = { maxBytes: 64 << 20, segmentBytes: 1 << 20 };
  const sent: string[] = [];
  for (let run = 0; run < 3; run++) {
    const setting = start(files, options);
    setting.queue.open();
    for (let i = 0; i < 700; i++) setting.emit(`${run * 700 + i} ${"x".repeat(9000)}`);
    await Promise.resolve();
    check(setting);
    for (let i = 0; i < 100; i++) sent.push(...(setting.send(3) ?? []));
    check(setting);
    await end(setting);
    for (let i = 0; i < 3; i++) await Promise.resolve();
    assertEquals(files.openFiles, 0);
  }
  const setting = start(files, options);
  setting.queue.open();
  const { recovered, records } = setting.queue;
  assertEquals([recovered, records], [2100 - sent.length, 2100 - sent.length]);
  sent.push(...setting.sendAll());
  assertEquals(rangesOf(sent), range(0, 2100));
  await end(setting);
});

test("records that are read back while others are appended are all there", async () => {
  const files = new ForgetfulFiles();
  const setting = start(files, { maxBytes: 64 << 20, segmentBytes: 65536 });
  const text = (number: number) => `${number} ${"x".repeat(5000)}`;
  const window: Batch[] = [];
  const sent: string[] = [];
  let emitted = 0;
  for (let turn = 0; turn < 400; turn++) {
    for (let i = 0; i < 5; i++) setting.emit(text(emitted++));
    await Promise.resolve();
    // Nothing is settled for long, so that the records behind those in memory are read back at once.
    for (let batch; (batch = setting.queue.take(2)) !== undefined;) {
      window.push(batch);
      sent.push(...textsOf(batch).map((text) => text.slice(0, 10)));
    }
    if (turn % 250 === 249) {
      for (const batch of window.splice(0)) {
        setting.queue.settle(batch);
        setting.sent += batch.lengths.length;
      }
    }
    check(setting);
  }
  assertEquals(rangesOf(sent), range(0, 2000));
  assertEquals(setting.dropped, {});
  await end(setting);
});

test("a spool whose records are all settled keeps one segment at most", async () => {
  const files = new ForgetfulFiles();
  const setting = start(files);
  for (let i = 0; i < 50; i++) {
    await log(setting, 20, i * 20);
    setting.sendAll();
  }
  for (let i = 0; i < 3; i++) await Promise.resolve();
  const segments = files.readdirSync("/spool").filter((name) => name.endsWith(".seg"));
  assertEquals(segments.length, 1);
  await end(setting);
});

/** The names of the segments, and of the file that becomes one, in the folder of a spool. */
const filesOf = (files: ForgetfulFiles, folder = "/spool") =>
  files.readdirSync(folder).filter((name) => firstOf(name) !== undefined || name === "spare")
    .sort();

test("a file whose records are settled becomes the next segment", async () => {
  const files = new ForgetfulFiles();
  const setting = start(files);
  let used = 0;
  for (let i = 0; i < 60; i++) {
    await log(setting, 20, i * 20);
    assertEquals(rangesOf(setting.sendAll()), range(i * 20, i * 20 + 20));
    if (i === 30) used = files.used;
  }
  for (let i = 0; i < 3; i++) await Promise.resolve();
  assertEquals(filesOf(files).length, 2);
  assert(filesOf(files).includes("spare"));
  assert(files.used <= used + 500, `${files.used} of ${used}`);
  await log(setting, 20, 1200);
  await end(setting);
  assert(!filesOf(files).includes("spare"));
  const next = start(files);
  next.queue.open();
  assertEquals(rangesOf(next.sendAll()), range(1200, 1220));
  assertEquals(next.dropped, {});
  await end(next);
});

test("a process that is killed leaves a file for the next segment, which the next one removes", async () => {
  const files = new ForgetfulFiles();
  const setting = start(files);
  for (let i = 0; i < 20; i++) {
    await log(setting, 20, i * 20);
    setting.sendAll();
  }
  assert(filesOf(files).includes("spare"));
  files.kill();
  const next = start(files);
  next.queue.open();
  assert(!filesOf(files).includes("spare"));
  assertEquals(next.account, [next.queue.recovered, next.queue.recovered]);
  assertEquals(next.dropped, {});
  await end(next);
  await end(setting);
});

test("files that are used again stay within maxBytes", async () => {
  const files = new ForgetfulFiles();
  const options = { maxBytes: 65536, segmentBytes: 8192 };
  const setting = start(files, options);
  for (let i = 0; i < 40; i++) {
    await log(setting, 20, i * 20);
    setting.sendAll();
  }
  assert(filesOf(files).includes("spare"));
  for (let i = 0; i < 100; i++) {
    await log(setting, 10, 800 + i * 10);
    assert(files.used <= options.maxBytes + 8192, `${files.used}`);
  }
  assert(!filesOf(files).includes("spare"));
  // About as many as fit without a file that was used before.
  assert(setting.queue.records > 350, `${setting.queue.records}`);
  const { overflow = 0 } = setting.dropped;
  assertEquals(rangesOf(setting.sendAll()), range(800 + overflow, 1800));
  check(setting);
  await end(setting);
});

/** Has the next segment begin in the file of an earlier one; the number of records so far. */
async function makeSpare(setting: SpoolSetting): Promise<number> {
  for (let i = 0; i < 10; i++) {
    await log(setting, 20, i * 20);
    setting.sendAll();
    for (let turn = 0; turn < 3; turn++) await Promise.resolve();
  }
  return 200;
}

test("a file for the next segment that another program holds or removes costs no record", async () => {
  for (const way of ["gone", "EACCES"]) {
    const files = new ForgetfulFiles();
    const setting = start(files);
    const from = await makeSpare(setting);
    if (way === "gone") files.unlinkSync("/spool/spare");
    else files.fails = (path) => path === "/spool/spare" ? way : undefined;
    await log(setting, 200, from);
    assertEquals([setting.faults, setting.queue.atRisk], [[], 0], way);
    files.kill();
    const next = start(files);
    next.queue.open();
    assertEquals(rangesOf(next.sendAll()).split("-")[1], String(from + 199));
    assertEquals(next.dropped, {}, way);
    await end(next);
    void setting.queue.close();
  }
});

test("a file of many that were not measured is used again at its own size", async () => {
  const files = new ForgetfulFiles();
  const first = start(files, { maxBytes: 1 << 22, segmentBytes: 20000 });
  for (let i = 0; i < 80; i++) first.emit(`${i} ${"z".repeat(18000)}`);
  await end(first);
  const second = start(files);
  second.queue.open();
  second.sendAll();
  for (let i = 0; i < 3; i++) await Promise.resolve();
  // Files of the earlier size are too large.
  assertEquals(files.sizes("/spool").get("spare"), undefined);
  second.emit(`80 ${"z".repeat(8500)}`);
  await Promise.resolve();
  second.send(); // 81 begins the next segment
  await log(second, 9, 81);
  files.kill();
  const third = start(files);
  third.queue.open();
  assertEquals(rangesOf(third.sendAll()).split("-")[1], "89");
  assertEquals(third.dropped, {});
  await end(third);
  void second.queue.close();
});

/** Has a short record begin a segment in the file of an earlier one; its number. */
async function beginInUsedFile(setting: SpoolSetting): Promise<number> {
  const from = await makeSpare(setting);
  setting.emit(`${from} ${"x".repeat(8000)}`);
  await Promise.resolve();
  setting.sendAll();
  for (let turn = 0; turn < 3; turn++) await Promise.resolve();
  setting.emit(`${from + 1} ${"x".repeat(300)}`);
  await Promise.resolve();
  return from + 1;
}

/** The bytes of the segment that begins with a record. */
const sizeOf = (files: ForgetfulFiles, first: number) =>
  [...files.sizes("/spool")].find(([name]) => firstOf(name) === first)![1];

test("a segment that ends within a used file takes no more space than its records", async () => {
  const files = new ForgetfulFiles();
  const setting = start(files);
  const first = await beginInUsedFile(setting);
  assert(sizeOf(files, first) > 4096);
  setting.emit(`${first + 1} ${"x".repeat(8000)}`);
  await Promise.resolve();
  assert(sizeOf(files, first) < 500);
  assertEquals(rangesOf(setting.sendAll()), range(first, first + 2));
  await end(setting);
});

test("the records that a killed process left in a used file count by their own bytes", async () => {
  const files = new ForgetfulFiles();
  const setting = start(files);
  const first = await beginInUsedFile(setting);
  assert(setting.queue.take(1)!.key); // notes the position
  files.kill();
  const next = start(files);
  next.queue.open();
  assert(sizeOf(files, first) > 4096);
  assert(next.queue.bytes < 500 * next.queue.recovered, `${next.queue.bytes}`);
  await end(next);
  void setting.queue.close();
});

test("a process that logs nothing leaves the position of a killed one right", async () => {
  const files = new ForgetfulFiles();
  const first = start(files);
  await log(first, 10);
  first.send(3);
  assert(first.queue.take(2)!.key); // notes the position
  await log(first, 10, 10);
  files.kill();
  const second = start(files);
  second.queue.open();
  assertEquals(rangesOf(second.send(7)!), range(3, 5));
  await end(second);
  const third = start(files);
  third.queue.open();
  assertEquals([third.queue.recovered, rangesOf(third.sendAll())], [15, range(5, 20)]);
  assertEquals(third.dropped, {});
  await end(third);
  void first.queue.close();
});

test("records that were sent while the disk was full are not missed after a kill", async () => {
  for (const isTorn of [false, true]) {
    const files = new ForgetfulFiles();
    const first = start(files);
    await log(first, 10);
    first.send(2);
    files.capacity = files.used;
    await log(first, 100, 10);
    assertEquals(first.queue.atRisk, 100);
    first.sendAll();
    await log(first, 1, 110);
    files.capacity = Infinity;
    if (isTorn) {
      // The header of the next segment, and a part of a record.
      files.capacity = files.used + 80;
      first.queue.drain();
    } else await first.spool.sync();
    files.kill();
    files.capacity = Infinity;
    const second = start(files);
    second.queue.open();
    await log(second, 3, 111);
    const got = second.sendAll();
    check(second);
    if (!isTorn) assertEquals(rangesOf(got), range(110, 114));
    else assertEquals(rangesOf(got), range(111, 114));
    assertEquals(second.dropped, isTorn ? { damaged: 1 } : {});
    const firsts = [...files.sizes("/spool").keys()].map(firstOf).filter(Boolean) as number[];
    assert(Math.min(...firsts) >= 110, `${firsts}`);
    await end(second);
    void first.queue.close();
  }
});

test("the numbers of records that were sent while the disk was full are not given again", async () => {
  const files = new ForgetfulFiles();
  const first = start(files);
  await log(first, 10);
  files.capacity = files.used;
  await log(first, 100, 10);
  first.sendAll();
  await first.queue.close(); // notes the position
  files.capacity = Infinity;
  const second = start(files);
  await log(second, 5, 110);
  files.kill();
  const third = start(files);
  third.queue.open();
  assertEquals([rangesOf(third.sendAll()), third.dropped], [range(110, 115), {}]);
  await end(third);
  void second.queue.close();
});

test("only the durability that promises nothing over a power cut uses files again", async () => {
  for (const durability of ["interval", "always"] as const) {
    const files = new ForgetfulFiles();
    const setting = start(files, { ...SMALL, durability });
    for (let i = 0; i < 20; i++) {
      await log(setting, 20, i * 20);
      setting.sendAll();
    }
    for (let i = 0; i < 3; i++) await Promise.resolve();
    assert(!filesOf(files).includes("spare"));
    await end(setting);
  }
});

/** Notes the segments that are removed, and those whose records a crash would make unsettled again. */
function watchRemovals(files: ForgetfulFiles): { removed: string[]; unsafe: string[] } {
  const removed: string[] = [];
  const unsafe: string[] = [];
  files.onGone = (path) => {
    const folder = path.slice(0, path.lastIndexOf("/"));
    const first = firstOf(path.slice(folder.length + 1));
    if (first === undefined) return;
    removed.push(path);
    const later = files.readdirSync(folder).map(firstOf)
      .filter((other) => other !== undefined && other > first) as number[];
    const position = decodePosition(files.durable(`${folder}/position`));
    const end = Math.min(...later, position?.end ?? Infinity);
    if (position === undefined || position.low < end) {
      unsafe.push(`${path} to ${end}: ${JSON.stringify(position)}`);
    }
  };
  return { removed, unsafe };
}

test("a segment is removed once the position says durably that its records are settled", async () => {
  const files = new ForgetfulFiles();
  const { removed, unsafe } = watchRemovals(files);
  const settled = async (least: number) => {
    for (let i = 0; i < 3; i++) await Promise.resolve();
    assertEquals(unsafe, []);
    assert(removed.length >= least, `${removed}`);
    removed.length = 0;
  };
  const setting = start(files);
  await log(setting, 500);
  setting.sendAll(50);
  await settled(5);
  // Dropped for room.
  const small = start(files, { maxBytes: 65536, segmentBytes: 8192 }, { folder: "/small" });
  await log(small, 1000);
  await settled(5);
  await end(small);
  // By the next process, as this one dies before the position is durable.
  await log(setting, 300);
  files.kill();
  const next = start(files);
  next.queue.open();
  next.sendAll();
  files.kill();
  await settled(0);
  const last = start(files);
  last.queue.open();
  await settled(1);
  await end(last);
  void setting.queue.close();
  void next.queue.close();
});

test("the folder of a dead process is removed behind a durable position", async () => {
  const files = new ForgetfulFiles();
  const options = { ...SMALL, perProcess: true };
  const dead = start(files, options);
  await log(dead, 300);
  files.kill();
  const { removed, unsafe } = watchRemovals(files);
  const heir = start(files, options);
  heir.queue.open();
  assertEquals(rangesOf(heir.sendAll(50)), range(0, 300));
  for (let i = 0; i < 3; i++) await Promise.resolve();
  assertEquals([removed.length >= 3, unsafe], [true, []]);
  void dead.queue.close();
  await end(heir);
});

test("a batch has its key and its records again in the next process", async () => {
  const files = new ForgetfulFiles();
  const first = start(files);
  await log(first, 40);
  first.queue.settle(first.queue.take(5)!);
  const batches = [7, 1, 12].map((most) => first.queue.take(most)!);
  const was = batches.map((batch: Batch) => [batch.key, textsOf(batch)]);
  // kill -9: nothing more is done.
  files.kill();
  const second = start(files);
  second.queue.open();
  const is = batches.map(() => second.queue.take(1000)!).map((batch) => [
    batch.key,
    textsOf(batch),
  ]);
  assertEquals(is, was);
  assertEquals(rangesOf(textsOf(second.queue.take(1000)!)), range(25, 40));
  void first.queue.close();
  await end(second);
});

test("records of two processes never have the same key", async () => {
  const files = new ForgetfulFiles();
  const keys = new Set<string>();
  for (let run = 0; run < 5; run++) {
    const setting = start(files);
    await log(setting, 3);
    for (let batch; (batch = setting.queue.take(1)) !== undefined;) {
      keys.add(batch.key!);
      setting.queue.settle(batch);
    }
    await end(setting);
  }
  assertEquals(keys.size, 15);
});

test("the cap holds over restarts, and drops the oldest segments", async () => {
  const files = new ForgetfulFiles();
  const options = { maxBytes: 65536, segmentBytes: 8192 };
  let dropped = 0;
  for (let run = 0; run < 3; run++) {
    const setting = start(files, options);
    await log(setting, 500, run * 500);
    for (let i = 0; i < 3; i++) await Promise.resolve();
    const segments = files.readdirSync("/spool").filter((name) => name.endsWith(".seg"));
    const used = segments.reduce((sum, name) => sum + files.file(`/spool/${name}`).length, 0);
    assert(used <= 65536, String(used));
    dropped += setting.dropped.overflow ?? 0;
    await end(setting);
  }
  const setting = start(files, options);
  setting.queue.open();
  assertEquals(rangesOf(setting.sendAll()), range(dropped, 1500));
  assertEquals(setting.dropped, {});
  await end(setting);
});

test('"drop-newest" turns new records away at the cap', async () => {
  const files = new ForgetfulFiles();
  const options = { maxBytes: 65536, segmentBytes: 8192, overflow: "drop-newest" } as const;
  const setting = start(files, options);
  await log(setting, 1000);
  assert(setting.turnedAway > 100);
  const kept = setting.sendAll();
  assertEquals(kept.length, 1000 - setting.turnedAway);
  assertEquals(rangesOf(kept.slice(0, 300)), range(0, 300));
  setting.emit("new");
  assertEquals(setting.sendAll(), ["new"]);
  await end(setting);
});

test("a record that is larger than the spool is dropped, one larger than a segment is kept", async () => {
  const files = new ForgetfulFiles();
  const setting = start(files, { maxBytes: 65536, segmentBytes: 8192 });
  setting.emit("x".repeat(65536));
  assertEquals(setting.dropped, { tooLarge: 1 });
  setting.emit("y".repeat(30000));
  setting.emit("z");
  await end(setting);
  const next = start(files, { maxBytes: 65536, segmentBytes: 8192 });
  next.queue.open();
  assertEquals(next.sendAll().map((text) => text.length), [30000, 1]);
  await end(next);
});

test("a full disk keeps records in memory, says so once, and is used again", async () => {
  const files = new ForgetfulFiles();
  const setting = start(files, SMALL, { maxBytes: 20000 });
  await log(setting, 50);
  files.capacity = files.used + 700;
  await log(setting, 100, 50);
  assertEquals(setting.faults.length, 1);
  assert(setting.faults[0]!.includes("takes no records"), setting.faults[0]);
  assert(setting.queue.atRisk > 90);
  assertEquals(rangesOf(setting.send(20)!), range(0, 20));
  check(setting);
  files.capacity = Infinity;
  await setting.spool.sync();
  assertEquals(setting.queue.atRisk, 0);
  await log(setting, 10, 150);
  await end(setting);
  const next = start(files);
  next.queue.open();
  assertEquals(rangesOf(next.sendAll()), range(20, 160));
  assertEquals(next.dropped, {});
  await end(next);
});

test("on a full disk maxQueuedBytes bounds the records in memory", async () => {
  const files = new ForgetfulFiles();
  const setting = start(files, { ...SMALL, overflow: "drop-newest" }, { maxBytes: 20000 });
  await log(setting, 10);
  files.capacity = files.used;
  await log(setting, 500, 10);
  assert(setting.queue.atRisk > 100 && setting.queue.atRisk < 200);
  assertEquals(setting.turnedAway, 500 - setting.queue.atRisk);
  const sent = rangesOf(setting.sendAll());
  assertEquals(sent, range(0, 510 - setting.turnedAway));
  check(setting);
  await end(setting);
});

test("what a full disk does not take is lost when the process ends, and counted", async () => {
  const files = new ForgetfulFiles();
  const setting = start(files);
  await log(setting, 10);
  files.capacity = files.used;
  await log(setting, 20, 10);
  setting.queue.take(5);
  const { atRisk } = setting.queue;
  const lost = setting.queue.clear("closed");
  assertEquals(lost, atRisk);
  setting.dropped.closed = lost;
  check(setting);
  await setting.queue.close();
  files.capacity = Infinity;
  const next = start(files);
  next.queue.open();
  const { recovered } = next.queue;
  assertEquals(next.sendAll().length, recovered - (next.dropped.damaged ?? 0));
  await end(next);
});

test("a disk that fails in the middle of a group loses and doubles nothing", async () => {
  for (let room = 0; room < 3000; room += 61) {
    const files = new ForgetfulFiles();
    const setting = start(files);
    await log(setting, 3);
    files.capacity = files.used + room;
    for (let i = 3; i < 30; i++) setting.emit(`${i} ${"z".repeat(90)}`);
    await Promise.resolve();
    if (room % 2 === 0) {
      files.capacity = Infinity;
      await setting.spool.sync();
      assertEquals(rangesOf(setting.sendAll()), range(0, 30));
    } else {
      // The next process finds those that were whole.
      await setting.queue.close();
      files.capacity = Infinity;
      const next = start(files);
      next.queue.open();
      const got = next.sendAll();
      assertEquals(rangesOf(got), range(0, got.length));
      assert(got.length >= 3);
      await next.queue.close();
    }
    await setting.queue.close();
  }
});

test("a listener that logs upon the spool's error loses no record by that", async () => {
  const files = new ForgetfulFiles();
  const first = start(files);
  await log(first, 200);
  await end(first);
  const [, second] = files.readdirSync("/spool").filter((name) => name.endsWith(".seg")).sort();
  files.file(`/spool/${second}`).fill(0);
  const next = start(files);
  next.onFault = () => next.emit("555 a fault");
  next.emit("444 the first");
  await Promise.resolve();
  check(next);
  const got = next.sendAll();
  await Promise.resolve();
  got.push(...next.sendAll());
  check(next);
  assert(next.faults.length >= 1);
  assert(got.includes("444 the first") && got.includes("555 a fault"));
  next.onFault = () => {};
  await end(next);
});

test("a folder that may not be written keeps the queue in memory, with its caps", async () => {
  const files = new ForgetfulFiles();
  files.isReadOnly = true;
  const setting = start(files, SMALL, { maxBytes: 5000 });
  await log(setting, 100);
  assertEquals(setting.faults.length, 1);
  assert(setting.faults[0]!.includes("kept in memory alone: EROFS"), setting.faults[0]);
  const kept = setting.sendAll();
  assertEquals(rangesOf(kept), range(100 - kept.length, 100));
  assert(kept.length > 40 && kept.length < 60);
  check(setting);
  await assertRejects(() => setting.spool.sync(), Error, "not open");
  await end(setting);
});

test("records of another kind are not sent, and stay", async () => {
  const files = new ForgetfulFiles();
  const first = start(files);
  await log(first, 5);
  await end(first);
  const other = start(files, SMALL, { contentType: "pictures" });
  await log(other, 1);
  assert(
    other.faults[0]!.includes("records of the kind 'Test text', not 'Test pictures'"),
    other.faults[0],
  );
  assertEquals(other.sendAll().length, 1);
  await end(other);
  const next = start(files);
  next.queue.open();
  assertEquals(next.sendAll().length, 5);
  await end(next);
});

test("a folder whose records are all settled takes records of another kind", async () => {
  const files = new ForgetfulFiles();
  const first = start(files);
  await log(first, 5);
  first.sendAll();
  await end(first);
  const other = start(files, SMALL, { contentType: "pictures" });
  await log(other, 3);
  assertEquals([other.faults, other.queue.recovered], [[], 0]);
  await end(other);
  const next = start(files, SMALL, { contentType: "pictures" });
  next.queue.open();
  assertEquals(rangesOf(next.sendAll()), range(0, 3));
  await end(next);
});

test("with perProcess, what a dead process left of another kind is reported once, and stays", async () => {
  const files = new ForgetfulFiles();
  const options = { ...SMALL, perProcess: true };
  const dead = start(files, options, { contentType: "pictures" });
  await log(dead, 5);
  files.kill();
  const [name] = files.readdirSync("/spool");
  const before = files.readdirSync(`/spool/${name}`).filter((file) => file.endsWith(".seg"));
  for (let run = 0; run < 2; run++) {
    const heir = start(files, options);
    await log(heir, 3);
    assertEquals(heir.faults, [
      `the spool leaves ${resolve("/spool")}/${name} as it is, which a dead process has left: ` +
      "it holds records of the kind 'Test pictures', not 'Test text'",
    ]);
    assertEquals([heir.queue.recovered, heir.sendAll().length], [0, 3]);
    check(heir);
    await end(heir);
    const after = files.readdirSync(`/spool/${name}`).filter((file) => file.endsWith(".seg"));
    assertEquals(after, before);
  }
  // A process that can send them takes them over.
  const other = start(files, options, { contentType: "pictures" });
  other.queue.open();
  assertEquals(rangesOf(other.sendAll()), range(0, 5));
  await end(other);
  void dead.queue.close();
});

test("with perProcess, a folder that a running process has got is no fault", async () => {
  const files = new ForgetfulFiles();
  const options = { ...SMALL, perProcess: true };
  const processes = new ScriptedProcesses(1, "1");
  processes.alive.set(2, "2");
  const first = new SpoolSetting(files, options, { processes, contentType: "pictures" });
  await log(first, 5);
  const other = new ScriptedProcesses(2, "2");
  other.alive.set(1, "1");
  const second = new SpoolSetting(files, options, { processes: other });
  await log(second, 5);
  assertEquals(second.faults, []);
  await end(second);
  await end(first);
});

test("a second process on the folder gets an error, and the first one goes on", async () => {
  const files = new ForgetfulFiles();
  const processes = new ScriptedProcesses(1, "10");
  const first = new SpoolSetting(files, SMALL, { processes });
  await log(first, 5);
  const others = new ScriptedProcesses(2, "20");
  others.alive.set(1, "10");
  const second = new SpoolSetting(files, SMALL, { processes: others });
  await log(second, 5);
  assert(second.faults[0]!.includes("the process 1 of here uses it"), second.faults[0]);
  assertEquals(first.sendAll().length, 5);
  assertEquals(second.sendAll().length, 5);
  await end(second);
  await end(first);
});

test("with perProcess, three of five processes live on and send what the two dead ones left", async () => {
  const files = new ForgetfulFiles();
  const options = { ...SMALL, perProcess: true };
  const settings = [1, 2, 3, 4, 5].map((number) => {
    const processes = new ScriptedProcesses(number, String(number));
    for (const other of [1, 2, 3, 4, 5]) processes.alive.set(other, String(other));
    return new SpoolSetting(files, options, { processes });
  });
  for (const [i, setting] of settings.entries()) await log(setting, 30, i * 100);
  settings[1]!.send(10);
  settings[1]!.queue.drain();
  // The second and the fourth die.
  const next = new SpoolSetting(files, options, {
    processes: (() => {
      const processes = new ScriptedProcesses(6, "6");
      for (const other of [1, 3, 5]) processes.alive.set(other, String(other));
      return processes;
    })(),
  });
  next.emit("900 new");
  const { recovered } = next.queue;
  check(next);
  const sent = next.sendAll();
  check(next);
  // The position was not noted after the second's batch was settled: those ten go again.
  assertEquals(recovered, 60);
  const its = (from: number) =>
    sent.filter((text) => parseInt(text) >= from && parseInt(text) < from + 100);
  assertEquals(rangesOf(its(100)), range(100, 130));
  assertEquals(rangesOf(its(300)), range(300, 330));
  assertEquals(rangesOf(sent.slice(-1)), "900-900");
  for (let i = 0; i < 3; i++) await Promise.resolve();
  const left = files.readdirSync("/spool");
  assertEquals(left.length, 4);
  for (const i of [0, 2, 4]) {
    assertEquals(settings[i]!.sendAll().length, 30);
    await end(settings[i]!);
  }
  await end(next);
  assertEquals(
    files.readdirSync("/spool"),
    files.readdirSync("/spool").filter((name) => name.startsWith("process-")),
  );
  await settings[1]!.queue.close();
  await settings[3]!.queue.close();
});

test("with perProcess, the rests of several dead processes are sent, each record once", async () => {
  const files = new ForgetfulFiles();
  const options = { ...SMALL, perProcess: true };
  const processes = [1, 2, 3].map((pid) => new ScriptedProcesses(pid, String(pid)));
  for (const { alive } of processes) [1, 2, 3].forEach((pid) => alive.set(pid, String(pid)));
  const settings = processes.map((processes) => new SpoolSetting(files, options, { processes }));
  for (const [i, setting] of settings.entries()) {
    await log(setting, 10, i * 10);
    setting.send(4);
    assert(setting.queue.take(1)!.key); // notes the position
  }
  files.kill();
  const heir = start(files, options);
  heir.queue.open();
  check(heir);
  const sent = heir.sendAll().sort((a, b) => parseInt(a) - parseInt(b));
  assertEquals(rangesOf(sent), "4-9 14-19 24-29");
  check(heir);
  await end(heir);
  for (const { queue } of settings) void queue.close();
});

test("the start reads one segment at most, however long the backlog is", async () => {
  const read = async (segments: number) => {
    const files = new ForgetfulFiles();
    const setting = start(files);
    for (let i = 0; i < segments * 80; i++) {
      setting.emit(`${i} ${"z".repeat(90)}`);
      setting.queue.drain();
    }
    files.kill();
    // Nothing comes of it but that its timers end.
    void setting.queue.close();
    const next = start(files);
    const before = files.readBytes;
    next.queue.open();
    const bytes = files.readBytes - before;
    assertEquals(next.queue.recovered, segments * 80);
    await next.queue.close();
    return bytes;
  };
  // The last segment, the headers of it, the position and the lock.
  const most = 8192 + 3 * 512 + 8192 + 4096;
  assert(await read(3) <= most && await read(40) <= most);
});

test("the account is balanced, and no record is lost or doubled, whatever is done", async () => {
  type Action = ["emit", number] | ["turn" | "take" | "restore" | "restart" | "full" | "room"] | [
    "settle",
    number,
  ];
  const action: fc.Arbitrary<Action> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.tuple(fc.constant("emit" as const), fc.integer({ min: 0, max: 3000 })),
    },
    { weight: 4, arbitrary: fc.constant(["turn"] as Action) },
    { weight: 4, arbitrary: fc.constant(["take"] as Action) },
    { weight: 4, arbitrary: fc.tuple(fc.constant("settle" as const), fc.nat(5)) },
    ...(["restore", "restart", "full", "room"] as const).map((name) => ({
      weight: 1,
      arbitrary: fc.constant([name] as Action),
    })),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 120 }), async (actions) => {
      const files = new ForgetfulFiles();
      let setting = start(files);
      let emitted = 0;
      const settled: string[] = [];
      let window: Batch[] = [];
      const restart = async () => {
        files.capacity = Infinity;
        await end(setting);
        window = [];
        setting = start(files);
        setting.queue.open();
      };
      for (const [name, value = 0] of actions) {
        if (name === "emit") setting.emit(`${emitted++} ${"q".repeat(value)}`);
        else if (name === "turn") await Promise.resolve();
        else if (name === "take") {
          const batch = setting.queue.take(1 + emitted % 7);
          if (batch !== undefined) window.push(batch);
        } else if (name === "settle" && window.length > 0) {
          const [batch] = window.splice(value % window.length, 1);
          settled.push(...textsOf(batch!));
          setting.queue.settle(batch!);
          setting.sent += batch!.lengths.length;
        } else if (name === "restore") {
          setting.queue.restore(true);
          window = [];
        } else if (name === "restart") await restart();
        else if (name === "full") files.capacity = files.used + 500;
        else if (name === "room") files.capacity = Infinity;
        check(setting);
      }
      await restart();
      const got = setting.sendAll();
      check(setting);
      assertEquals(setting.dropped, {});
      const all = [...settled, ...got].sort((a, b) => parseInt(a) - parseInt(b));
      assertEquals(rangesOf([...new Set(all)]), emitted === 0 ? "" : range(0, emitted));
      got.forEach((text, i) => assert(i === 0 || parseInt(text) > parseInt(got[i - 1]!)));
      await end(setting);
    }),
    { numRuns: 150 },
  );
});

test("records that were not settled in order are all there for the next process", async () => {
  for (const way of ["closes", "exits"]) {
    const files = new ForgetfulFiles();
    const setting = start(files);
    const { queue } = setting;
    await log(setting, 10);
    const batches = Array.from({ length: 8 }, () => queue.take(1)!);
    for (const batch of batches.slice(2, 7)) queue.settle(batch);
    setting.sent = 5;
    // The connection is lost: 0, 1, 7, 8 and 9 wait.
    queue.restore(true);
    if (way === "exits") queue.leave(queue.drain().lengths.length);
    queue.clear("closed");
    queue.confirm();
    check(setting);
    await queue.close();
    const next = start(files);
    next.queue.open();
    const ranges = rangesOf(next.sendAll());
    assert(ranges.startsWith("0-"), `${way}: ${ranges}`);
    check(next);
    await end(next);
  }
});
