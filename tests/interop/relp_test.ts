/** RELP with a real rsyslog at the other end, as receiver (imrelp) and as sender (omrelp). */
import { assert, assertEquals } from "@std/assert";
import { readFileSync } from "node:fs";
import process from "node:process";
import { connector } from "../../src/adapters/auto.ts";
import { SysLogHandler, type SysLogHandlerOptions } from "../../src/handlers/sys_log_handler.ts";
import { Logger } from "../../src/logging/logger.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { type ReceiverFault, SyslogReceiver } from "../../src/receivers/socket_receiver.ts";
import { Dice } from "../delivery/scripted_faults.ts";
import { account } from "../handlers/wire.ts";
import { isLong } from "../long_form.ts";
import { test } from "../test.ts";
import { turns } from "../turns.ts";
import { until } from "../until.ts";
import { RelpDaemon, withoutRelp } from "./syslog/relp_daemon.ts";

const skip = withoutRelp();

/** How often rsyslog is killed. */
const KILLS = isLong ? 10 : 3;

/** So many records are logged in one turn of the event loop, and are queued at most. */
const BURST = 500;
const MOST_QUEUED = 5000;

const folder = new URL("../testdata/tls/", import.meta.url);
const path = (name: string) => new URL(name, folder).pathname;
const pem = (name: string) => readFileSync(path(name), "utf8");

function setUp(port: number, options: Partial<SysLogHandlerOptions> = {}) {
  const handler = new SysLogHandler(["127.0.0.1", port], {
    connector,
    socktype: "stream",
    framing: "relp",
    format: "rfc5424",
    onEvent: () => {},
    ...options,
  } as SysLogHandlerOptions);
  handler.retryStart = 0.1;
  handler.retryMax = 0.5;
  const log = new Logger("shop", 1);
  log.addHandler(handler);
  return { handler, log, [Symbol.asyncDispose]: () => handler.close() };
}

