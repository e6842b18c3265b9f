/** Programs at random that are killed at any call to the file system, in the middle of writes too. */
import { assert, assertEquals } from "@std/assert";
import type { Batch } from "../../../src/delivery/batch_writer.ts";
import type { FileSpoolOptions } from "../../../src/files/spool/_make_spool.ts";
import { isLong } from "../../long_form.ts";
import { test } from "../../test.ts";
import { dice, ForgetfulFiles } from "./forgetful_files.ts";
import { ScriptedProcesses, SpoolSetting, textsOf } from "./spool_setting.ts";

/** Turns of the event loop that background syncs take. */
async function rest(): Promise<void> {
  for (let i = 0; i < 4; i++) await Promise.resolve();
}

/** The records of a program over its runs, each named by its number. */
class Ledger {
  readonly maxBytes: number;
  emitted = 0;
  /** Records below this number are on the disk, were sent, or were dropped and counted; but for some. */
  promised = 0;
  /** Records of turns that had not ended when the program was killed. */
  readonly unsafe: Set<number> = new Set();
  readonly settled: Set<number> = new Set();
  /** Records that were dropped for room. */
  overflow = 0;
  /** The number of the first record that the last run had. */
  first = 0;

  readonly perProcess: boolean;

  constructor(maxBytes: number, perProcess: boolean) {
    this.maxBytes = maxBytes;
    this.perProcess = perProcess;
  }
}

const pickBy = (roll: () => number) => <Item>(...items: Item[]): Item =>
  items[Math.floor(roll() * items.length)]!;

const numberOf = (text: string) => parseInt(text);

/** One run of a program, and what it does at random. */
class Run {
  readonly setting: SpoolSetting;
  readonly #files: ForgetfulFiles;
  readonly #ledger: Ledger;
  readonly #roll: () => number;
  readonly #maxBytes: number;
  readonly #window: Batch[] = [];
  /** A run that logs nothing sends what earlier ones have left. */
  readonly #isQuiet: boolean;
  #isMeddled = false;
  #last = -1;

  constructor(files: ForgetfulFiles, ledger: Ledger, roll: () => number, pid: number) {
    const pick = pickBy(roll);
    this.#maxBytes = ledger.maxBytes;
    const options: FileSpoolOptions = {
      maxBytes: this.#maxBytes,
      segmentBytes: pick(8192, 8192, 12000),
      durability: pick("os", "os", "os", "always", "interval"),
      overflow: pick("drop-oldest", "drop-newest"),
      perProcess: ledger.perProcess,
    };
    this.#isQuiet = roll() < 0.25;
    const processes = new ScriptedProcesses(pid, String(pid));
    this.setting = new SpoolSetting(files, options, { processes });
    this.#files = files;
    this.#ledger = ledger;
    this.#roll = roll;
  }

  /** Opens the spool. */
  open(where: string): void {
    this.setting.queue.open();
    this.check(where);
  }

  check(where: string): void {
    assertEquals(this.setting.account[0], this.setting.account[1], where);
  }

