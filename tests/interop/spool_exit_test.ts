/** With a spool, the last record of a program that ends before it has connected is delivered later. */
import { assert, assertEquals } from "@std/assert";
import { once } from "node:events";
import { createServer } from "node:http";
import { connector } from "../../src/adapters/auto.ts";
import type { DeliveryStats } from "../../src/delivery/delivery_event.ts";
import { LogRecordDatagramReceiver } from "../../src/receivers/datagram_receiver.ts";
import { LogRecordSocketReceiver } from "../../src/receivers/socket_receiver.ts";
import { SyslogReceiver } from "../../src/receivers/syslog_receiver.ts";
import { runtime, test } from "../test.ts";
import { until } from "../until.ts";
import { runProgram } from "./programs.ts";
import { withFolder } from "./spool_runs.ts";

const KINDS = ["pickles", "syslog", "relp", "http", "datagrams"] as const;

/** Servers of each kind, which keep the messages that arrive. */
async function startServers() {
  const arrived: Record<string, string[]> = {};
  const local = ["127.0.0.1", 0] as const;
  const acceptor = connector;
  const receivers = [
    new LogRecordSocketReceiver(...local, { acceptor }),
    new SyslogReceiver(...local, { acceptor, transport: "tcp" }),
    new SyslogReceiver(...local, { acceptor, transport: "tcp", framing: "relp" }),
    new LogRecordDatagramReceiver(...local, { acceptor }),
  ];
  const ports: number[] = [];
  for (const [i, kind] of ["pickles", "syslog", "relp", "datagrams"].entries()) {
    const texts: string[] = arrived[kind] = [];
    const receiver = receivers[i]!;
    receiver.handleLogRecord = (record) => void texts.push(record.getMessage());
    await receiver.start();
    ports.push((receiver.address as { port: number }).port);
  }
  const requests: string[] = arrived.http = [];
  const web = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => body += text);
    request.on("end", () => {
      requests.push(new URLSearchParams(body).get("msg") ?? body);
      response.end();
    });
  });
  await once(web.listen(0, "127.0.0.1"), "listening");
  ports.splice(3, 0, (web.address() as { port: number }).port);
  return {
    arrived,
    ports,
    async [Symbol.asyncDispose]() {
      for (const receiver of receivers) await receiver.stop();
      const closed = once(web, "close");
      web.closeAllConnections();
      web.close();
      await closed;
    },
  };
}

/** A runtime's own connector, and that of `./node`, in each way to end. */
const rows: [adapter: string, ending: string][] = [
  [runtime, "calls process.exit()"],
  [runtime, "ends by an uncaught error"],
];
if (runtime === "deno") rows.push(["deno", "calls Deno.exit()"]);
if (runtime !== "node") rows.push(["node", "calls process.exit()"]);

for (const [adapter, ending] of rows) {
  test(`a program with ./${adapter} that ${ending} before it has connected delivers its last record after a restart`, async () => {
    await using servers = await startServers();
    const { arrived, ports } = servers;
    await withFolder(async (folder) => {
      const run = (ending: string, status: number) =>
        runProgram(
          "spool_exit_program.ts",
          [adapter, ending, folder, ...ports],
          status,
          // The program loads its adapter by name.
          { denoFlags: ["--allow-read", `--allow-write=${folder}`] },
        );
      const { stderr } = await run(ending, 1);
      assert(!stderr.includes("lost"), stderr);
      const { stdout } = await run("flushes", 0);
      for (
        const { recovered, sent, queued, droppedTotal } of JSON.parse(stdout) as DeliveryStats[]
      ) {
        assertEquals([sent, queued, droppedTotal], [recovered, 0, 0], stdout);
      }
      await until(() => arrived.datagrams!.length > 0, () => "the datagram");
      for (const kind of KINDS) {
        const texts = arrived[kind]!;
        assertEquals([...new Set(texts)], ["the last words"], kind);
        // An uncaught error is noticed some turns later, when a record may have been sent already.
        const most = ending.endsWith("exit()") ? 1 : 2;
        assert(texts.length <= most * (kind === "http" ? 2 : 1), `${kind}: ${texts.length}`);
      }
      if (ending.endsWith("exit()")) assertEquals(arrived.http!.length, 2);
    });
  });
}