const numbersOf = (lines: string[]) => lines.map((line) => Number(/#(\d+)$/.exec(line)?.[1]));

test("rsyslog takes every kind of text over RELP, and acknowledges it", async () => {
  await using daemon = await RelpDaemon.start();
  await using sender = setUp(daemon.port);
  const { handler, log } = sender;
  const texts = ["häm ✓ 𝄞", "two\nlines\tand a tab", "x".repeat(100_000), "last"];
  for (const text of texts) log.info(text);
  await handler.flush();
  const { sent, unacknowledged, queued } = account(handler);
  assertEquals([sent, unacknowledged, queued], [4, 0, 0]);
  // Acknowledged is written.
  const shown = texts.map((text) => text.replaceAll("\n", "#012").replaceAll("\t", "#011"));
  assertEquals(daemon.lines, shown);
  await handler.close();
  assertEquals(account(handler).sent, 4);
}, { skip });

test("rsyslog takes RELP over TLS, from a sender with a certificate", async () => {
  await using daemon = await RelpDaemon.start(
    `tls="on" tls.caCert="${path("ca.pem")}" tls.myCert="${path("server.pem")}"
     tls.myPrivKey="${path("server.key")}" tls.authMode="certvalid"`,
  );
  const tls = { ca: [pem("ca.pem")], cert: pem("client.pem"), key: pem("client.key") };
  await using sender = setUp(daemon.port, { tls: { ...tls, serverName: "localhost" } });
  const { handler, log } = sender;
  for (let i = 0; i < 1000; i++) log.info("#%d", i);
  await handler.flush();
  assertEquals(account(handler).sent, 1000);
  assertEquals(numbersOf(daemon.lines), Array.from({ length: 1000 }, (_, i) => i));
  await handler.close();
}, { skip });

test(
  "rsyslog that is killed at full speed loses nothing, and what goes again was not acknowledged",
  async () => {
    await using daemon = await RelpDaemon.start();
    await using sender = setUp(daemon.port);
    const { handler, log } = sender;
    const dice = new Dice(Date.now());
    let logged = 0;
    /** Logs until the condition holds. */
    const logUntil = async (condition: () => boolean) => {
      await until(async () => {
        if (condition()) return true;
        if (account(handler).queued < MOST_QUEUED) {
          for (let i = 0; i < BURST; i++) log.info("#%d", logged++);
        }
        await turns(1);
        return false;
      }, () => `records to be sent: ${JSON.stringify(handler.stats)}`);
    };
    /** Where in the output each life of rsyslog begins, and the first number without an answer then. */
    const lives = [{ line: 0, number: 0 }];
    for (let kill = 0; kill < KILLS; kill++) {
      const end = account(handler).sent + 200 + dice.roll(3000);
      await logUntil(() => handler.stats.sent >= end && handler.stats.unacknowledged > 0);
      const killed = daemon.kill();
      await logUntil(() => handler.stats.unacknowledged === 0);
      await killed;
      lives.push({ line: daemon.lines.length, number: account(handler).sent });
      await daemon.launch();
    }
    await logUntil(() => handler.stats.sent > lives.at(-1)!.number);
    await handler.flush();
    await handler.close();
    const { emitted, sent, queued, droppedTotal } = account(handler);
    assertEquals([emitted, sent, queued, droppedTotal], [logged, logged, 0, 0]);

    const arrived = numbersOf(daemon.lines);
    let duplicates = 0;
    for (const [life, { line, number }] of lives.entries()) {
      const inLife = arrived.slice(line, lives[life + 1]?.line);
      const expected = inLife.map((_, i) => number + i);
      assertEquals(
        inLife,
        expected,
        `life ${life}: from the first one without an answer, in order`,
      );
      if (life > 0) duplicates += arrived[line - 1]! - number + 1;
    }
    assertEquals(new Set(arrived).size, logged, "each arrived");
    assertEquals(arrived.length, logged + duplicates);
    assert(duplicates <= KILLS * 128, `${duplicates} duplicates`);
    process.stderr.write(
      `# rsyslog killed ${KILLS} times: ${logged} records, 0 lost, ${duplicates} arrived twice\n`,
    );
  },
  { skip },
);

test(
  "rsyslog's omrelp sends to SyslogReceiver, which is stopped and started again, and nothing is lost",
  async () => {
    for (const tls of [false, true]) {
      const records: LogRecord[] = [];
      const faults: ReceiverFault[] = [];
      const start = async (port: number) => {
        const receiver = new SyslogReceiver("127.0.0.1", port, {
          acceptor: connector,
          transport: "tcp",
          framing: "relp",
          onError: (fault) => faults.push(fault),
          ...tls &&
            { tls: { cert: pem("server.pem"), key: pem("server.key"), ca: [pem("ca.pem")] } },
        });
        receiver.handleLogRecord = (record) => void records.push(record);
        await receiver.start();
        return receiver;
      };
      let receiver = await start(0);
      await using _stopped = { [Symbol.asyncDispose]: () => receiver.stop() };
      const { port } = receiver.address as { port: number };
      const certificate = `tls="on" tls.caCert="${path("ca.pem")}" tls.myCert="${
        path("client.pem")
      }"
      tls.myPrivKey="${path("client.key")}" tls.authMode="certvalid"`;
      await using daemon = await RelpDaemon.start(
        "",
        `module(load="omrelp")
        action(type="omrelp" target="127.0.0.1" port="${port}" template="RSYSLOG_SyslogProtocol23Format"
        action.resumeRetryCount="-1" action.resumeInterval="1" ${tls ? certificate : ""})\n`,
      );
      await using sender = setUp(daemon.port);
      const { handler, log } = sender;
      const ours = () => records.filter(({ name }) => name === "shop");
      const numbers = () => numbersOf(ours().map((record) => record.getMessage()));
      const arrive = (last: number) =>
        until(() => numbers().at(-1) === last, () => `#${last}: ${numbers().at(-1)}, ${faults}`);
      for (let i = 0; i < 500; i++) log.info("ä #%d", i);
      await arrive(499);
      await receiver.stop();
      for (let i = 500; i < 1000; i++) log.info("ä #%d", i);
      receiver = await start(port);
      await arrive(999);
      await handler.close();
      const arrived = numbers();
      assertEquals([...new Set(arrived)], Array.from({ length: 1000 }, (_, i) => i), "in order");
      // librelp reads answers when it sends: it may not know of those before the end.
      assert(arrived.length <= 1128, `${arrived.length} arrived`);
      assertEquals(ours()[0]!.sender_address, "127.0.0.1");
      await daemon.kill("SIGTERM");
      await receiver.stop();
      assertEquals(faults, []);
    }
  },
  { skip },
);
