import { assert, assertEquals, assertRejects } from "@std/assert";
import { readdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { ConnectionError } from "../../src/net/connection_error.ts";
import { withoutPython } from "../interop/python.ts";
import { test as register } from "../test.ts";
import { turns } from "../turns.ts";
import { runProgram } from "./processes.ts";
import { codeOf, pattern, type Target } from "./target.ts";
import { digest, unixgramPeer, withSocketPath } from "./unixgram_peer.ts";

/** Unix datagrams. */
export function unixgrams(
  { name, connector, skips = {}, module, unixDatagrams, withoutUnixDatagrams = false }: Target,
): void {
  const test = (check: string, fn: () => Promise<void>, skip: string | false = false) =>
    register(`${name}: ${check}`, fn, { skip: skip || (skips[check] ?? false) });
  const at = (path: string) => ({ transport: "unixgram", path }) as const;

  test("a Unix path longer than a kernel takes is refused", async () => {
    const tooLong = `/run/${"x".repeat(103)}`;
    const expected = "'path' must be at most 107 bytes: current value has 108";
    const transports = [
      () => connector.openDatagram(at(tooLong)),
      () => connector.bindDatagram(at(tooLong)),
      () => connector.connect({ transport: "unix", path: tooLong }),
    ];
    for (const open of transports) await assertRejects(open, RangeError, expected);
  });

  if (unixDatagrams === undefined || withoutUnixDatagrams) {
    test("Unix datagram sockets are `unsupported`, and the error says what to do", async () => {
      const opening = () => connector.openDatagram(at("/run/logwire-none.sock"));
      const error = await assertRejects(opening, ConnectionError, "use ");
      assertEquals(error.code, "unsupported");
      assertEquals(
        await codeOf(connector.bindDatagram(at("/run/logwire-none.sock"))),
        "unsupported",
      );
    });
  }
  if (unixDatagrams === undefined) return;

  if (unixDatagrams === "sends") {
    test("bindDatagram() of a Unix socket is `unsupported`", async () => {
      assertEquals(await codeOf(connector.bindDatagram(at("/run/none.sock"))), "unsupported");
    });
  } else {
    test("Unix datagrams arrive whole and one by one", () =>
      withSocketPath(async (path) => {
        const bound = await connector.bindDatagram(at(path));
        assertEquals(bound.address, at(path));
        const arriving = bound[Symbol.asyncIterator]();
        const socket = await connector.openDatagram(bound.address);
        for (const size of [1, 0, 1400, 65_507]) {
          await socket.send(pattern(size));
          assertEquals((await arriving.next()).value, pattern(size));
        }
        const pending = arriving.next();
        await socket.close();
        await bound.close();
        await bound.close();
        assertEquals((await pending).done, true);
      }), withoutUnixDatagrams);

    test(
      "bindDatagram() at a Unix path in use fails, and after close() does not",
      () =>
        withSocketPath(async (path) => {
          const bound = await connector.bindDatagram(at(path));
          assertEquals(await codeOf(connector.bindDatagram(at(path))), "other");
          await bound.close();
          await (await connector.bindDatagram(at(path))).close();
        }),
      withoutUnixDatagrams,
    );
  }

  if (module === undefined) return;
  const skip = withoutUnixDatagrams || withoutPython();

  test(
    "openDatagram() of a Unix socket that is not there is `not-found`",
    () =>
      withSocketPath(async (path) => {
        assertEquals(await codeOf(connector.openDatagram(at(path))), "not-found");
        const signal = AbortSignal.abort();
        assertEquals(await codeOf(connector.openDatagram(at(path), { signal })), "closed");
      }),
    withoutUnixDatagrams,
  );

  test("openDatagram() of a Unix stream socket is `refused`", () =>
    withSocketPath(async (path) => {
      const listener = await connector.listen({ transport: "unix", path });
      assertEquals(await codeOf(connector.openDatagram(at(path))), "refused");
      await listener.close();
    }), withoutUnixDatagrams);

  test(
    "Unix datagrams reach another program, and leave no file behind",
    () =>
      withSocketPath(async (path) => {
        const peer = await unixgramPeer(path);
        const socket = await connector.openDatagram(at(path));
        const part = pattern(64).subarray(8, 24);
        for (const bytes of [pattern(1), part, pattern(0), pattern(200_000)]) {
          await socket.send(bytes);
          assertEquals(await peer.read(1), [digest(bytes)]);
        }
        assertEquals(await readdir(dirname(path)), ["log.sock"]);
        await socket.close();
        await socket.close();
        assertEquals(await codeOf(socket.send(new Uint8Array(1))), "closed");
        assertEquals(socket.sendSync?.(new Uint8Array(1)) ?? false, false);
        await peer.stop();
      }),
    skip,
  );

  test(
    "send() of more than a Unix datagram carries is `too-large`, and the socket lives on",
    () =>
      withSocketPath(async (path) => {
        const peer = await unixgramPeer(path);
        const socket = await connector.openDatagram(at(path));
        assertEquals(await codeOf(socket.send(new Uint8Array(16 << 20))), "too-large");
        await socket.send(pattern(3));
        assertEquals(await peer.read(1), [digest(pattern(3))]);
        await socket.close();
        await peer.stop();
      }),
    skip,
  );

  test(
    "a Unix receiver that was killed is `refused`, and the next one is reached anew",
    () =>
      withSocketPath(async (path) => {
        const first = await unixgramPeer(path);
        const socket = await connector.openDatagram(at(path));
        await socket.send(pattern(1));
        await first.read(1);
        await first.stop();
        assertEquals(await codeOf(socket.send(pattern(2))), "refused");
        assertEquals(await codeOf(connector.openDatagram(at(path))), "refused");
        await socket.close();
        await rm(path);
        const second = await unixgramPeer(path);
        const again = await connector.openDatagram(at(path));
        await again.send(pattern(3));
        assertEquals(await second.read(1), [digest(pattern(3))]);
        await again.close();
        await second.stop();
      }),
    skip,
  );

  test(
    "Unix datagrams for a slow reader wait in order, and the event loop goes on",
    () =>
      withSocketPath(async (path) => {
        const peer = await unixgramPeer(path);
        const socket = await connector.openDatagram(at(path));
        // More than any kernel's queue holds and any socket's buffer has room for.
        const datagrams = Array.from({ length: 2000 }, (_, i) => pattern(i % 400));
        let sent = 0;
        const sends = datagrams.map((bytes) => socket.send(bytes).then(() => sent++));
        await turns(20);
        assert(sent < datagrams.length, "nobody has read");
        assertEquals(await peer.read(datagrams.length), datagrams.map(digest));
        await Promise.all(sends);
        await socket.close();
        await peer.stop();
      }),
    skip,
  );

  test(
    "a Unix datagram waits while others keep the receiver's queue full",
    () =>
      withSocketPath(async (path) => {
        const peer = await unixgramPeer(path);
        const socket = await connector.openDatagram(at(path));
        const filled = await peer.fill();
        assertEquals(socket.sendSync?.(pattern(9)) ?? false, false);
        const sending = socket.send(pattern(9));
        assertEquals(socket.sendSync?.(pattern(9)) ?? false, false);
        await peer.read(filled);
        await sending;
        assertEquals(await peer.read(1), [digest(pattern(9))]);
        await socket.close();
        await peer.stop();
      }),
    skip,
  );

  test(
    "close() of a Unix datagram socket ends the sends that wait",
    () =>
      withSocketPath(async (path) => {
        const peer = await unixgramPeer(path);
        const socket = await connector.openDatagram(at(path));
        await peer.fill();
        const sends = [socket.send(pattern(1)), socket.send(pattern(2))];
        await turns(2);
        await socket.close();
        for (const send of sends) assertEquals(await codeOf(send), "closed");
        await peer.stop();
      }),
    skip,
  );

  test(
    "unref() lets a program end whose Unix datagrams wait",
    () =>
      withSocketPath(async (path) => {
        const peer = await unixgramPeer(path);
        await peer.fill();
        // The first send is still waiting after the 9 ms, as nobody reads.
        const program = `
        const path = ${JSON.stringify(path)};
        const socket = await connector.openDatagram({ transport: "unixgram", path });
        socket.unref?.();
        const sending = socket.send(bytes("hello"));
        socket.send(bytes("hello")).catch(() => {});
        await Promise.race([sending, new Promise<void>((resolve) => void setTimeout(resolve, 9))]);
        console.log("end of program");`;
        const outcome = await runProgram(module, program, 1, ["-A", "--unstable-net"]);
        assertEquals(outcome, { code: 0, stdout: "end of program\n", stderr: "" });
        await peer.stop();
      }),
    skip,
  );
}
