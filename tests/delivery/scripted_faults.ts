/**
 * One round of random faults between a handler and its peers, on the in-memory network: what the
 * conservation tests run, a seed a round. A round ends with a healed network and `close()`; it throws
 * when a promise of the handler's contract was broken on the way.
 */
import { assert, assertEquals } from "@std/assert";
import {
  MemoryNetwork,
  type MemoryOutcome,
  type MemoryPeer,
  type MemoryStep,
} from "../../src/testing/memory.ts";
import { failover } from "../../src/delivery/failover.ts";
import { SyslogFrameReader } from "../../src/wire/syslog/syslog_framing.ts";
import { DatagramHandler } from "../../src/handlers/datagram_handler.ts";
import type { DeliveryStats } from "../../src/delivery/delivery_event.ts";
import type { DeliveryOptions } from "../../src/delivery/delivery_options.ts";
import type { Spool } from "../../src/delivery/spool.ts";
import type { NetworkHandler } from "../../src/delivery/network_handler.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import {
  type SyslogAddress,
  type SyslogFormat,
  type SyslogFraming,
  SysLogHandler,
} from "../../src/handlers/sys_log_handler.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { setRaiseExceptions } from "../../src/logging/raise_exceptions.ts";
import type { Connector, StreamConnection, WaitOptions } from "../../src/net/connector.ts";
import { account, messages, record, unencodable } from "../handlers/wire.ts";
import { roundsOf } from "../long_form.ts";
import { turns } from "../turns.ts";

/** mulberry32: a small generator, so that a seed means the same on every runtime. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** An integer from 0 to `sides - 1`. */
  roll(sides: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  }

  pick<T>(...items: T[]): T {
    return items[this.roll(items.length)] as T;
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.roll(times) === 0;
  }
}

/** How long a handler's connections live. */
export type Connection = "persistent" | "per-flush";

/** So many rounds make a test in its long form; a quarter of them still has each kind of fault. */
const ROUNDS = 150;

/** Runs a round for each seed, in the short form for the first quarter of them, without a word on stderr of the faults. */
export async function rounds(
  round: (seed: number, connection: Connection) => Promise<void>,
  connection: Connection,
  count: number = ROUNDS,
): Promise<void> {
  setRaiseExceptions(false);
  try {
    for (let seed = 1; seed <= roundsOf(count); seed++) {
      await round(seed, connection).catch((cause) => {
        throw new Error(`in the round of seed ${seed}`, { cause });
      });
    }
  } finally {
    setRaiseExceptions(true);
  }
}

/** A round whose network is healed. */
interface HealedRound {
  readonly handler: NetworkHandler;
  readonly connection: Connection;
  readonly clock: MemoryNetwork["clock"];
  /** The flushes that are not awaited yet. */
  readonly flushes: Promise<void>[];
  /** Lets some time pass. */
  readonly step: () => Promise<void>;
  /** The most steps that `close()` takes. */
  readonly closingSteps: number;
}

/** Waits until nothing is queued, closes the handler, and waits for the flushes. */
export async function settleAndClose(round: HealedRound): Promise<void> {
  const { handler, connection, clock, flushes, step, closingSteps } = round;
  for (let i = 0; i < 3000 && account(handler).queued > 0; i++) {
    if (connection === "per-flush" && i % 20 === 0) flushes.push(handler.flush());
    await step();
  }
  assertEquals(account(handler).queued, 0, "records are stuck");
  let isClosed = false;
  const closing = handler.close().then(() => isClosed = true);
  for (let i = 0; i < closingSteps && !isClosed; i++) await step();
  await closing;
  // A flush that has found another one under way looks again after a pause.
  await clock.advance(2000);
  await Promise.all(flushes);
}

/** Where each round's records, faults and waits come from, and what is known of them. */
class Round {
  readonly network: MemoryNetwork;
  readonly handler: NetworkHandler;
  readonly dice: Dice;
  readonly isSyslog: boolean;
  /** Or may turn out to be, as a Unix socket of unknown kind. */
  readonly isDatagram: boolean;
  readonly isPerFlush: boolean;
  readonly isDrop: boolean;
  /** Bytes that the kernel of a peer had taken when it was reset: at most these are lost. */
  lostBytes = 0;
  readonly #disk: RoundDisk | undefined;
  readonly #flushes: Promise<void>[] = [];
  readonly #reset = new Set<MemoryPeer>();
  #emitted = 0;
  #isListening = false;
  /** What a listener found: thrown there it would only reach `handleError()`. */
  #broken: unknown;

