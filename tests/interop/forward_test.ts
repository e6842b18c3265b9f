/** Forward with the npm package `@fluent-org/logger` at the other end, and between two of ours. */
import { FluentClient, FluentServer } from "@fluent-org/logger";
import { assert, assertEquals } from "@std/assert";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connector } from "../../src/adapters/auto.ts";
import { fileSpool } from "../../src/files/spool/file_spool.ts";
import { ForwardHandler, type ForwardHandlerOptions } from "../../src/handlers/forward_handler.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { Logger } from "../../src/logging/logger.ts";
import {
  ForwardReceiver,
  type ForwardReceiverOptions,
} from "../../src/receivers/forward_receiver.ts";
import type { ReceiverFault } from "../../src/receivers/socket_receiver.ts";
import { ConnectionError } from "../../src/net/connection_error.ts";
import type { StreamConnection, WaitOptions } from "../../src/net/connector.ts";
import { account } from "../handlers/wire.ts";
import { test } from "../test.ts";
import { turns } from "../turns.ts";
import { until } from "../until.ts";

const KEY = "correct horse battery staple";
const numbers = (count: number) => Array.from({ length: count }, (_, i) => `#${i}`);

function sender(port: number, options: Partial<ForwardHandlerOptions> = {}) {
  const handler = new ForwardHandler("127.0.0.1", port, {
    connector,
    tag: "shop",
    onEvent: () => {},
    ...options,
  });
  handler.retryStart = 0.1;
  handler.retryMax = 0.3;
  const log = new Logger("shop.web", 1);
  log.addHandler(handler);
  return { handler, log };
}

async function receiver(port: number, options: Partial<ForwardReceiverOptions> = {}) {
  const records: LogRecord[] = [];
  const faults: ReceiverFault[] = [];
  const receiver = new ForwardReceiver("127.0.0.1", port, {
    acceptor: connector,
    onError: (fault) => faults.push(fault),
    ...options,
  });
  receiver.handleLogRecord = (record) => void records.push(record);
  await receiver.start();
  const { port: bound } = receiver.address as { port: number };
  const texts = () => records.map((record) => record.getMessage());
  return { receiver, records, faults, texts, port: bound };
}

test("FluentServer takes what ForwardHandler sends, each record once and in order", async () => {
  const security = {
    serverHostname: "collector",
    sharedKey: KEY,
    authorize: false,
    userDict: {},
  };
  for (
    const options of [
      {},
      { gzip: true },
      { ack: false },
      { sharedKey: KEY },
      { sharedKey: KEY, ack: false },
    ] as const
  ) {
    const server = new FluentServer({
      listenOptions: { port: 0, host: "127.0.0.1" },
      ...("sharedKey" in options && { security }),
    });
    const entries: [tag: string, time: { epoch: number; nano: number }, map: LogRecord][] = [];
    server.on("entry", (tag, time, map) => entries.push([tag, time, map]));
    await server.listen();
    const { handler, log } = sender(server.port!, options);
    for (let logged = 0; logged < 300;) {
      for (let i = 0; i < 100; i++) log.info("#%d", logged++);
      await handler.flush();
      await until(() => entries.length === logged, () => JSON.stringify(options));
    }
    const [tag, time, map] = entries[0]!;
    assertEquals([tag, map.name, map.levelname, map.levelno], ["shop", "shop.web", "INFO", 20]);
    assertEquals(time.epoch * 1000 + time.nano / 1e6, Math.round(map.created * 1000));
    assertEquals(entries.map(([, , { msg }]) => msg), numbers(300), JSON.stringify(options));
    await Promise.all([handler.close(), server.close()]);
    const { sent, droppedTotal } = account(handler);
    assertEquals([sent, droppedTotal], [300, 0]);
  }
});

