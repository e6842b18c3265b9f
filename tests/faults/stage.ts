/** The stage of one cell of the fault suite: a sender, a receiver, and a proxy between them. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { drainSpool } from "../../src/files/spool/file_spool.ts";
import type { Dice } from "../delivery/scripted_faults.ts";
import { turns } from "../turns.ts";
import { until } from "../until.ts";
import type { Programs } from "./commands.ts";
import type { Fault } from "./faults.ts";
import type { Mode } from "./modes.ts";
import { keptIn, Receiver } from "./receiver.ts";
import { type Emission, Sender } from "./sender.ts";
import { SwitchedProxy } from "./switched_proxy.ts";

/** The usual limit of a queue. */
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;

/** The usual limit of a dial, a write or a request, in milliseconds: a busy machine is slow. */
const TIMEOUT_MS = 10_000;

/** The time of a flush before it is tried again, in milliseconds. */
const FLUSH_MS = 2000;

/** Turns between records that try whether the server is back. */
const TRIAL_TURNS = 10;

/** The records of a cell, as both sides and their files have them at its end. */
export interface Tally {
  /** Records logged in turns that have ended. */
  emitted: number;
  /** Of these, records that the receiver has kept, and how often it kept one again. */
  delivered: number;
  duplicates: number;
  /** Records that the senders, or the receiver, count as dropped. */
  counted: number;
  /** The records that were lost: their numbers, of the first sender. */
  lost: number[];
  /** Records that the kernels held which a fault took away: from this number on, up to that one. */
  inKernel: readonly [from: number, to: number];
  /** Records that a killed sender held. */
  inProcess: number;
  /** Records that wait when all is over. */
  left: number;
  /** Promises that a process has seen broken. */
  problems: string[];
}

/** Addresses given so far. */
let addresses = 0;

/** An address that no other process listens at, so that none takes a port that is free for a while. */
function ownHost(): string {
  if (process.platform !== "linux") return "127.0.0.1";
  const number = process.pid * 512 + ++addresses;
  return `127.${1 + (number >> 16) % 254}.${number >> 8 & 0xff}.${number & 0xff}`;
}

/** Sender, receiver and proxy of a cell. */
export class Stage {
  readonly fault: Fault;
  readonly mode: Mode;
  readonly dice: Dice;
  readonly proxy: SwitchedProxy;
  sender!: Sender;
  receiver!: Receiver;
  /** Records of a phase: several turns of them, or few. */
  readonly many: Emission;
  readonly few: Emission;
  readonly #programs: Programs;
  /** Two addresses: the receiver must not get the port that the proxy gives up for a while. */
  readonly #host = ownHost();
  readonly #receiverHost = ownHost();
  readonly #folder = mkdtempSync(`${tmpdir()}/logwire-faults-`);
  readonly #senders: Sender[] = [];
  readonly #receivers: Receiver[] = [];
  #struck: number | undefined;
  #struckTo = 0;
  #inProcess = 0;

  /** @param programs those of the runtime that is tested */
  constructor(fault: Fault, mode: Mode, dice: Dice, programs: Programs) {
    this.fault = fault;
    this.mode = mode;
    this.dice = dice;
    this.#programs = programs;
    this.proxy = new SwitchedProxy(this.#host);
    const perTurn = 2 + dice.roll(9);
    this.many = { count: perTurn * (10 + dice.roll(30)), perTurn, size: 20 + dice.roll(300) };
    this.few = { ...this.many, count: 10 + dice.roll(40) };
  }

  get #spool(): string {
    return `${this.#folder}/spool`;
  }

