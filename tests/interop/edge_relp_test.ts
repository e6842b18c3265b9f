/** A worker in real workerd logs over RELP: a record counts as sent once the receiver has answered. */
import { assert, assertEquals } from "@std/assert";
import { connector } from "../../src/adapters/auto.ts";
import type { DeliveryStats } from "../../src/delivery/delivery_event.ts";
import { SyslogReceiver } from "../../src/receivers/syslog_receiver.ts";
import { withoutWorkerd, Workerd } from "../edge/workerd.ts";
import { test } from "../test.ts";
import { until } from "../until.ts";

test(
  "a worker delivers over RELP, and again what a receiver that is restarted has not answered",
  async () => {
    const texts: string[] = [];
    const start = async (port: number, handle: (text: string) => void | Promise<void>) => {
      const receiver = new SyslogReceiver("127.0.0.1", port, {
        acceptor: connector,
        transport: "tcp",
        framing: "relp",
        onError: () => {},
      });
      receiver.handleLogRecord = (record) => handle(record.getMessage());
      await receiver.start();
      return receiver;
    };
    let receiver = await start(0, (text) => void texts.push(text));
    await using _stopped = { [Symbol.asyncDispose]: () => receiver.stop() };
    const { port } = receiver.address as { port: number };
    await using workerd = await Workerd.start({
      relp: {
        entry: "tests/edge/relp_worker.ts",
        compatibilityDate: "2026-10-01",
        compatibilityFlags: ["no_nodejs_compat"],
        define: { RECEIVER_PORT: String(port) },
      },
    });
    const visit = async (path: string) => {
      const response = await fetch(workerd.url("relp", path));
      return await response.text();
    };
    // Each call is a request, and so flushes what waits.
    const stats = async (): Promise<DeliveryStats> => JSON.parse(await visit("/stats"));
    const settled = () =>
      until(async () => (await stats()).queued === 0, () => `${texts} ${workerd.errors}`);
    for (let i = 0; i < 20; i++) await visit(`/${i}`);
    await settled();
    assertEquals(texts.length, 40);
    await receiver.stop();
    for (let i = 20; i < 25; i++) await visit(`/${i}`);
    const { queued, sent } = await stats();
    assertEquals([queued, sent], [10, 40]);
    receiver = await start(port, (text) => void texts.push(text));
    await settled();
    const all = Array.from({ length: 25 }, (_, i) => [1, 2].map((j) => `request ${i} record ${j}`));
    assertEquals([...new Set(texts)].sort(), all.flat().sort());
    const { emitted, droppedTotal, sent: sentAtEnd } = await stats();
    assertEquals([emitted, sentAtEnd, droppedTotal], [50, 50, 0]);
    assert(texts.length < 60, `${texts.length} arrived`);
  },
  { skip: withoutWorkerd },
);