test("a server that has another key, or demands a user, is an outage with a clear error", async () => {
  const security = { serverHostname: "collector", sharedKey: KEY, userDict: { anna: "x" } };
  for (
    const [authorize, sharedKey, expected] of [
      [false, "another", /refuses the shared key: shared key mismatch/],
      [false, undefined, /demands a shared key: set 'sharedKey'/],
      [true, KEY, /demands a user name and a password, which are not supported/],
    ] as const
  ) {
    const server = new FluentServer({
      listenOptions: { port: 0, host: "127.0.0.1" },
      security: { ...security, authorize },
    });
    await server.listen();
    const errors: string[] = [];
    const { handler, log } = sender(server.port!, {
      ...(sharedKey !== undefined && { sharedKey }),
      closeTimeoutMs: 300,
      onEvent: (event) => "error" in event && errors.push(String(event.error)),
    });
    log.info("a");
    await until(() => errors.length > 0, () => String(expected));
    assert(expected.test(errors[0]!), errors[0]);
    assertEquals(account(handler).queued, 1);
    await handler.close();
    await server.close();
  }
});

test("FluentClient sends to ForwardReceiver in every mode, each record once and in order", async () => {
  const modes = ["Message", "Forward", "PackedForward", "CompressedPackedForward"] as const;
  for (const sharedKey of [undefined, KEY]) {
    const run = await receiver(0, sharedKey === undefined ? {} : { sharedKey });
    const { records, faults, port } = run;
    let sent = 0;
    for (const eventMode of modes) {
      for (const ack of [undefined, { ackTimeout: 10_000 }]) {
        const client = new FluentClient("app", {
          eventMode,
          ...(ack && { ack }),
          milliseconds: true,
          socket: { host: "127.0.0.1", port },
          ...(sharedKey && { security: { clientHostname: "client", sharedKey } }),
        });
        const sending: Promise<void>[] = [];
        for (let i = 0; i < 50; i++) {
          const now = new Date(1_700_000_000_123 + sent);
          sending.push(client.emit("web", { message: `#${sent++}`, level: "error", i }, now));
        }
        await Promise.all(sending);
        await until(
          () => records.length === sent,
          () => `${eventMode}: ${records.length}, ${faults}`,
        );
        await client.disconnect();
      }
    }
    assertEquals(run.texts(), numbers(sent));
    const { name, levelname, created, i } = records[7]!;
    assertEquals([name, levelname, created, i], ["app.web", "ERROR", 1_700_000_000.13, 7]);
    await run.receiver.stop();
    assertEquals(faults, []);
  }
});

test("records go over TLS with a certificate on both sides, and over a Unix socket", async () => {
  const pem = (name: string) =>
    readFileSync(new URL(`../testdata/tls/${name}`, import.meta.url), "utf8");
  const tls = { cert: pem("server.pem"), key: pem("server.key"), ca: [pem("ca.pem")] };
  const run = await receiver(0, { tls });
  const own = { cert: pem("client.pem"), key: pem("client.key") };
  const { handler, log } = sender(run.port, {
    tls: { ca: [pem("ca.pem")], ...own, serverName: "localhost" },
  });
  for (let i = 0; i < 100; i++) log.info("#%d", i);
  await handler.flush();
  assertEquals(run.texts(), numbers(100));
  await handler.close();
  await run.receiver.stop();

  const folder = mkdtempSync(join(tmpdir(), "forward-"));
  const path = join(folder, "socket");
  const local = new ForwardReceiver(path, null, { acceptor: connector });
  const texts: string[] = [];
  local.handleLogRecord = (record) => void texts.push(record.getMessage());
  await local.start();
  const unix = new ForwardHandler(path, null, { connector, tag: "shop", gzip: true });
  const unixLog = new Logger("shop", 1);
  unixLog.addHandler(unix);
  for (let i = 0; i < 100; i++) unixLog.info("#%d", i);
  await unix.flush();
  assertEquals(texts, numbers(100));
  await unix.close();
  await local.stop();
  rmSync(folder, { recursive: true });
  assertEquals(run.faults, []);
});

test("a receiver that is stopped and started again loses nothing, and acknowledges what it has", async () => {
  const first = await receiver(0);
  const { port } = first;
  const { handler, log } = sender(port);
  const lives = [first];
  let logged = 0;
  const logSome = async (records: number) => {
    for (let i = 0; i < records; i++) {
      log.info("#%d", logged++);
      if (i % 7 === 0) await turns(1);
    }
  };
  for (let life = 0; life < 3; life++) {
    await logSome(200);
    await lives.at(-1)!.receiver.stop();
    await logSome(50);
    lives.push(await receiver(port));
  }
  await logSome(50);
  await handler.flush();
  await handler.close();
  const { sent, droppedTotal } = account(handler);
  assertEquals([sent, droppedTotal], [logged, 0]);
  assertEquals(lives.flatMap(({ texts }) => texts()), numbers(logged));
  await lives.at(-1)!.receiver.stop();
  assertEquals(lives.flatMap(({ faults }) => faults), []);
});

