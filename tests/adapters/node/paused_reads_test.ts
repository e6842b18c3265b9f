import { assert, assertEquals } from "@std/assert";
import { connect, createServer, type Socket } from "node:net";
import { readSocket } from "../../../src/adapters/node/_paused_reads.ts";
import { test } from "../../test.ts";

const SIZE = 4 * 1024 * 1024;

/** The byte at a position: the period is no power of two, so that a shift of any size shows. */
const byteAt = (position: number) => position % 251;

test("readSocket() gives each byte once and in order, however often it pauses, and then the end", async () => {
  for (const isAccepted of [true, false]) {
    const server = createServer({ allowHalfOpen: true, ...(isAccepted && { highWaterMark: 1 }) });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
    const { port } = server.address() as { port: number };
    const sender = connect(port, "127.0.0.1");
    const bytes = Uint8Array.from({ length: SIZE }, (_, position) => byteAt(position));
    sender.end(bytes);
    const socket = await accepted;
    let read = 0;
    let wrong = 0;
    let pauses = 0;
    const ended = new Promise<void>((resolve) => socket.once("end", resolve));
    readSocket(socket, isAccepted, (chunk) => {
      for (const byte of chunk) if (byte !== byteAt(read++)) wrong++;
      if (pauses++ % 3 === 2) return true;
      setTimeout(() => socket.resume());
      return false;
    });
    await ended;
    assertEquals([read, wrong], [SIZE, 0]);
    assert(pauses > 3, `${pauses} pauses`);
    socket.destroy();
    sender.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
});
