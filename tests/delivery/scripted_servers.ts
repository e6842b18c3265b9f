/**
 * One round of a server that hangs up on some records, and before that ends every connection for a
 * while: a proxy without a server, say. It throws when a record got lost, stopped the others or was
 * blamed for what the server did.
 */
import { assert, assertEquals } from "@std/assert";
import { MemoryNetwork, type MemoryPeer } from "../../src/testing/memory.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { Dice } from "./scripted_faults.ts";
import { account, messages, record } from "../handlers/wire.ts";

/** How often the server looks at its connections, in milliseconds. */
const STEP_MS = 20;

/** A server finds all records, and the last wait of a back-off of 30 s is over, within so long. */
const MOST_STEPS = 400_000 / STEP_MS;

/** One connection as the server sees it. */
interface Served {
  readonly peer: MemoryPeer;
  readonly since: number;
  bytes: number;
  texts: string[];
  hangsUpAt: number;
}

/** Where each round's records come from and what its server does. */
class ServerRound {
  readonly #network: MemoryNetwork;
  readonly #handler: SocketHandler;
  readonly #dice: Dice;
  readonly #isDrop: boolean;
  readonly #isReset: boolean;
  /** Milliseconds between a poisonous record and the end of its connection. */
  readonly #delayMs: number;
  /** Until when every connection ends after `#lifeMs`. */
  readonly #flapsUntil: number;
  readonly #lifeMs: number;
  /** What the server reads in a step; less than all leaves records behind in its kernel. */
  readonly #readBytes: number;
  readonly #served: Served[] = [];
  readonly #flushes: Promise<void>[] = [];
  readonly #emitted: string[] = [];
  #bursts: number;
  #sent = 0;
  /** Whether an old connection ended with records in the server's kernel, which nobody can know. */
  #isLossy = false;

  constructor(seed: number) {
    const dice = this.#dice = new Dice(seed);
    const network = this.#network = new MemoryNetwork({ bufferBytes: dice.pick(5000, 65536) });
    this.#readBytes = dice.pick(Infinity, Infinity, 3000);
    network.whenNobodyListens = { peer: { stalled: this.#readBytes !== Infinity } };
    this.#isDrop = dice.once(4);
    this.#isReset = dice.once(2);
    this.#delayMs = dice.pick(0, 40, 300);
    this.#flapsUntil = dice.pick(0, 3, 12);
    this.#lifeMs = dice.pick(0, 20, 60, 140, 500, 900);
    this.#bursts = 1 + dice.roll(6);
    this.#handler = new SocketHandler("h", 1, {
      connector: network,
      clock: network.clock,
      whileDisconnected: this.#isDrop ? "drop" : "queue",
      maxQueuedBytes: Infinity,
      onEvent: () => void account(this.#handler),
    });
  }

  get #now(): number {
    return this.#network.clock.now();
  }

  #emit(): void {
    const poison = this.#dice.once(2) ? this.#dice.roll(100) : -1;
    const size = this.#dice.pick(0, 10, 300);
    for (let i = this.#dice.pick(1, 10, 100); i > 0; i--) {
      const isPoison = i === poison;
      const text = `${this.#emitted.length} ${isPoison ? "poison" : ""}${"x".repeat(size)}`;
      this.#emitted.push(text);
      this.#handler.handle(record(text));
    }
    this.#bursts--;
  }

  /** The server reads, and ends those of its connections that it wants to end. */
  #serve(): void {
    const { peers } = this.#network;
    for (const peer of peers.slice(this.#served.length)) {
      this.#served.push({ peer, since: this.#now, bytes: 0, texts: [], hangsUpAt: Infinity });
    }
    // Of those before it is known that they are over.
    for (const served of this.#served.slice(-2)) this.#serveOne(served);
  }

  #serveOne(served: Served): void {
    const { peer, since } = served;
    if (this.#readBytes !== Infinity) peer.read(this.#readBytes);
    if (peer.received.length > served.bytes) {
      served.bytes = peer.received.length;
      served.texts = messages(peer.received);
      if (served.texts.some(isPoison)) {
        served.hangsUpAt = Math.min(served.hangsUpAt, this.#now + this.#delayMs / 1000);
      }
    }
    const isFlapping = this.#now < this.#flapsUntil &&
      this.#now >= since + this.#lifeMs / 1000;
    if (peer.halfClosed || !(isFlapping || this.#now >= served.hangsUpAt)) return;
    if (peer.unread > 0 && this.#now - since >= 0.9) this.#isLossy = true;
    if (this.#isReset) peer.reset();
    else peer.end();
  }

  async run(): Promise<void> {
    const { clock } = this.#network;
    for (let step = 0; step < MOST_STEPS; step++) {
      if (this.#bursts > 0 && this.#dice.once(30)) this.#emit();
      if (this.#dice.once(50)) this.#flushes.push(this.#handler.flush());
      await clock.advance(STEP_MS);
      this.#serve();
      const { sent, queued } = account(this.#handler);
      assert(sent >= this.#sent, `'sent' went from ${this.#sent} to ${sent}`);
      this.#sent = sent;
      if (this.#bursts === 0 && queued === 0 && this.#now > this.#flapsUntil) break;
    }
    // In drop mode what goes again waits for the next record, which dials.
    if (!this.#isDrop) await this.#checkRest();
    const closing = this.#handler.close();
    for (let step = 0; step < 6000 / STEP_MS; step++) {
      await clock.advance(STEP_MS);
      this.#serve();
    }
    await closing;
    await Promise.all(this.#flushes);
    assertEquals([clock.pendingTimers, this.#network.holding], [0, 0], "what is left");
    this.#checkArrivals();
  }

  /** Nothing is left to do: so no timer goes on. */
  async #checkRest(): Promise<void> {
    const { clock } = this.#network;
    assertEquals(account(this.#handler).queued, 0, "records are stuck");
    await clock.advance(2000);
    assertEquals(clock.pendingTimers, 0, "a timer goes on although nothing is queued");
    await Promise.all(this.#flushes);
  }

  #checkArrivals(): void {
    const times = new Map(this.#emitted.map((text) => [text, 0]));
    for (const { texts } of this.#served) {
      for (const text of texts) times.set(text, (times.get(text) ?? 0) + 1);
    }
    const { dropped } = account(this.#handler);
    if (this.#isDrop) {
      for (const [text, count] of times) assert(count <= 2, `${text} came ${count} times`);
      return;
    }
    const poison = this.#emitted.filter(isPoison).length;
    assert(dropped.refused <= poison, `${dropped.refused} refused of ${poison}`);
    const missing = [...times].filter(([, count]) => count === 0).map(([text]) => parseInt(text));
    const counted = this.#isLossy ? Infinity : this.#readBytes === Infinity ? 0 : dropped.refused;
    assert(missing.length <= counted, `${missing.length} never arrived: ${missing.slice(0, 9)}`);
  }
}

function isPoison(text: string): boolean {
  return text.includes("poison");
}

/** Runs one round. */
export function serverRound(seed: number): Promise<void> {
  return new ServerRound(seed).run();
}
