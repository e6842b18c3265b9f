// Writes at exit, on sockets that the test plays: what a real one takes is in tests/interop/exit_test.ts.
import { assert, assertEquals } from "@std/assert";
import type { DenoConn } from "../../../src/adapters/deno/runtime.ts";
import { DenoStream } from "../../../src/adapters/deno/_stream.ts";
import { runProgram } from "../../conformance/processes.ts";
import { netServer } from "../../conformance/target.ts";
import { runtime, test } from "../../test.ts";

const skip = runtime !== "deno" && "it asks Deno for its operating system";

/** A socket with room for so many bytes, which says a turn later what a write took; `tcp` or not. */
function socket(room: number, tcp = true) {
  const state = { room, taken: 0, waits: false };
  const conn: DenoConn = {
    remoteAddr: {},
    read: () => new Promise(() => {}),
    write(bytes) {
      if (state.waits) return new Promise(() => {});
      const size = Math.min(bytes.length, state.room);
      state.room -= size;
      state.taken += size;
      if (size < bytes.length) state.waits = true;
      return Promise.resolve(size);
    },
    closeWrite: () => Promise.resolve(),
    close() {},
    unref() {},
    ...tcp && {
      setNoDelay() {
        if (state.waits) throw new Error("Unable to get resources");
      },
    },
  };
  return { state, stream: new DenoStream(conn, "peer", false) };
}

test("writeSync() counts what the kernel took, a write of the same turn included", () => {
  const { stream } = socket(1_000_000);
  stream.write(new Uint8Array(1000));
  assertEquals(stream.bytesWritten, 0, "Deno has not said it yet");
  assertEquals(stream.writeSync(new Uint8Array(200_000)), 200_000);
  assertEquals(stream.bytesWritten, 201_000);
}, { skip });

test("a write that writeSync() has counted counts once", async () => {
  const { stream } = socket(1_000_000);
  const writing = stream.write(new Uint8Array(1000));
  stream.writeSync(new Uint8Array(10));
  await writing;
  await stream.write(new Uint8Array(5));
  assertEquals(stream.bytesWritten, 1015);
}, { skip });

test("writeSync() writes nothing behind a write that waits, and the stream goes on", async () => {
  const { state, stream } = socket(500);
  stream.write(new Uint8Array(1000));
  assertEquals(stream.writeSync(new Uint8Array(10)), 0);
  await Promise.resolve();
  assertEquals(await Promise.race([stream.closed, "open"]), "open");
  assertEquals(state.taken, 500);
}, { skip });

test(
  "writeSync() counts no piece that may be cut, and ends a stream that goes on after all",
  async () => {
    const { state, stream } = socket(100_000);
    const piece = 64 * 1024;
    assertEquals(stream.writeSync(new Uint8Array(200_000)), piece);
    assertEquals(stream.bytesWritten, piece);
    assertEquals(state.taken, 100_000);
    assertEquals((await stream.closed)?.code, "reset");
  },
  { skip },
);

test(
  "writeSync() to a Unix socket counts 64 KiB at most, as Deno does not say more in time",
  () => {
    const { state, stream } = socket(1_000_000, false);
    assertEquals(stream.writeSync(new Uint8Array(1000)), 1000);
    assertEquals(stream.writeSync(new Uint8Array(1000)), 0, "the first may wait");
    assertEquals(socket(1_000_000, false).stream.writeSync(new Uint8Array(100_000)), 64 * 1024);
    assertEquals(state.taken, 2000, "it is handed over all the same");
  },
  { skip },
);

const mod = JSON.stringify(new URL("../../../mod.ts", import.meta.url).href);

/** Runs a program that logs so many records in its last turn; tells its losses and what has arrived. */
async function logAtExit(records: number, isReading: boolean) {
  const server = await netServer();
  const program = `
    const { getLogger, SocketHandler } = await import(${mod});
    const handler = new SocketHandler("127.0.0.1", to.port, { connector });
    const log = getLogger();
    log.addHandler(handler);
    log.warning("the first dials");
    await handler.flush();
    addEventListener("unload", () => console.log(JSON.stringify(handler.stats)));
    for (let i = 0; i < ${records}; i++) log.warning("Jackdaws love my big sphinx of quartz.");
    Deno.exit();`;
  const running = runProgram("deno.ts", program, server.address.port);
  const peer = await Promise.race([server.accepted(), running]);
  if ("code" in peer) throw new Error(`It never connected: ${peer.stderr}`);
  if (!isReading) peer.stall();
  const { stdout, stderr } = await running;
  peer.resume();
  await peer.ended;
  const { size } = await peer.received();
  await server.close();
  const { emitted, sent, sentBytes, queued, droppedTotal } = JSON.parse(stdout);
  assertEquals([emitted, sent + droppedTotal, queued], [records + 1, records + 1, 0]);
  assert(sentBytes <= size, "what counts as sent has arrived");
  const said = Number(/(\d+) records lost/.exec(stderr)?.[1] ?? 0);
  assertEquals(said, droppedTotal);
  return { droppedTotal, isWhole: sentBytes === size };
}

for (const records of [1000, 20_000]) {
  test(
    `of ${records} records at Deno.exit() to a server that does not read, each is sent or said to be lost`,
    async () => {
      await logAtExit(records, false);
    },
    { skip },
  );
}

test("1000 records at Deno.exit() to a server that reads arrive and count as sent", async () => {
  assertEquals(await logAtExit(1000, true), { droppedTotal: 0, isWhole: true });
}, { skip });