/** A handler whose connection the test can cut off, as a network does. */
class CutHandler extends ForwardHandler {
  isAway = false;
  #connection: StreamConnection | undefined;

  override async makeSocket(options?: WaitOptions): Promise<StreamConnection> {
    if (this.isAway) throw new ConnectionError("unreachable", "scripted");
    return this.#connection = await super.makeSocket(options);
  }

  cut(): void {
    void this.#connection?.close({ signal: AbortSignal.abort() });
  }
}

function cutSender(port: number, options: Partial<ForwardHandlerOptions> = {}) {
  const handler = new CutHandler("127.0.0.1", port, {
    connector,
    tag: "shop",
    onEvent: () => {},
    ...options,
  });
  handler.retryStart = 0.1;
  const log = new Logger("shop.web", 1);
  log.addHandler(handler);
  return { handler, log };
}

test("chunks whose acknowledgement was lost go again, and the receiver drops and counts them", async () => {
  const { receiver: target, texts, faults, records, port } = await receiver(0);
  const { handler, log } = cutSender(port);
  let cuts = 0;
  target.handleLogRecord = (record) => {
    records.push(record);
    if (records.length % 300 === 150) {
      cuts++;
      handler.cut();
    }
  };
  for (let i = 0; i < 1500; i++) {
    log.info("#%d", i);
    if (i % 50 === 0) await turns(1);
  }
  await handler.flush();
  await handler.close();
  assertEquals([account(handler).sent, cuts], [1500, 5]);
  assertEquals(texts(), numbers(1500));
  const { duplicates } = target.stats;
  assert(duplicates >= cuts && duplicates <= cuts * 32, `${duplicates} duplicates`);
  await target.stop();
  assertEquals(faults.filter(({ reason }) => reason !== "connection"), []);
});

test("with a spool the ids survive a restart of the sender, and the receiver drops what it had", async () => {
  const folder = mkdtempSync(join(tmpdir(), "forward-"));
  const { receiver: target, texts, records, port } = await receiver(0);
  const options = () => ({ spool: fileSpool(folder), closeTimeoutMs: 500 });
  const { handler, log } = cutSender(port, options());
  target.handleLogRecord = (record) => {
    records.push(record);
    if (records.length !== 120) return;
    handler.isAway = true;
    handler.cut();
  };
  for (let i = 0; i < 200; i++) {
    log.info("#%d", i);
    if (i % 10 === 9) await turns(1);
  }
  await until(() => records.length >= 120, () => `120 records: ${records.length}`);
  await handler.close();
  const before = account(handler);
  const again = cutSender(port, options());
  again.log.info("#200");
  await again.handler.flush();
  const after = account(again.handler);
  await again.handler.close();
  await target.stop();
  rmSync(folder, { recursive: true });
  assertEquals([before.sent + after.sent, after.recovered], [201, 200 - before.sent]);
  assertEquals(texts(), numbers(201));
  assert(target.stats.duplicates >= 1, `${target.stats.duplicates} duplicates`);
});

test("a receiver that ends at once in the middle of the window loses nothing", async () => {
  const first = await receiver(0, { stopTimeoutMs: 0 });
  const { port } = first;
  const { handler, log } = sender(port, { maxQueuedBytes: Infinity });
  const lives = [first];
  let logged = 0;
  for (let life = 0; life < 4; life++) {
    const { records, receiver: current } = lives.at(-1)!;
    while (records.length < 200) {
      for (let i = 0; i < 20; i++) log.info("#%d", logged++);
      await turns(1);
    }
    await current.stop();
    lives.push(await receiver(port, { stopTimeoutMs: 0 }));
  }
  await handler.flush();
  await handler.close();
  await lives.at(-1)!.receiver.stop();
  assertEquals(account(handler).sent, logged);
  const arrived = lives.flatMap(({ texts }) => texts());
  assertEquals([...new Set(arrived)], numbers(logged), "each, in order");
});