  get #file(): string {
    return `${this.#folder}/kept`;
  }

  /** Starts the processes. */
  async open(): Promise<void> {
    const { fault, proxy } = this;
    mkdirSync(this.#spool);
    await proxy.accept();
    if (fault.startsAway === "refused") proxy.refuse();
    if (fault.startsAway === "stalled") proxy.stall();
    const receiving = this.#startReceiver(0, fault.receiverWrapper?.());
    if (fault.isDirect) await receiving;
    const wrapper = fault.senderWrapper?.(this.#spool);
    await Promise.all([receiving, this.#startSender(wrapper)]);
  }

  async #startReceiver(port: number, wrapper: string[] = []): Promise<void> {
    const { protocol } = this.mode;
    const { isSecure = false } = this.fault;
    const host = this.#receiverHost;
    const setup = { protocol, host, port, isSecure, file: this.#file };
    this.receiver = await Receiver.start(setup, { programs: this.#programs, wrapper });
    this.#receivers.push(this.receiver);
    this.proxy.target = { host, port: this.receiver.port };
  }

  /** Starts the receiver again, at the port that the killed one had. */
  async restartReceiver(): Promise<void> {
    await this.receiver.kill();
    await this.#startReceiver(this.receiver.port);
  }

  async #startSender(wrapper: string[] = []): Promise<void> {
    const { isDirect, isSecure = false, isNameUnknown = false } = this.fault;
    const { maxQueuedBytes = MAX_QUEUED_BYTES, timeoutMs = TIMEOUT_MS } = this.fault;
    const setup = {
      mode: this.mode,
      host: isDirect ? this.#receiverHost : this.#host,
      port: isDirect ? this.receiver.port : this.proxy.port,
      isSecure,
      isNameUnknown,
      run: this.#senders.length,
      maxQueuedBytes,
      timeoutMs,
      ...this.mode.isSpooled && { spool: this.#spool },
    };
    this.sender = await Sender.start(setup, { programs: this.#programs, wrapper });
    this.#senders.push(this.sender);
  }

  /** Starts another sender behind a killed one. */
  async restartSender(): Promise<void> {
    const { logged, stats } = this.sender;
    this.#inProcess += logged - stats.sent;
    await this.#startSender();
  }

  /** Records of the sender of this moment that the receiver has kept. */
  kept(): number[] {
    return keptIn(this.#file, this.#senders.length - 1);
  }

  /** Waits for turns of the event loop. */
  turns(count: number): Promise<void> {
    return turns(count);
  }

  /** Has records logged. */
  emit(emission: Emission): Promise<void> {
    return this.sender.command({ emission });
  }

  /** Has records logged, and does something in the middle, when the dice say. */
  async emitWhile(emission: Emission, action: () => void): Promise<void> {
    const { sender, dice } = this;
    const at = sender.logged + 1 + dice.roll(emission.count - 1);
    const emitted = this.emit(emission);
    // If the sender ends, that is reported by the wait.
    emitted.catch(() => {});
    await sender.until(() => sender.logged >= at, `to log ${at}`);
    action();
    await emitted;
  }

  /** Has records logged before the handler reports that it cannot connect, and after it. */
  async emitUnconnected(): Promise<void> {
    await this.emit(this.many);
    await this.sender.event("connect-failed");
    await this.emit(this.few);
  }

  /** Has records logged, turn by turn, until the handler reports such an event. */
  async emitUntil(type: string, before?: () => Promise<void>): Promise<void> {
    const { events } = this.sender;
    const from = events.length;
    await until(async () => {
      await before?.();
      await this.emit({ ...this.few, count: this.few.perTurn });
      return events.slice(from).some(({ event }) => event === type);
    }, () => `the sender to report "${type}"`);
  }

  /** Connects. Of four times once, what is sent on the young connection goes again if it is lost. */
  async warmUp(): Promise<void> {
    await this.emit(this.few);
    if (!this.dice.once(4)) await this.#untilSent();
  }

  #untilSent(): Promise<void> {
    const { sender } = this;
    return sender.until(async () => {
      await sender.command({ flushMs: FLUSH_MS });
      return sender.stats.queued === 0;
    }, "to send all");
  }

  /** From now on a kernel holds records that are lost with it. */
  strike(): void {
    this.#struck = new Set(this.kept()).size;
  }

  /** Behind the fault: records arrive again, those that wait before them included. */
  async recover(): Promise<void> {
    const { sender } = this;
    const from = this.#struckTo = sender.logged;
    await until(async () => {
      await this.emit({ ...this.few, count: 1 });
      await turns(TRIAL_TURNS);
      return this.kept().some((number) => number >= from);
    }, () => `records to arrive again: ${JSON.stringify(sender.stats)}`);
    if (!this.mode.isPerFlush) {
      const isLoss = ({ event }: { event?: string }) => event === "disconnected";
      this.#struckTo = Math.max(from, sender.events.findLast(isLoss)?.logged ?? 0);
    }
    await this.emit(this.few);
  }

  /** Closes the handler, and then the receiver, and compares. */
  async finish(): Promise<Tally> {
    const { mode, sender, receiver, proxy } = this;
    if (mode.isAcknowledged || mode.isPerFlush) await this.#untilSent();
    await sender.close();
    await until(() => proxy.isIdle, () => "the connections of the sender to end");
    const { failed, problems } = await receiver.stop();
    const tally: Tally = {
      emitted: 0,
      delivered: 0,
      duplicates: 0,
      counted: failed,
      lost: [],
      inKernel: this.#struck === undefined ? [0, 0] : [this.#struck, this.#struckTo],
      inProcess: this.#inProcess,
      left: sender.stats.queued,
      problems: [...problems, ...this.#senders.flatMap((sender) => sender.problems)],
    };
    if (mode.isSpooled) tally.left += await drainSpool(this.#spool, () => {});
    const files = [...readdirSync(this.#folder), ...readdirSync(this.#spool)];
    const strange = files.filter((name) => !/^(kept|spool|position|\d{16}\.seg)$/.test(name));
    if (strange.length > 0) tally.problems.push(`these files were left: ${strange}`);
    this.#senders.forEach(({ logged, stats }, run) => {
      const kept = keptIn(this.#file, run).filter((number) => number < logged);
      const distinct = new Set(kept);
      tally.emitted += logged;
      tally.delivered += distinct.size;
      tally.duplicates += kept.length - distinct.size;
      tally.counted += stats.droppedTotal;
      for (let number = 0; number < logged; number++) {
        if (!distinct.has(number)) tally.lost.push(number);
      }
    });
    return tally;
  }

  /** Ends whatever is left, and removes the files. */
  async close(): Promise<void> {
    this.proxy.close();
    for (const started of [...this.#senders, ...this.#receivers]) await started.kill();
    rmSync(this.#folder, { recursive: true });
  }
}
