import { assertEquals } from "@std/assert";
import { SocketListener } from "../../src/net/listener.ts";
import { VirtualClock } from "../../src/testing/memory.ts";
import { test } from "../test.ts";

test("beginHandshake() drops the oldest of more than 1,024 clients that say nothing", async () => {
  const address = { transport: "tcp", hostname: "localhost", port: 1 } as const;
  const listener = new SocketListener(address, { close: () => {} });
  const dropped: number[] = [];
  const ends: (() => void)[] = [];
  const begin = (i: number) => ends.push(listener.beginHandshake(() => dropped.push(i)));
  for (let i = 0; i < 1024; i++) begin(i);
  assertEquals(dropped, []);
  begin(1024);
  assertEquals(dropped, [0]);
  ends[1]!();
  begin(1025);
  assertEquals(dropped, [0], "one had ended");
  begin(1026);
  assertEquals(dropped, [0, 2]);
  await listener.close();
  assertEquals(dropped.length, 2 + 1024);
});

test("beginHandshake() drops a client that says nothing for 10 seconds", async () => {
  const address = { transport: "tcp", hostname: "localhost", port: 1 } as const;
  const clock = new VirtualClock();
  const listener = new SocketListener(address, { close: () => {} }, clock);
  const dropped: string[] = [];
  listener.beginHandshake(() => dropped.push("silent"));
  listener.beginHandshake(() => dropped.push("done"))();
  await clock.advance(9_999);
  assertEquals(dropped, []);
  await clock.advance(1);
  assertEquals(dropped, ["silent"]);
  await listener.close();
  assertEquals(clock.pendingTimers, 0);
});
