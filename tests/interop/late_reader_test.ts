/** A server that reads after `close()` has given up gets the records that count as sent, and no more. */
import { assert, assertEquals } from "@std/assert";
import { tmpdir } from "node:os";
import { connector as own } from "../../src/adapters/auto.ts";
import { connector as overNode } from "../../src/adapters/node.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import type { StreamAddress } from "../../src/net/connector.ts";
import { Deframer } from "../../src/wire/length_prefix_framing.ts";
import { account, record } from "../handlers/wire.ts";
import { runtime, test } from "../test.ts";

const RECORDS = 30_000;

/** Closes a handler whose server reads only then: how many records count as sent, and how many arrive. */
async function closeAndRead(
  at: StreamAddress,
  connector: typeof own,
): Promise<{ sent: number; dropped: number; whole: number }> {
  await using listener = await own.listen(at);
  const { address } = listener;
  const [host, port] = address.transport === "tcp"
    ? [address.hostname, address.port]
    : [address.path, null];
  const handler = new SocketHandler(host, port, {
    connector,
    whileDisconnected: "queue",
    closeTimeoutMs: 300,
    onEvent: () => {},
  });
  for (let i = 0; i < RECORDS; i++) handler.emit(record("%d", i));
  const accepted = listener[Symbol.asyncIterator]().next();
  await handler.close();
  const { emitted, sent, droppedTotal } = account(handler);
  assertEquals(emitted, sent + droppedTotal);
  const { value: connection } = await accepted;
  const deframer = new Deframer();
  let whole = 0;
  try {
    for await (const chunk of connection!) {
      deframer.push(chunk);
      while (deframer.next() !== undefined) whole++;
    }
  } catch {
    // A connection that was given up may end with a reset.
  }
  await connection!.close({ signal: AbortSignal.abort() });
  return { sent, dropped: droppedTotal, whole };
}

const places: [name: string, at: StreamAddress][] = [
  ["TCP", { transport: "tcp", hostname: "127.0.0.1", port: 0 }],
  ["a Unix socket", {
    transport: "unix",
    path: `${tmpdir()}/logwire-late-${crypto.randomUUID()}.sock`,
  }],
];

for (const [name, at] of places) {
  test(`close() over ${name} counts as sent what a server that reads late gets`, async () => {
    const { sent, dropped, whole } = await closeAndRead(at, own);
    assert(dropped > 0, "more than the kernel holds");
    assertEquals(sent, whole);
  });

  // Only Node says how much of a write waits; elsewhere a piece that was cut counts as lost.
  if (runtime !== "node") {
    test(`close() over ${name} with ./node counts as sent at most what arrives`, async () => {
      const { sent, whole } = await closeAndRead(at, overNode as typeof own);
      assert(sent <= whole && whole - sent < 200, `${sent} sent, ${whole} arrived`);
    });
  }
}
