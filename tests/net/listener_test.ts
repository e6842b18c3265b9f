import { assertEquals } from "@std/assert";
import { SocketListener } from "../../src/net/listener.ts";
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