  /** Records come in order, and none of those that an earlier run knew to be settled. */
  #note(batch: Batch, where: string): void {
    // The records of several dead processes come in the order of their folders.
    if (this.#ledger.perProcess) return;
    for (const number of textsOf(batch).map(numberOf)) {
      assert(number > this.#last, `${where}: ${number} after ${this.#last}`);
      if (this.#last < 0) {
        assert(number >= this.#ledger.first, `${where}: ${number} was settled long ago`);
        this.#ledger.first = number;
      }
      this.#last = number;
    }
  }

  /** The files take no more space than they may. */
  #checkSpace(where: string): void {
    // Each folder has its own share.
    if (this.#ledger.perProcess) return;
    let space = 0;
    for (const [name, bytes] of this.#files.sizes("/spool")) {
      if (name !== "lock" && name !== "position") space += bytes;
    }
    // Of a write that failed, a part may be there.
    const limit = this.#maxBytes + (this.#isMeddled ? 16384 : 0);
    assert(space <= limit, `${where}: ${space} of ${this.#maxBytes} bytes`);
  }

  #emit(): void {
    const roll = this.#roll();
    const size = roll < 0.02 ? 20000 : roll < 0.1 ? 5000 : Math.floor(this.#roll() * 900);
    this.setting.emit(`${this.#ledger.emitted++} ${"x".repeat(size)}`);
  }

  /** One turn of the program. */
  async turn(where: string): Promise<void> {
    const { queue } = this.setting;
    const isDead = () => this.#files.hasCrashed;
    const roll = this.#roll;
    const most = this.#isQuiet ? 0 : 25;
    for (let i = Math.floor(roll() * most); i > 0 && !isDead(); i--) this.#emit();
    const { emitted } = this.#ledger;
    await rest();
    if (isDead()) return;
    // Records that a full disk does not take are kept in memory alone.
    if (queue.atRisk === 0) this.#ledger.promised = emitted;
    this.check(where);
    this.#checkSpace(where);
    if (roll() < 0.3) return;
    for (let i = Math.floor(roll() * 8); i > 0 && !isDead(); i--) {
      const batch = queue.take(1 + Math.floor(roll() * 30));
      if (batch === undefined) break;
      if (isDead()) return;
      this.#note(batch, where);
      this.#window.push(batch);
    }
    const kept = Math.floor(roll() * 3);
    while (this.#window.length > kept && !isDead()) {
      const batch = this.#window.shift()!;
      queue.settle(batch);
      this.setting.sent += batch.lengths.length;
      for (const text of textsOf(batch)) this.#ledger.settled.add(numberOf(text));
    }
    if (!isDead()) this.check(where);
    if (roll() < 0.1 && !isDead()) await this.setting.spool.sync().catch(() => {});
  }

  /** Another program fills the disk, or makes room, or has the file open that becomes a segment. */
  meddle(): void {
    const files = this.#files;
    this.#isMeddled = true;
    const roll = this.#roll();
    if (roll < 0.05) files.capacity = files.used + Math.floor(this.#roll() * 9000);
    else if (roll < 0.2) files.capacity = Infinity;
    if (roll < 0.1) files.fails = (path) => path.endsWith("/spare") ? "EACCES" : undefined;
    else if (roll < 0.3) files.fails = undefined;
  }

  /** Sends all that is left. */
  sendAll(where: string): void {
    for (let batch; (batch = this.setting.queue.take(50)) !== undefined;) {
      this.#note(batch, where);
      this.setting.queue.settle(batch);
      this.setting.sent += batch.lengths.length;
      for (const text of textsOf(batch)) this.#ledger.settled.add(numberOf(text));
    }
    this.check(where);
  }

  async end(): Promise<void> {
    const { promised, emitted, unsafe } = this.#ledger;
    for (let number = promised; number < emitted; number++) unsafe.add(number);
    this.#ledger.overflow += this.setting.dropped.overflow ?? 0;
    if (!this.#files.hasCrashed) this.setting.queue.clear("closed");
    await this.setting.queue.close();
    await rest();
  }
}

/** Runs a program several times, and kills it most often. */
async function live(seed: number): Promise<void> {
  const roll = dice(seed * 7919);
  for (let i = 0; i < 5; i++) roll();
  const files = new ForgetfulFiles();
  const perProcess = seed % 5 === 0;
  const ledger = new Ledger(pickBy(roll)(65536, 131072, 1 << 24), perProcess);
  // Half of the programs are never killed in the middle of a write.
  const tears = seed % 2 === 0;
  const isMeddled = seed % 3 === 0;
  let torn = 0;
  for (let number = 0; number < 5; number++) {
    const where = `seed ${seed}, run ${number}`;
    const run = new Run(files, ledger, roll, 1000 + number);
    if (roll() < 0.2) {
      files.crashShare = tears ? roll() : 0;
      files.crashAt = files.steps + 1 + Math.floor(roll() * 40);
    }
    run.open(where);
    const turns = 5 + Math.floor(roll() * 60);
    for (let turn = 0; turn < turns && !files.hasCrashed; turn++) {
      if (isMeddled) run.meddle();
      await run.turn(`${where}, turn ${turn}`);
    }
    const isKilled = roll() < 0.8;
    if (isKilled && !files.hasCrashed) {
      files.crashShare = tears ? roll() : 0;
      files.crashAt = files.steps + 1 + Math.floor(roll() * 30);
      for (let turn = 0; turn < 50 && !files.hasCrashed; turn++) await run.turn(`${where}, last`);
      files.hasCrashed = true;
    }
    const { damaged = 0 } = run.setting.dropped;
    assert(damaged <= torn || files.hasCrashed, `${where}: ${damaged} damaged`);
    if (tears && files.hasCrashed || isMeddled) torn++;
    await run.end();
    files.capacity = Infinity;
    files.fails = undefined;
    if (files.hasCrashed) files.reboot(roll, 1);
  }
  const where = `seed ${seed}, the last run`;
  const last = new Run(files, ledger, roll, 2000);
  last.open(where);
  last.sendAll(where);
  const { damaged = 0 } = last.setting.dropped;
  assert(damaged <= torn, `${where}: ${damaged} damaged`);
  await last.end();
  let missing = 0;
  for (let i = 0; i < ledger.promised; i++) {
    missing += Number(!ledger.settled.has(i) && !ledger.unsafe.has(i));
  }
  assert(missing <= ledger.overflow, `${where}: ${missing} missing, ${ledger.overflow} dropped`);
}

test("a program that is killed at any call to the file system loses and doubles nothing that was safe", async () => {
  for (let seed = 1; seed <= (isLong ? 3000 : 30); seed++) await live(seed);
});
