import { assertEquals } from "@std/assert";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { HELD_BYTES } from "../../src/net/socket_stream.ts";
import type { Listener, StreamConnection } from "../../src/net/connector.ts";
import { test } from "../test.ts";

interface Pair {
  network: MemoryNetwork;
  listener: Listener<StreamConnection>;
  sender: StreamConnection;
  accepted: StreamConnection;
}

async function connected(): Promise<Pair> {
  const network = new MemoryNetwork();
  const at = { transport: "tcp", hostname: "localhost", port: 9020 } as const;
  const listener = await network.listen(at);
  const sender = await network.connect(at);
  const next = await listener[Symbol.asyncIterator]().next();
  return { network, listener, sender, accepted: next.value as StreamConnection };
}

test("a consumer that iterates gets what arrives after close(), until the peer's end", async () => {
  const { network, listener, sender, accepted } = await connected();
  const iterator = accepted[Symbol.asyncIterator]();
  // More than the stream holds: the rest waits in the kernel.
  const size = HELD_BYTES + 40_000;
  await sender.write(new Uint8Array(size));
  const closing = accepted.close();
  assertEquals(await sender.closed, undefined, "the sender sees the FIN");
  const ending = sender.close();
  let read = 0;
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    read += next.value.length;
  }
  assertEquals(read, size);
  await closing;
  await ending;
  await network.clock.advance();
  assertEquals(network.holding, 1, "the listener alone");
  await listener.close();
});

test("close() yields what was queued, and ends the iteration when its signal is aborted", async () => {
  const { listener, sender, accepted } = await connected();
  const iterator = accepted[Symbol.asyncIterator]();
  await sender.write(new Uint8Array([1]));
  await sender.write(new Uint8Array([2]));
  const controller = new AbortController();
  const closing = accepted.close({ signal: controller.signal });
  assertEquals(await iterator.next(), { done: false, value: new Uint8Array([1]) });
  controller.abort();
  await closing;
  assertEquals(await iterator.next(), { done: false, value: new Uint8Array([2]) });
  assertEquals((await iterator.next()).done, true);
  await sender.close();
  await listener.close();
});

test("close() discards what arrives once the consumer has left its loop", async () => {
  const { network, listener, sender, accepted } = await connected();
  for await (const chunk of withFirst(accepted, sender)) {
    assertEquals(chunk, new Uint8Array([1]));
    break;
  }
  const closing = accepted.close();
  await network.clock.advance();
  await sender.close();
  await closing;
  assertEquals((await accepted[Symbol.asyncIterator]().next()).done, true);
  await listener.close();
});

async function* withFirst(accepted: StreamConnection, sender: StreamConnection) {
  await sender.write(new Uint8Array([1]));
  yield* accepted;
}