  constructor(seed: number, connection: Connection, disk?: RoundDisk, servers = 1) {
    this.isPerFlush = connection === "per-flush";
    this.#disk = disk;
    const dice = this.dice = new Dice(seed);
    const network = this.network = new MemoryNetwork({ bufferBytes: dice.pick(700, 5000, 65536) });
    const whileDisconnected = disk === undefined ? dice.pick("drop", "queue") : "queue";
    this.isDrop = whileDisconnected === "drop";
    const hasOthers = servers > 1;
    const options: Options = {
      connector: hasOthers ? failingOver(dice, network, servers - 1) : network,
      clock: network.clock,
      connection,
      whileDisconnected,
      maxQueuedBytes: dice.pick(2500, 30_000, Infinity),
      maxQueuedRecords: dice.pick(7, 100, Infinity),
      overflow: dice.pick("drop-oldest", "drop-newest"),
      connectTimeoutMs: dice.pick(1, 1000),
      closeTimeoutMs: dice.pick(0, 500, 5000),
      onEvent: () => this.#listen(),
      ...disk && { spool: disk.spool },
    };
    this.isSyslog = dice.once(3);
    this.handler = this.isSyslog
      ? sysLogHandler(dice, options, hasOthers)
      : !hasOthers && dice.once(4)
      ? new DatagramHandler("h", 1, { ...options, connector: network })
      : dice.once(2)
      ? new OverridingHandler(dice, options)
      : new SocketHandler("h", 1, options);
    this.isDatagram = this.handler instanceof SysLogHandler
      ? this.handler.socktype !== "stream"
      : this.handler instanceof DatagramHandler;
    // A datagram socket cannot tell of the one datagram that it is closed upon: it is sent again.
    this.handler.closeOnError = !this.isDatagram && dice.once(3);
    const report = this.handler.handleError.bind(this.handler);
    this.handler.handleError = (of, error) => {
      if (this.handler.closeOnError) report(of, error);
      if (dice.once(3)) throw new Error("handleError fails too");
    };
  }

  emit(): void {
    const size = this.dice.pick(0, 10, 300, 3000, 70_000);
    this.handler.handle(record(`${this.#emitted++} ${"x".repeat(size)}`));
  }

  /** A listener that logs, and otherwise meddles, in every state that there is. */
  #listen(): void {
    try {
      account(this.handler);
    } catch (error) {
      this.#broken ??= error;
    }
    if (this.#isListening) return;
    this.#isListening = true;
    if (this.dice.once(4)) this.emit();
    if (this.dice.once(10)) this.#flush();
    if (this.dice.once(10)) this.handler.createSocket();
    if (this.dice.once(300)) void this.handler.close();
    this.#isListening = false;
    if (this.dice.once(10)) throw new Error("the listener fails");
  }

