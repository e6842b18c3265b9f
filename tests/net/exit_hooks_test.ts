import { assert, assertEquals } from "@std/assert";
import v8 from "node:v8";
import vm from "node:vm";
import { HTTPHandler } from "../../src/handlers/http_handler.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import type { Connector } from "../../src/net/connector.ts";
import { ExitHookSet } from "../../src/net/exit_hooks.ts";
import { test } from "../test.ts";
import { turns } from "../turns.ts";

/** A set, and how often it listens on its runtime. */
function setting(): { set: ExitHookSet; listening: () => number } {
  let listening = 0;
  const set = new ExitHookSet(() => {
    listening++;
    return () => void listening--;
  });
  return { set, listening: () => listening };
}

test("ExitHookSet listens on the runtime while there are hooks", () => {
  const { set, listening } = setting();
  const hooks = { beforeExit: () => Promise.resolve(), exit() {} };
  const forget = [set.add(hooks), set.add(hooks)];
  assertEquals(listening(), 1);
  forget[0]?.();
  forget[0]?.();
  assertEquals(listening(), 1);
  forget[1]?.();
  assertEquals(listening(), 0);
});

test("exit() runs hooks that pass on, then those that write, the youngest first, then those that count", () => {
  const { set } = setting();
  const ran: string[] = [];
  const hooks = (name: string) => ({
    beforeExit: () => Promise.resolve(),
    exit: (mayGoOn?: boolean) => {
      ran.push(`${name} ${mayGoOn}`);
      if (name === "b") throw new Error("fails");
    },
  });
  set.add(hooks("counts"), false, "counts");
  set.add(hooks("a"));
  set.add(hooks("queue"), false, "passes on");
  set.add(hooks("b"));
  set.exit(true);
  assertEquals([ran.splice(0), set.isEnding], [
    ["queue true", "b true", "a true", "counts true"],
    false,
  ]);
  set.exit();
  assertEquals([ran.splice(0).length, set.isEnding], [4, true]);
  set.passOn();
  assertEquals(ran, ["queue false"]);
});

test("beforeExit() waits once, then lets the process end, then tells hooks to begin nothing more", async () => {
  const { set } = setting();
  const ran: unknown[] = [];
  const beforeExit = (isRepeated?: boolean) => Promise.resolve(void ran.push(isRepeated));
  set.add({ beforeExit, exit() {} });
  const holds = [];
  for (let i = 0; i < 4; i++) holds.push(set.beforeExit());
  assertEquals(holds, [true, false, false, true]);
  assertEquals(ran, [false, true, false]);
  await Promise.resolve();
});

/** Collects what is not used; a stack may still hold the last of many. */
async function collect(): Promise<void> {
  const { Bun } = globalThis as { Bun?: { gc(isSynchronous: boolean): void } };
  if (Bun === undefined) v8.setFlagsFromString("--expose-gc");
  const gc = Bun === undefined ? vm.runInNewContext("gc") as () => void : () => Bun.gc(true);
  for (let i = 0; i < 3; i++) {
    await turns(1);
    gc();
  }
}

test("a handler that is not used any more is collected, and takes off its exit hooks", async () => {
  const { set } = setting();
  const connect = () => Promise.reject(new Error("not dialled"));
  const connector = { connect, atExit: set.add.bind(set) } as unknown as Connector;
  (() => {
    for (let i = 0; i < 100; i++) new SocketHandler("h", 9020, { connector });
  })();
  const kept = new SocketHandler("h", 9020, { connector });
  assertEquals(set.size, 101);
  await collect();
  assert(set.size >= 1 && set.size < 50, `${set.size} are left`);
  await kept.close();
});

test("a handler that is closed takes off its exit hooks, and so does the last its listeners", async () => {
  const { set, listening } = setting();
  const atExit = set.add.bind(set);
  const handler = new HTTPHandler("h", "/", { exitNotifier: { atExit } });
  assertEquals([set.size, listening()], [1, 1]);
  await handler.close();
  assertEquals([set.size, listening()], [0, 0]);
});
