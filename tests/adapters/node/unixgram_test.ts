// Against a package that the test plays, on every runtime; the real one is in tests/conformance.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { constants } from "node:os";
import { setImmediate } from "node:timers";
import {
  bindNodeUnixgram,
  openNodeUnixgram,
  type UnixDgram,
  type UnixDgramError,
} from "../../../src/adapters/node/unixgram.ts";
import { ConnectionError } from "../../../src/net/connection_error.ts";
import { codeOf } from "../../conformance/target.ts";
import { test } from "../../test.ts";

const peer = { transport: "unixgram", path: "/dev/log" } as const;
const { ECONNREFUSED, ENOENT, EMSGSIZE, EADDRINUSE } = constants.errno;

/** A package whose calls fail with these codes, in turn; `undefined`: they succeed. */
function played(
  codes: { connect?: number[]; bind?: number[]; send?: (number | undefined)[] } = {},
) {
  const calls: string[] = [];
  const unixDgram: UnixDgram = {
    createSocket() {
      let fail: (error: UnixDgramError) => void = () => {};
      const open = (call: "connect" | "bind", path: string) => {
        calls.push(`${call} ${path}`);
        const code = codes[call]?.shift();
        if (code !== undefined) fail({ code });
      };
      return {
        on(event: string, listener: (value: never) => void) {
          if (event === "error") fail = listener as typeof fail;
        },
        bind: (path) => open("bind", path),
        connect: (path) => open("connect", path),
        send(bytes, callback) {
          calls.push(`send ${bytes.length}`);
          const code = codes.send?.shift();
          callback(...(code === undefined ? [] : [{ code }]));
        },
        close: () => void calls.push("close"),
      };
    },
  };
  return { calls, load: () => unixDgram };
}

const nextTurn = () => new Promise<void>((resolve) => void setImmediate(resolve));

test("openNodeUnixgram() without the package is `unsupported`, and says what to install", async () => {
  const cause = Object.assign(new Error("Cannot find module 'unix-dgram'"), {
    code: "MODULE_NOT_FOUND",
  });
  const load = () => {
    throw cause;
  };
  const errors = await Promise.all([
    openNodeUnixgram(peer, {}, load).catch((error: unknown) => error),
    bindNodeUnixgram(peer, load).catch((error: unknown) => error),
  ]);
  const advice = "Node needs the package unix-dgram for it: npm install unix-dgram, " +
    "or use a Unix stream socket or UDP";
  const doing = ["Cannot open a datagram socket for /dev/log", "Cannot bind /dev/log"];
  for (const [i, error] of errors.entries()) {
    assert(error instanceof ConnectionError);
    assertEquals([error.code, error.message], ["unsupported", `${doing[i]}: ${advice}`]);
    assertStrictEquals(error.cause, cause);
  }
});

test("openNodeUnixgram() with a package for another Node says how to build it anew", async () => {
  const load = () => {
    throw Object.assign(new Error("NODE_MODULE_VERSION"), { code: "ERR_DLOPEN_FAILED" });
  };
  const error = await openNodeUnixgram(peer, {}, load).catch((error: unknown) => error);
  assert(error instanceof ConnectionError);
  assertEquals(error.code, "unsupported");
  assert(error.message.includes("does not load on this Node: npm rebuild unix-dgram"));
});

test("openNodeUnixgram() refuses an abstract name, which the package would cut off", async () => {
  const abstract = { transport: "unixgram", path: "\0logwire" } as const;
  assertEquals(await codeOf(openNodeUnixgram(abstract, {}, played().load)), "unsupported");
  assertEquals(await codeOf(bindNodeUnixgram(abstract, played().load)), "unsupported");
});

test("openNodeUnixgram() rejects with the reason of a failed connect, and leaves no socket", async () => {
  const { calls, load } = played({ connect: [-ENOENT, -ECONNREFUSED] });
  assertEquals(await codeOf(openNodeUnixgram(peer, {}, load)), "not-found");
  assertEquals(await codeOf(openNodeUnixgram(peer, {}, load)), "refused");
  assertEquals(calls, ["connect /dev/log", "close", "connect /dev/log", "close"]);
});

test("a socket of the package lives for one turn, as it would hold the process open", async () => {
  const { calls, load } = played();
  const socket = await openNodeUnixgram(peer, {}, load);
  await nextTurn();
  assertEquals(calls.splice(0), ["connect /dev/log", "close"]);
  assert(socket.sendSync?.(new Uint8Array(1)));
  await socket.send(new Uint8Array(2));
  await nextTurn();
  assertEquals(calls.splice(0), ["connect /dev/log", "send 1", "send 2", "close"]);
  await socket.close();
  assertEquals(calls, []);
});

test("send() translates the package's numbers, and connects anew after an error", async () => {
  const { calls, load } = played({ send: [1, -ECONNREFUSED, -EMSGSIZE] });
  const socket = await openNodeUnixgram(peer, {}, load);
  assertEquals(socket.sendSync?.(new Uint8Array(1)), false);
  calls.splice(0);
  assertEquals(await codeOf(socket.send(new Uint8Array(2))), "refused");
  assertEquals(calls.splice(0), ["send 2", "close"]);
  assertEquals(await codeOf(socket.send(new Uint8Array(3))), "too-large");
  assertEquals(calls.splice(0), ["connect /dev/log", "send 3", "close"]);
  await socket.close();
});

test("bindNodeUnixgram() at an address in use fails, and leaves no socket", async () => {
  const { calls, load } = played({ bind: [-EADDRINUSE] });
  assertEquals(await codeOf(bindNodeUnixgram(peer, load)), "other");
  assertEquals(calls, ["bind /dev/log", "close"]);
});