  #flush(): void {
    const signal = this.dice.once(3) ? AbortSignal.abort() : undefined;
    this.#flushes.push(this.handler.flush(signal && { signal }));
  }

  async step(): Promise<void> {
    const { dice, handler, network } = this;
    if (this.#disk !== undefined && dice.once(8)) this.#disk.meddle(dice);
    const peer = network.peers.length > 0 ? dice.pick(...network.peers.slice(-2)) : undefined;
    switch (dice.roll(14)) {
      case 0:
      case 1:
      case 2:
      case 3:
        for (let count = dice.roll(30); count >= 0; count--) this.emit();
        break;
      case 4:
      case 5:
        await network.clock.advance(dice.pick(0, 1, 100, 1000, 31_000));
        break;
      case 6:
        network.nextConnects(...Array.from({ length: 1 + dice.roll(3) }, () => connectStep(dice)));
        break;
      case 7:
        network.nextSends(
          ...dice.pick<MemoryOutcome[]>(["refused"], ["too-large"], ["ok", "ok", "other"]),
        );
        break;
      case 8:
        peer?.stall();
        break;
      case 9:
        peer?.read(dice.roll(5000));
        break;
      case 10:
        if (dice.once(2)) peer?.resume();
        else peer?.end();
        break;
      case 11:
        if (peer !== undefined) this.#resetPeer(peer);
        break;
      case 12:
        this.#flush();
        break;
      case 13:
        if (dice.once(3)) handler.handle(badRecord());
        else this.#meddle();
        break;
    }
    account(handler);
    if (this.#broken !== undefined) throw this.#broken;
  }

  #meddle(): void {
    const { dice, handler } = this;
    switch (dice.roll(3)) {
      case 0:
        handler.retryStart = dice.pick(0.001, 1, 100);
        break;
      case 1:
        handler.retryFactor = dice.pick(0.5, 1, 3);
        break;
      case 2:
        handler.createSocket();
        break;
    }
  }

  #resetPeer(peer: MemoryPeer): void {
    if (!this.#reset.has(peer)) this.lostBytes += peer.unread;
    this.#reset.add(peer);
    peer.reset();
  }

  /** Heals the network, closes, and checks what is left and what arrived. */
  async end(): Promise<void> {
    const { network, handler } = this;
    const closing = Promise.all([handler.close(), handler.close()]);
    await network.clock.advance(5000);
    await resolved(closing, "close() outlasts closeTimeoutMs");
    // A flush that waits for another's connection looks again by its own timer alone.
    if (this.isPerFlush) await network.clock.advance(200);
    await resolved(Promise.all(this.#flushes), "a flush outlives close()");
    for (const peer of network.peers) peer.resume();
    await network.clock.advance(60_000);
    handler.handle(record("too late"));
    await network.clock.advance();
    const stats = account(handler);
    if (this.#disk === undefined) assertEquals(stats.queued, 0);
    else this.#disk.check(stats.queued);
    if (stats.queued === 0) assertEquals(stats.queuedBytes, 0);
    assertEquals(network.clock.pendingTimers, 0, "timers are left");
    assertEquals(network.exitHooks, 0, "exit hooks are left");
    assertEquals(network.holding, 0, "sockets are left");
    const read = this.isSyslog ? syslogMessages : messages;
    // One that failed goes out again behind those that were under way with it.
    const sent = network.datagrams.flatMap(this.isSyslog ? syslogMessage : messages)
      .sort((a, b) => parseInt(a) - parseInt(b));
    const connections = [sent, ...network.peers.map((peer) => read(peer.received))];
    // A Unix socket of unknown kind that turned out to be a stream is held to what streams are.
    if (this.isDatagram && network.peers.length === 0) {
      this.#checkOrder(connections.flat(), stats.sent);
    } else this.#checkConfirmed(connections, stats);
  }

  /**
   * The most times that a record comes. What a connection carried that did not end in order comes
   * again: per flush and in `drop` mode once, else as often as connections end within a second.
   */
  get #mostTimes(): number {
    return this.isPerFlush || this.isDrop ? 2 : Infinity;
  }

  /** A connection carries records in order, and none that is new comes before one that is older. */
  #checkConfirmed(connections: string[][], { sent, emitted }: DeliveryStats): void {
    const times = new Map<number, number>();
    let latest = -1;
    for (const received of connections) {
      let last = -1;
      for (const number of received.map((message) => parseInt(message))) {
        assert(number > last, `${number} came after ${last} on one connection`);
        last = number;
        const before = times.get(number) ?? 0;
        assert(before < this.#mostTimes, `${number} came ${before + 1} times`);
        assert(before > 0 || number > latest, `${number} came first after ${latest}`);
        times.set(number, before + 1);
      }
      latest = Math.max(latest, last);
    }
    assert(times.size <= emitted);
    this.#checkLoss(times.size, sent);
  }

  #checkOrder(received: string[], sent: number): void {
    let last = -1;
    for (const message of received) {
      const number = parseInt(message);
      assert(number > last, `${number} came after ${last}`);
      last = number;
    }
    // Datagrams under way when their socket is let go count as dropped, and may arrive.
    const underWay = this.isDatagram ? 64 : 0;
    const text = `${received.length} were received, ${sent} were sent`;
    assert(received.length <= sent + underWay, text);
    this.#checkLoss(received.length, sent);
  }

  #checkLoss(received: number, sent: number): void {
    // The smallest frame; a reset may also have cut the frame at either end of what it took.
    const smallest = this.isSyslog ? 7 : 400;
    const mostLost = this.lostBytes === 0 ? 0 : this.lostBytes / smallest + this.#reset.size;
    const text = `${sent} were sent, ${received} were received, ${this.lostBytes} bytes were lost`;
    assert(sent - received <= mostLost, text);
  }
}

