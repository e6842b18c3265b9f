/**
 * The collector itself, for the page: records come as pickles over a socket, and the page through a
 * relay, so that a test can cut its connections.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connector } from "../../../src/adapters/auto.ts";
import { Collector } from "../../../src/collector/_collector.ts";
import { FileSearch } from "../../../src/collector/_file_search.ts";
import { SocketHandler } from "../../../src/handlers/socket_handler.ts";
import { JSONFormatter } from "../../../src/logging/json_formatter.ts";
import { getLogger } from "../../../src/logging/get_logger.ts";
import { getLevelName } from "../../../src/logging/level_names.ts";
import type { LogRecord } from "../../../src/logging/log_record.ts";
import { makeLogRecord } from "../../../src/logging/make_log_record.ts";
import { NullHandler } from "../../../src/logging/null_handler.ts";
import { until } from "../../until.ts";
import { collectorSettings, host } from "../settings.ts";
import type { PageServer, SentRecord } from "./page_server.ts";

const TOKEN = "a-token-for-tests";

/** Starts one, and a relay to its page, on ports of the system's choice. */
export async function startCollector(): Promise<PageServer> {
  const server = new RunningCollector();
  await server.start();
  return server;
}

class RunningCollector implements PageServer {
  readonly filed: readonly string[] = Array.from({ length: 300 }, (_, i) => `line ${i} of a file`);
  readonly #folder = mkdtempSync(join(tmpdir(), "logwire-page-"));
  readonly #collector: Collector;
  readonly #relayed = new Set<Socket>();
  readonly #relay = createServer((socket) => this.#connect(socket));
  #handler: SocketHandler | undefined;
  #sent = 0;

  constructor() {
    const out = join(this.#folder, "out.log");
    const formatter = new JSONFormatter();
    const lines = this.filed.map((message) => formatter.format(recordOf({ message })) + "\n");
    writeFileSync(out, lines.join(""));
    this.#collector = new Collector(collectorSettings(["pickle"], {
      token: TOKEN,
      // The relay has another port.
      hostNames: [host],
      maxConnections: 10,
      maxBytes: 256 * 1024 * 1024,
      files: new FileSearch(out),
    }));
  }

  async start(): Promise<void> {
    // Else records of the level WARNING and above would be printed.
    if (!getLogger().hasHandlers()) getLogger().addHandler(new NullHandler());
    await this.#collector.start();
    const port = Number(this.listener.split(":")[1]);
    this.#handler = new SocketHandler(host, port, { connector, maxQueuedBytes: 512 * 1024 * 1024 });
    await new Promise<void>((resolve) => this.#relay.listen(0, host, resolve));
  }

  get address(): string {
    return `http://${host}:${(this.#relay.address() as AddressInfo).port}/?token=${TOKEN}`;
  }

  get listener(): string {
    return this.#collector.listeners[0]!.address;
  }

  async log(records: readonly SentRecord[]): Promise<void> {
    for (const record of records) this.#handler!.handle(recordOf(record));
    this.#sent += records.length;
    await this.#handler!.flush();
    await until(() => this.#collector.store.added >= this.#sent, () => `${this.#sent} records`);
  }

  keep(records: readonly SentRecord[]): void {
    const origin = { via: "pickle", sender: host };
    for (const record of records) this.#collector.store.add(recordOf(record), origin);
    this.#sent += records.length;
  }

  dropStreams(): void {
    for (const socket of this.#relayed) socket.destroy();
  }

  async stop(): Promise<void> {
    await this.#handler!.close();
    this.dropStreams();
    await new Promise((resolve) => this.#relay.close(resolve));
    await this.#collector.stop();
    rmSync(this.#folder, { recursive: true });
  }

  #connect(socket: Socket): void {
    const onward = connect(this.#collector.pagePort, host);
    for (const one of [socket, onward]) {
      this.#relayed.add(one);
      one.on("error", () => {}).on("close", () => {
        this.#relayed.delete(one);
        socket.destroy();
        onward.destroy();
      });
    }
    socket.pipe(onward).pipe(socket);
  }
}

function recordOf({ time = Date.now(), level = "INFO", ...sent }: SentRecord): LogRecord {
  return makeLogRecord({
    ...sent.fields,
    name: sent.logger ?? "app",
    msg: sent.message,
    args: null,
    levelname: level,
    levelno: getLevelName(level),
    created: time / 1000,
    msecs: time % 1000,
    exc_text: sent.error ?? null,
    pathname: sent.pathname ?? "/srv/app/main.py",
    lineno: sent.lineno ?? 1,
    funcName: sent.function ?? "main",
    process: 4242,
    hostname: sent.host ?? "web-1",
  });
}
