/** An outage of the receiver loses only the records that the kernel had taken. */
import { assert, assertEquals, assertLess } from "@std/assert";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { connector } from "../../src/adapters/auto.ts";
import type { DeliveryEvent } from "../../src/delivery/delivery_event.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { Logger } from "../../src/logging/logger.ts";
import { inFolder } from "../files/folder.ts";
import { account, record } from "../handlers/wire.ts";
import { test } from "../test.ts";
import { until } from "../until.ts";
import { python3, withoutPython } from "./python.ts";
import { runProgram } from "./programs.ts";
import { PythonReceiver } from "./python_receiver.ts";

const skip = withoutPython();
const python = python3() ?? "python3";

const numberIn = (line: string) => Number(/#(\d+)$/.exec(line)?.[1]);

test(
  "in queue mode a receiver killed and restarted loses no more than its kernel had taken",
  async () => {
    const events: DeliveryEvent[] = [];
    const first = await PythonReceiver.start(python, "tcp");
    const { port } = first;
    const handler = new SocketHandler("127.0.0.1", port, {
      connector,
      whileDisconnected: "queue",
      onEvent: (event) => events.push(event),
    });
    handler.retryStart = 0.25;
    let emitted = 0;
    // 200 records a second: the time between two is what is tested here, not a wait for something.
    const emitFor = async (ticks: number) => {
      for (let tick = 0; tick < ticks; tick++) {
        handler.emit(record("#%d", emitted++));
        await sleep(5);
      }
    };
    // For longer than a second: the records of a younger connection are sent again.
    await emitFor(300);
    await first.kill();
    await emitFor(150);
    await using second = await PythonReceiver.start(python, "tcp", "--port", String(port));
    await emitFor(150);
    await handler.flush();
    // The latest records were written to a connection that is not a second old yet.
    await until(() => account(handler).queued === 0, () => "the latest records to be sent");
    const { sent, queued, droppedTotal } = account(handler);
    assertEquals({ sent, queued, droppedTotal }, { sent: emitted, queued: 0, droppedTotal: 0 });

    const before = first.lines.map(numberIn);
    assertEquals(before, before.map((_, index) => index), "in order, without a gap");
    // Killed between two records: what was lost, if anything, followed what had arrived.
    const resumed = numberIn((await second.waitFor(1))[0] ?? "");
    const after = (await second.waitFor(emitted - resumed)).map(numberIn);
    assertEquals(
      after,
      after.map((_, index) => resumed + index),
      "in order, each once, to the last",
    );
    assert(resumed >= before.length, "no record twice");
    assertLess(resumed - before.length, 20, "what the kernel had taken");
    assert(events.some(({ type }) => type === "connect-failed"));
    assertEquals(events.at(-1), { type: "outage-over", lost: 0 });
    await handler.close();
  },
  { skip },
);

test("half a million records to a receiver that never reads leave memory bounded", async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.pause()));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as { port: number };
  const { stdout } = await runProgram("stalled_program.ts", [port]);
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, "close");

  const { stats, mostQueued, grown } = JSON.parse(stdout);
  assertEquals(stats.emitted, 500_001);
  assertEquals(stats.emitted, stats.sent + stats.queued + stats.droppedTotal);
  assert(stats.dropped.overflow > 400_000);
  assertLess(mostQueued, 8 * 1024 * 1024 + 1);
  // The queue, and what the garbage collector of a runtime lets pile up.
  assertLess(grown, 96 * 1024 * 1024);
});

/** A server on a TCP port or at a path, that can be stopped and started again. */
class Restarted {
  text = "";
  at: number | string;
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();

  constructor(at: number | string) {
    this.at = at;
  }

  async start(): Promise<void> {
    const server = this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {}).on("data", (bytes) => this.text += bytes.toString("latin1"));
    });
    if (typeof this.at === "string") server.listen(this.at);
    else server.listen(this.at, "127.0.0.1");
    await once(server, "listening");
    if (this.at === 0) this.at = (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server!, "close");
    this.#server!.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
    await closed;
  }
}

for (const kind of ["TCP", "a Unix socket"]) {
  test(`SocketHandler in drop mode outlives a server that is gone, over ${kind}, and dials again`, async () => {
    await inFolder(async (folder) => {
      const server = new Restarted(kind === "TCP" ? 0 : `${folder}/log.sock`);
      await server.start();
      const { at } = server;
      const handler = typeof at === "string"
        ? new SocketHandler(at, null, { connector, onEvent: () => {} })
        : new SocketHandler("127.0.0.1", at, { connector, onEvent: () => {} });
      handler.retryStart = handler.retryMax = 0.01;
      const logger = new Logger("tcp", 1);
      logger.addHandler(handler);
      logger.error("spam");
      await until(() => server.text.includes("spam"), () => "the first record");
      await server.stop();
      const before = Date.now() / 1000;
      logger.exception("never sent", new RangeError("Deliberate mistake"));
      await until(() => {
        logger.error("never sent, either");
        return handler.retryTime !== null;
      }, () => "a dial that is refused");
      assert(handler.retryTime! > before);
      await server.start();
      await until(() => {
        logger.error("eggs");
        return server.text.includes("eggs");
      }, () => "the record after the outage");
      await handler.close();
      await server.stop();
      const { emitted, sent, droppedTotal } = handler.stats;
      assertEquals(emitted, sent + droppedTotal);
      assert(droppedTotal > 0);
    });
  });
}