/** Fails where a promise is still pending after a few turns, instead of hanging. */
export async function resolved(promise: Promise<unknown>, otherwise: string): Promise<void> {
  let isResolved = false;
  void promise.then(() => isResolved = true);
  await turns(3);
  assert(isResolved, otherwise);
}

function connectStep(dice: Dice): MemoryStep {
  const peer = {
    bufferBytes: dice.pick(100, 3000, 65536),
    stalled: dice.once(3),
    keepsOpen: dice.once(4),
  };
  return dice.pick<MemoryStep>(
    "refused",
    "hang",
    { throws: new Error("scripted") },
    { delayMs: dice.pick(1, 500, 5000), peer },
    { outcome: "timeout", delayMs: 300 },
    { peer },
    { peer },
  );
}

/** A record that cannot be encoded, nor formatted. */
function badRecord(): LogRecord {
  const bad = unencodable();
  Object.defineProperty(bad, "extra", {
    enumerable: true,
    get() {
      throw new Error("no extra");
    },
  });
  return bad;
}

type Options = DeliveryOptions & { connector: Connector };

/** A connector with so many other addresses, which all lead to the one script of the network. */
function failingOver(dice: Dice, network: MemoryNetwork, others: number): Connector {
  const returnAfterMs = dice.pick(0, 1000, 60_000);
  const addresses = Array.from(
    { length: others },
    (_, index) => ({ transport: "tcp", hostname: "h", port: 2 + index }) as const,
  );
  return failover(network, addresses, { returnAfterMs, clock: network.clock });
}

/** One of any kind, in any format. */
function sysLogHandler(dice: Dice, delivery: Options, isStream: boolean): SysLogHandler {
  const format = dice.pick<SyslogFormat>("cpython", "rfc3164", "rfc5424");
  const framing = dice.pick<SyslogFraming>("octet-counting", "lf", "nul");
  const options = { ...delivery, format, framing };
  const address = dice.pick<SyslogAddress>(["h", 1], "/dev/log");
  if (!isStream && dice.once(3)) {
    return new SysLogHandler(address, {
      ...options,
      connector: delivery.connector as MemoryNetwork,
    });
  }
  return new SysLogHandler(address, { ...options, socktype: "stream" });
}

/** The numbers that such a handler's messages end with. */
function syslogMessages(received: Uint8Array): string[] {
  const reader = new SyslogFrameReader();
  reader.push(received);
  const found: string[] = [];
  for (let next = reader.next(); next !== undefined; next = reader.next()) {
    found.push(syslogMessage(next));
  }
  return found;
}

/** Of one that is cut the number is there all the same. */
function syslogMessage(bytes: Uint8Array): string {
  const [, number] = /(\d+) x*\0?$/.exec(new TextDecoder().decode(bytes)) ?? [];
  assert(number !== undefined, "a message is damaged");
  return number;
}

/** What subclasses do: every overridable step calls its original, and some fail now and then. */
class OverridingHandler extends SocketHandler {
  readonly #dice: Dice;

  constructor(dice: Dice, options: Options) {
    super("h", 1, options);
    this.#dice = dice;
  }

  override makePickle(of: LogRecord): Uint8Array {
    if (this.#dice.once(20)) throw new Error("makePickle fails");
    return super.makePickle(of);
  }

  override makeSocket(options?: WaitOptions): Promise<StreamConnection> {
    if (this.#dice.once(10)) throw new Error("makeSocket fails");
    return super.makeSocket(options);
  }

  override createSocket(): void {
    if (this.#dice.once(20)) return;
    super.createSocket();
  }

  override send(frame: Uint8Array): void {
    if (this.#dice.once(20)) throw new Error("send fails");
    super.send(frame);
  }
}

/** The disk of a round, whose handler has a spool there. */
export interface RoundDisk {
  readonly spool: Spool;
  /** Makes the disk full, or not. */
  meddle(dice: Dice): void;
  /** Checks that so many records are left there. */
  check(queued: number): void;
}

/** Runs one round; the handler has so many servers, one unless given. */
export async function round(
  seed: number,
  connection: Connection = "persistent",
  disk?: RoundDisk,
  servers?: number,
): Promise<void> {
  const round = new Round(seed, connection, disk, servers);
  for (let steps = 20 + round.dice.roll(60); steps > 0; steps--) await round.step();
  await round.end();
}
