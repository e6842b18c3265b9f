/** A spool over a file system that forgets at a crash what was not synced, crashed at each step. */
import { assert, assertEquals } from "@std/assert";
import type { Batch } from "../../../src/delivery/batch_writer.ts";
import type { FileSpoolOptions } from "../../../src/files/spool/_make_spool.ts";
import { isLong } from "../../long_form.ts";
import { test } from "../../test.ts";
import { dice, ForgetfulFiles } from "./forgetful_files.ts";
import { ScriptedProcesses, SpoolSetting, textsOf } from "./spool_setting.ts";

const SMALL: FileSpoolOptions = { maxBytes: 1 << 20, segmentBytes: 8192 };

/** The program's own view of its records. */
interface Diary {
  /** Records whose durability was promised. */
  promised: number;
  /** Records that were emitted. */
  emitted: number;
  /** Records that were settled, in order from the first. */
  settled: number;
}

const nameOf = (number: number, factor = 1) =>
  `record ${number} ${"x".repeat((number * 137) % 500 * factor)}`;

const numberOf = (text: string) => Number(text.split(" ")[1]);

/** Logs for some turns, sends some batches, and settles them, until the file system crashes. */
async function runProgram(
  files: ForgetfulFiles,
  options: FileSpoolOptions,
  factor = 1,
): Promise<Diary> {
  const setting = new SpoolSetting(files, { ...SMALL, ...options });
  const { queue, spool } = setting;
  const diary: Diary = { promised: 0, emitted: 0, settled: 0 };
  const window: Batch[] = [];
  for (let turn = 0; turn < 16 && !files.hasCrashed; turn++) {
    for (let i = 0; i < 1 + turn % 5; i++) setting.emit(nameOf(diary.emitted++, factor));
    await Promise.resolve();
    if (files.hasCrashed) break;
    if (options.durability === "always") diary.promised = diary.emitted;
    // The server is away for the first turns.
    if (turn >= 4) {
      for (let i = 0; i < 3; i++) {
        const batch = queue.take(7);
        if (batch !== undefined) window.push(batch);
      }
      while (window.length > 2 && !files.hasCrashed) {
        const batch = window.shift()!;
        diary.settled += queue.settle(batch) === undefined ? 0 : batch.lengths.length;
      }
    }
    if (turn % 4 === 3 && !files.hasCrashed) {
      const { emitted } = diary;
      const isDone = await spool.sync().then(() => true, () => false);
      if (isDone && !files.hasCrashed) diary.promised = Math.max(diary.promised, emitted);
    }
  }
  // After a crash this changes nothing but that its timers end.
  if (!files.hasCrashed) queue.clear("closed");
  await queue.close();
  return diary;
}

/** Opens the spool after a crash, checks what it has kept of the diary, and sends it all. */
async function checkRest(
  files: ForgetfulFiles,
  diary: Diary,
  where: string,
  isOrdered: boolean,
  mayBeDamaged = true,
): Promise<void> {
  const processes = new ScriptedProcesses(102, "3");
  const setting = new SpoolSetting(files, { ...SMALL, durability: "always" }, { processes });
  setting.queue.open();
  setting.emit(nameOf(diary.emitted));
  const [had, accounted] = setting.account;
  assertEquals(had, accounted, where);
  const numbers = setting.sendAll().map(numberOf);
  const all = setting.account;
  assertEquals(all[0], all[1], where);
  await Promise.resolve();
  // A disk may keep the records of a segment without its header, or a part of a record.
  const faults = setting.faults.filter((fault) =>
    !(mayBeDamaged && fault.includes("damaged in the spool")) &&
    (isOrdered || !fault.includes("set aside"))
  );
  assertEquals(faults, [], where);
  assertEquals(numbers.at(-1), diary.emitted, `${where}: the new record comes last`);
  numbers.forEach((number, i) => assert(i === 0 || number > numbers[i - 1]!, `${where}: in order`));
  for (let number = diary.settled; number < diary.promised; number++) {
    assert(numbers.includes(number), `${where}: record ${number} is lost: ${numbers}`);
  }
  setting.queue.clear("closed");
  await setting.queue.close();
  // The callbacks of its last syncs.
  for (let i = 0; i < 3; i++) await Promise.resolve();
}

for (const durability of ["always", "os"] as const) {
  test(`fileSpool() keeps what is durable over a crash at each step with "${durability}"`, async () => {
    const whole = new ForgetfulFiles();
    const diary = await runProgram(whole, { durability });
    assertEquals([diary.emitted, diary.promised], [46, 46]);
    assert(diary.settled > 20);
    for (let step = 1; step <= whole.steps; step++) {
      for (const [i, keeps] of [0, 1, 0.5].entries()) {
        const files = new ForgetfulFiles();
        files.crashAt = step;
        const diary = await runProgram(files, { durability });
        files.reboot(dice(step * 8 + i + 1), keeps);
        const where = `step ${step}, keeps ${keeps}, roll ${i}`;
        await checkRest(files, diary, where, keeps !== 0.5, keeps === 0.5 || durability === "os");
      }
    }
  });
}

test("fileSpool() sends nothing twice out of files that are used again, over a crash at each step", async () => {
  const whole = new ForgetfulFiles();
  const diary = await runProgram(whole, {}, 7);
  assertEquals([diary.emitted, diary.promised], [46, 46]);
  for (let step = 1; step <= whole.steps; step += isLong ? 1 : 3) {
    for (const [i, keeps] of [0, 1, 0.5].entries()) {
      const files = new ForgetfulFiles();
      files.crashAt = step;
      const diary = await runProgram(files, {}, 7);
      files.reboot(dice(step * 8 + i + 1), keeps);
      await checkRest(files, diary, `step ${step}, keeps ${keeps}, roll ${i}`, keeps === 1);
    }
  }
});

test("fileSpool() keeps what is durable over a second crash while it opens", async () => {
  const start = new ForgetfulFiles();
  start.crashAt = 150;
  await runProgram(start, { durability: "always" });
  for (let step = 1; step < 60; step++) {
    const files = new ForgetfulFiles();
    files.crashAt = 150;
    const diary = await runProgram(files, { durability: "always" });
    files.reboot(dice(7), 0.5);
    files.crashAt = files.steps + step;
    const processes = new ScriptedProcesses(101, "2");
    const setting = new SpoolSetting(files, { ...SMALL, durability: "always" }, { processes });
    setting.queue.open();
    const [had, accounted] = setting.account;
    assertEquals(had, accounted);
    if (!files.hasCrashed) {
      const batch = setting.queue.take(5);
      const isSettled = batch !== undefined && !files.hasCrashed;
      if (isSettled) {
        setting.queue.settle(batch);
        diary.settled = numberOf(textsOf(batch).at(-1)!) + 1;
      }
    }
    for (let i = 0; i < 3; i++) await Promise.resolve();
    if (!files.hasCrashed) files.crashAt = files.steps + 1;
    await setting.queue.close();
    files.reboot(dice(step), 0.5);
    await checkRest(files, diary, `second crash at ${step}`, false);
  }
});
