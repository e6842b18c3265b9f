import { assert, assertEquals } from "@std/assert";
import {
  systemError,
  type Timers,
  UnixgramSocket,
} from "../../../src/adapters/common/unixgram_socket.ts";
import { VirtualClock } from "../../../src/testing/_virtual_clock.ts";
import { codeOf } from "../../conformance/target.ts";
import { test } from "../../test.ts";

const peer = { transport: "unixgram", path: "/dev/log" } as const;
const bytes = (value: number) => new Uint8Array([value]);

/** A receiver whose queue has room for so much, and what went wrong with which datagrams. */
function receiver(room = Infinity, faults: Record<number, string> = {}, timers?: Timers) {
  const clock = new VirtualClock();
  const native = {
    room,
    tries: 0,
    received: [] as number[],
    closed: 0,
    send([value = 0]: Uint8Array): boolean {
      native.tries++;
      const fault = faults[value];
      if (fault !== undefined) throw systemError("send", fault);
      if (native.room === 0) return false;
      native.room--;
      native.received.push(value);
      return true;
    },
    close: () => void native.closed++,
  };
  return { native, clock, socket: new UnixgramSocket(native, peer, timers ?? clock) };
}

test("send() hands a datagram over at once where there is room", async () => {
  const { native, clock, socket } = receiver();
  const sending = socket.send(bytes(1));
  assertEquals(native.received, [1]);
  assert(socket.sendSync(bytes(2)));
  await sending;
  assertEquals([native.received, clock.pendingTimers], [[1, 2], 0]);
});

test("send() tries again after 1, 2, 4 … 64 ms, and no more often than that", async () => {
  const { native, clock, socket } = receiver(0);
  const sending = socket.send(bytes(1));
  const waits: number[] = [];
  while (waits.length < 9) {
    const before = native.tries;
    const from = clock.now();
    while (native.tries === before) await clock.advance(1);
    waits.push(Math.round((clock.now() - from) * 1000));
  }
  assertEquals(waits, [1, 2, 4, 8, 16, 32, 64, 64, 64]);
  native.room = 1;
  await clock.advance(64);
  await sending;
  assertEquals(native.received, [1]);
  const next = socket.send(bytes(2));
  native.room = 1;
  await clock.advance(1);
  await next;
  assertEquals([native.received, clock.pendingTimers], [[1, 2], 0]);
});

test("send() keeps the order of the calls while the first of them waits", async () => {
  const { native, clock, socket } = receiver(1);
  const sends = [1, 2, 3, 4].map((value) => socket.send(bytes(value)));
  native.room = 1;
  assert(!socket.sendSync(bytes(9)), "it would come before those that wait");
  await clock.advance(1);
  assertEquals(native.received, [1, 2]);
  native.room = 10;
  await clock.advance(1);
  await Promise.all(sends);
  assertEquals(native.received, [1, 2, 3, 4]);
  assert(socket.sendSync(bytes(5)));
});

test("sendSync() is false where send() would wait or fail", () => {
  const { native, clock, socket } = receiver(1, { 7: "ECONNREFUSED" });
  assert(!socket.sendSync(bytes(7)));
  assert(socket.sendSync(bytes(1)));
  assert(!socket.sendSync(bytes(2)));
  assertEquals([native.received, clock.pendingTimers], [[1], 0]);
});

test("send() rejects with what went wrong with that datagram, and goes on with the next", async () => {
  const { native, clock, socket } = receiver(0, {
    1: "EMSGSIZE",
    3: "ECONNREFUSED",
    4: "ENOTCONN",
  });
  const tooLarge = socket.send(bytes(1));
  const sends = [2, 3, 4, 5].map((value) => socket.send(bytes(value)));
  const codes = Promise.all([tooLarge, ...sends].map(codeOf));
  native.room = 10;
  await clock.advance(1);
  assertEquals(await codes, ["too-large", "no error", "refused", "reset", "no error"]);
  assertEquals(native.received, [2, 5]);
  const message = await socket.send(bytes(3)).catch((error) => error.message);
  assertEquals(message, "Cannot send 1 bytes to /dev/log: send ECONNREFUSED");
});

test("close() ends the sends that wait with `closed`, closes the native socket once, and sends nothing more", async () => {
  const { native, clock, socket } = receiver(0);
  const codes = Promise.all([1, 2].map((value) => codeOf(socket.send(bytes(value)))));
  await socket.close();
  await socket.close();
  assertEquals(await codes, ["closed", "closed"]);
  assertEquals(await codeOf(socket.send(bytes(3))), "closed");
  assert(!socket.sendSync(bytes(3)));
  assertEquals((await socket[Symbol.asyncIterator]().next()).done, true);
  assertEquals([native.closed, native.received, clock.pendingTimers], [1, [], 0]);
});

test("a datagram that waits holds the process open only without unref()", async () => {
  const held = new Set<object>();
  const timers: Timers = {
    setTimeout(callback) {
      const timer = { callback, unref: () => void held.delete(timer) };
      held.add(timer);
      return timer;
    },
    clearTimeout: (timer) => void held.delete(timer as object),
  };
  for (const early of [true, false]) {
    const { socket } = receiver(0, {}, timers);
    if (early) socket.unref();
    const code = codeOf(socket.send(bytes(1)));
    assertEquals(held.size, early ? 0 : 1);
    socket.unref();
    assertEquals(held.size, 0);
    await socket.close();
    assertEquals(await code, "closed");
  }
});
