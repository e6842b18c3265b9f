import { assertEquals } from "@std/assert";
import { VirtualClock } from "../../src/testing/_virtual_clock.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { StreamWriter } from "../../src/delivery/stream_writer.ts";
import { SysLogHandler } from "../../src/handlers/sys_log_handler.ts";
import type { StreamConnection } from "../../src/net/connector.ts";
import { test } from "../test.ts";
import { turns } from "../turns.ts";
import { account, messages, record } from "../handlers/wire.ts";

/** A kernel with room for so many bytes, until it is read; `write` waits for that as Bun's does. */
class SmallKernel {
  readonly taken: number[] = [];
  room = 0;
  #rest: Uint8Array = new Uint8Array(0);
  #done = () => {};
  bytesWritten = 0;
  readonly closed = new Promise<undefined>(() => {});

  write(bytes: Uint8Array): Promise<void> {
    this.#rest = bytes;
    this.retryWrite();
    return this.#rest.length === 0 ? Promise.resolve() : new Promise((resolve) => {
      this.#done = resolve;
    });
  }

  retryWrite(): void {
    const part = this.#rest.subarray(0, this.room);
    this.taken.push(...part);
    this.room -= part.length;
    this.bytesWritten += part.length;
    this.#rest = this.#rest.subarray(part.length);
    if (this.#rest.length === 0) this.#done();
  }

  writeSync(bytes: Uint8Array): number {
    this.retryWrite();
    if (this.#rest.length > 0) return 0;
    const { bytesWritten } = this;
    this.#rest = bytes;
    this.retryWrite();
    this.#rest = new Uint8Array(0);
    return this.bytesWritten - bytesWritten;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** So long a connection is young. */
const YOUNG_MS = 1000;

test("a write that waits is tried again within a burst, where the connection can", async () => {
  const clock = new VirtualClock();
  const kernel = new SmallKernel();
  const connection = kernel as unknown as StreamConnection;
  const handler = new SocketHandler("h", 1, {
    connector: { connect: () => Promise.resolve(connection) },
    clock,
    onEvent: () => {},
  });
  kernel.room = 1000;
  handler.emit(record("the first"));
  await handler.flush();
  await clock.advance(YOUNG_MS);
  const text = "x".repeat(10_000);
  for (let i = 0; i < 300; i++) {
    kernel.room += 9000;
    handler.emit(record("%d %s", i, text));
    account(handler);
  }
  const queued = account(handler).queuedBytes;
  assertEquals(queued < 700_000, true, `${queued} of three million bytes wait, with room for most`);
  kernel.room = Infinity;
  kernel.retryWrite();
  await handler.flush();
  const got = messages(new Uint8Array(kernel.taken)).map((message) => message.split(" ")[0]);
  assertEquals(got, ["the", ...Array.from({ length: 300 }, (_, i) => String(i))]);
  assertEquals(account(handler).sent, 301);
  await handler.close();
});

test("a write that a retry completed says nothing of the one after it", async () => {
  const kernel = new SmallKernel();
  const connection = kernel as unknown as StreamConnection;
  const handler = new SocketHandler("h", 1, {
    connector: { connect: () => Promise.resolve(connection) },
    onEvent: () => {},
  });
  const text = "x".repeat(30_000);
  let count = 0;
  const burst = () => {
    for (let i = 0; i < 4; i++) handler.emit(record("%d %s", count++, text));
  };
  burst();
  await turns(1);
  // Room for what waits, which the next full chunk sees, and for the beginning of what follows.
  kernel.room = 140_000;
  burst();
  await turns(1);
  assertEquals(account(handler).queued > 0, true);
  burst();
  kernel.room = Infinity;
  kernel.retryWrite();
  await handler.flush();
  const got = messages(new Uint8Array(kernel.taken)).map((message) => message.split(" ")[0]);
  assertEquals(got, Array.from({ length: count }, (_, i) => String(i)));
  await handler.close();
});

test("a connection that logs while it writes damages no record, nor its own", async () => {
  for (const kind of [SocketHandler, SysLogHandler]) {
    let log = () => {};
    const kernel = new class extends SmallKernel {
      override write(bytes: Uint8Array): Promise<void> {
        log();
        return super.write(bytes);
      }
    }();
    kernel.room = Infinity;
    const connection = kernel as unknown as StreamConnection;
    const options = { connector: { connect: () => Promise.resolve(connection) } };
    const handler = kind === SocketHandler
      ? new SocketHandler("h", 1, options)
      : new SysLogHandler(["h", 1], { ...options, socktype: "stream" });
    handler.emit(record("the first"));
    await handler.flush();
    let nested = 0;
    log = () => {
      if (nested < 10) handler.emit(record(`nested ${nested++} ${"y".repeat(100)}`));
    };
    const texts = Array.from({ length: 2000 }, (_, i) => `${i} ${"x".repeat(i % 300)}`);
    for (const text of texts) handler.emit(record(text));
    await handler.flush();
    const taken = new Uint8Array(kernel.taken);
    const got = handler instanceof SysLogHandler
      ? new TextDecoder().decode(taken).split("\0").map((message) => message.slice("<14>".length))
      : messages(taken);
    assertEquals(got.filter((text) => /^\d/.test(text)), texts);
    assertEquals(got.filter((text) => text.startsWith("nested")).length, nested);
    await handler.close();
    assertEquals(account(handler).sent, texts.length + nested + 1);
  }
});

test("StreamWriter.writeSync() ends a frame that is under way before it writes others", async () => {
  const kernel = new SmallKernel();
  const outlet = new StreamWriter(kernel as unknown as StreamConnection);
  const batch = (size: number, mark: number) => ({
    id: BigInt(mark),
    bytes: new Uint8Array(size).fill(mark),
    lengths: new Uint32Array([size]),
  });
  const large = batch(200_000, 1);
  const writing = outlet.write(large);
  kernel.room = 100_000;
  assertEquals(outlet.writeSync(batch(10, 2)), 0, "there is room for half of the first frame");
  assertEquals(outlet.progress(large).frames, 0);
  kernel.room = Infinity;
  assertEquals(outlet.writeSync(batch(10, 3)), 1);
  await writing;
  assertEquals(outlet.progress(large).frames, 1);
  assertEquals(kernel.taken.length, 200_010);
  assertEquals(kernel.taken.indexOf(3), 200_000);
});
