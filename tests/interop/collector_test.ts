/** Real senders, and a real Prometheus, at the collector's command in a process of its own. */
import { assert, assertEquals } from "@std/assert";
import { spawn, spawnSync } from "node:child_process";
import { Buffer } from "node:buffer";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { connector } from "../../src/adapters/auto.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { pinoDestination } from "../../src/integrations/pino.ts";
import { runtime, test } from "../test.ts";
import { until } from "../until.ts";
import { type RunningProgram, startProgram, terminate } from "./programs.ts";
import { pythons, runScript, withoutPython } from "./python.ts";
import { SyslogDaemon } from "./syslog/daemon.ts";
import { without } from "./syslog/program.ts";
import { rsyslog } from "./syslog/rsyslog.ts";

const token = "a-token-of-this-test";

interface Entry {
  logger: string;
  host: string;
  time: number;
  level: string;
  message: string;
  via: string;
  error?: string;
  fields?: Record<string, string>;
}

/** A collector in a process of its own. */
class CollectorProcess {
  readonly #program: RunningProgram;
  readonly #folder = mkdtempSync(join(tmpdir(), "logwire-collector-"));
  readonly out = join(this.#folder, "out.log");

  private constructor() {
    const kinds = ["pickle", "pickle-udp", "http", "syslog", "syslog-udp", "fluent", "page"];
    this.#program = startProgram("../../src/collector/cli.ts", [
      ...["receive", "--quiet", "--token", token, "--out", this.out],
      ...kinds.flatMap((kind) => [`--${kind}`, "0"]),
    ], { denoFlags: ["--allow-read", "--allow-write", "--allow-sys"] });
  }

  static async start(): Promise<CollectorProcess> {
    const collector = new CollectorProcess();
    const { output } = collector.#program;
    await until(() => output.stderr.includes("page"), () => output.stderr);
    return collector;
  }

  port(kind: string): number {
    const { stderr } = this.#program.output;
    return Number(new RegExp(`${kind} +at \\S*?:(\\d+)(?:/|\\n)`).exec(stderr)![1]);
  }

  async get(path: string): Promise<Response> {
    const headers = { authorization: `Bearer ${token}`, connection: "close" };
    return await fetch(`http://127.0.0.1:${this.port("page")}${path}`, { headers });
  }

  async records(query = ""): Promise<Entry[]> {
    const { records } = await (await this.get(`/api/records?limit=1000&${query}`)).json();
    return records as Entry[];
  }

  /** Waits until there are so many records, ends the collector, and returns the lines of its file. */
  async end(count: number): Promise<Record<string, unknown>[]> {
    const arrived = async () => (await this.records()).length >= count;
    await until(arrived, () => `${count} records`);
    terminate(this.#program);
    const { output, ended } = this.#program;
    assertEquals(await ended, 0, output.stderr);
    assert(output.stderr.trimEnd().endsWith(`${count} records received`), output.stderr);
    const lines = readFileSync(this.out, "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line));
  }

  /** Leaves no process and no file, also of a test that failed. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { child, ended } = this.#program;
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await ended;
    rmSync(this.#folder, { recursive: true });
  }
}

const oldest = pythons().find(({ version }) => version.startsWith("2."));
const newest = pythons().findLast(({ version }) => version.startsWith("3."));

for (const python of [oldest, newest].filter((one) => one !== undefined)) {
  test(
    `the collector takes the records of every handler of CPython ${python.version}`,
    async () => {
      await using collector = await CollectorProcess.start();
      const kinds = ["pickle", "pickle-udp", "http", "http", "syslog", "syslog-udp"];
      const ports = [...new Set(kinds)].map((kind) => collector.port(kind));
      const script = fileURLToPath(new URL("collector_sender.py", import.meta.url));
      await runScript(python.path, script, ...ports, token);
      // One record of each handler has a traceback; see the script for the exception.
      const count = 2 * kinds.length - 1;
      await until(
        async () => (await collector.records()).length >= count,
        () => `${count} records`,
      );
      const entries = await collector.records();
      const warnings = entries.filter(({ level }) => level === "WARNING");
      assertEquals(warnings.map(({ via }) => via).sort(), [...kinds].sort());
      for (const { via, message, fields, logger } of warnings) {
        assertEquals(message.replace(/\0$/, ""), `${via}: 7 of é€`);
        if (via.startsWith("syslog")) continue;
        assertEquals([logger, fields], [`py.${via}`, { user: "anna" }]);
      }
      for (const { via, message, error = "" } of entries.filter(({ level }) => level === "ERROR")) {
        assert(
          via.startsWith("syslog") ? message.includes("no luck") : message === "failed",
          message,
        );
        if (!via.startsWith("syslog")) assert(/ValueError.*no luck/.test(error), error);
      }
      const lines = await collector.end(count);
      assertEquals(lines.length, count);
      assertEquals(lines.filter(({ user }) => user === "anna").length, 4);
    },
    { skip: withoutPython() },
  );
}

const withoutLogger = spawnSync("logger", ["--version"]).status !== 0 &&
  process.env.LOGWIRE_REQUIRE_SERVERS !== "1" && "it needs logger: apt-get install bsdutils";

test("the collector takes what logger sends over UDP and TCP", async () => {
  await using collector = await CollectorProcess.start();
  for (const [flag, kind] of [["-d", "syslog-udp"], ["-T", "syslog"]] as const) {
    const port = String(collector.port(kind));
    const args = [
      "-n",
      "127.0.0.1",
      "-P",
      port,
      flag,
      "-t",
      "backup",
      "-p",
      "user.err",
      `by ${kind}`,
    ];
    assertEquals((await once(spawn("logger", args), "close"))[0], 0);
  }
  await until(async () => (await collector.records()).length === 2, () => "two records");
  const entries = await collector.records("logger=backup&level=ERROR");
  assertEquals(entries.map(({ message }) => message).sort(), ["by syslog", "by syslog-udp"]);
  await collector.end(2);
}, { skip: withoutLogger });

test("the collector takes what rsyslog forwards", async () => {
  await using collector = await CollectorProcess.start();
  const lines = `action(type="omfwd" target="127.0.0.1" port="${collector.port("syslog")}"
    protocol="tcp" tcp_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format")\n`;
  await using daemon = await SyslogDaemon.start(rsyslog, lines);
  const args = ["-n", "127.0.0.1", "-P", String(daemon.inputs.counted), "-T", "-t", "shop"];
  await once(spawn("logger", [...args, "--octet-count", "low on ink"]), "close");
  await until(async () => (await collector.records("logger=shop")).length === 1, () => "a record");
  const [{ message, via }] = await collector.records("logger=shop") as [Entry];
  assertEquals([message, via], ["low on ink", "syslog"]);
  await collector.end((await collector.records()).length);
}, { skip: without(rsyslog) || withoutLogger });

/** The formats of Docker's log driver `syslog`: without the option `syslog-format`, and its values. */
const dockerFormats = {
  none: (pri: number, line: string) => `<${pri}>Nov 29 14:38:14 ${image}[812]: ${line}`,
  rfc3164: (pri: number, line: string) => `<${pri}>Nov 29 14:38:14 node-1 ${image}[812]: ${line}`,
  rfc5424: (pri: number, line: string) =>
    `<${pri}>1 2026-11-29T14:38:14Z node-1 ${image} 812 ${image} - ${line}`,
  rfc5424micro: (pri: number, line: string) =>
    `<${pri}>1 2026-11-29T14:38:14.317814+01:00 node-1 ${image} 812 ${image} - ${line}`,
};

/** The option `tag={{.ImageName}}/{{.Name}}`, for an image that has a registry and a version. */
const image = "hub.example:5000/shop/nginx:1.25/web.1";

test("the collector takes what Docker's syslog driver sends", async () => {
  await using collector = await CollectorProcess.start();
  // The driver ends each message with a line feed, also in a datagram, and counts octets over TLS only.
  const tcp = connect(collector.port("syslog"), "127.0.0.1");
  const udp = createSocket("udp4");
  const lines = { 30: '{"level":"info"}: 5% of é€', 27: "\tat Pay.charge(Pay.java:88)" };
  let count = 0;
  for (const [name, format] of Object.entries(dockerFormats)) {
    for (const [pri, line] of Object.entries(lines)) {
      const message = format(Number(pri), `${name} ${line}\n`);
      tcp.write(message);
      udp.send(message, collector.port("syslog-udp"), "127.0.0.1");
      // As over TLS.
      if (name.startsWith("rfc5424")) tcp.write(`${Buffer.byteLength(message)} ${message}`);
      count += name.startsWith("rfc5424") ? 3 : 2;
    }
  }
  await until(async () => (await collector.records()).length === count, () => `${count} records`);
  tcp.end();
  udp.close();
  const query = `logger=${encodeURIComponent(image)}&field=procid:812`;
  const entries = await collector.records(query);
  const seen = (via: string, level: string) =>
    entries.filter((entry) => entry.via === via && entry.level === level)
      .map(({ message }) => message);
  for (const [level, line] of [["INFO", lines[30]], ["ERROR", lines[27]]] as const) {
    const each = Object.keys(dockerFormats).map((name) => `${name} ${line}`);
    const counted = each.filter((text) => text.startsWith("rfc5424"));
    assertEquals(seen("syslog-udp", level).sort(), each.toSorted());
    assertEquals(seen("syslog", level).sort(), [...each, ...counted].sort());
  }
  for (const { message, fields, host } of entries) {
    const isNamed = !message.startsWith("none");
    assertEquals(host, isNamed ? "node-1" : "127.0.0.1", message);
    assertEquals(fields?.msgid, message.startsWith("rfc5424") ? image : undefined);
  }
  const written = await collector.end(count);
  assertEquals(written.filter(({ app_name }) => app_name === image).length, count);
});

test("the collector takes the JSON of clients of cutelog beside pickles", async () => {
  await using collector = await CollectorProcess.start();
  const socket = connect(collector.port("pickle"), "127.0.0.1");
  // As gocutelog sends what zerolog has written, and as the wiki of cutelog describes a client.
  for (
    const text of [
      "!!cutelog!!format=json",
      '{"level":"warn","order":7,"time":"2026-11-29T14:38:14Z","message":"paid"}\n',
      '{"created":1764427094.5,"levelname":"error","name":"shop.pay","msg":"failed","exc_text":"E: no"}',
    ]
  ) {
    const frame = new DataView(new ArrayBuffer(4));
    frame.setUint32(0, Buffer.byteLength(text));
    socket.write(new Uint8Array(frame.buffer));
    socket.write(text);
  }
  await until(async () => (await collector.records()).length === 2, () => "two records");
  socket.end();
  const [paid, failed] = await collector.records() as [Entry, Entry];
  assertEquals([paid.logger, paid.level, paid.message], ["root", "WARNING", "paid"]);
  assertEquals([paid.fields, new Date(paid.time).toISOString()], [
    ...[{ order: "7" }, "2026-11-29T14:38:14.000Z"],
  ]);
  assertEquals([failed.logger, failed.level, failed.error], ["shop.pay", "ERROR", "E: no"]);
  assertEquals(failed.time, 1764427094500);
  await collector.end(2);
});

test("the collector takes what pino logs through this module", async () => {
  await using collector = await CollectorProcess.start();
  const handler = new SocketHandler("127.0.0.1", collector.port("pickle"), { connector });
  const log = pino({ name: "shop", base: {} }, pinoDestination(handler));
  log.warn({ order: 7, cents: { total: 500 } }, "paid");
  log.error(new TypeError("no luck"), "failed");
  await handler.close();
  await until(async () => (await collector.records()).length === 2, () => "two records");
  const [paid, failed] = await collector.records() as [Entry, Entry];
  assertEquals([paid.logger, paid.level, paid.message], ["shop", "WARNING", "paid"]);
  assertEquals(paid.fields, { order: "7", cents: '{"total":500}' });
  assert(failed.error?.includes("TypeError: no luck"), JSON.stringify(failed));
  await collector.end(2);
});

const withoutPrometheus = spawnSync("prometheus", ["--version"]).status !== 0 &&
  process.env.LOGWIRE_REQUIRE_SERVERS !== "1" && "it needs prometheus: apt-get install prometheus";

test("promtool finds nothing wrong with the metrics", async () => {
  await using collector = await CollectorProcess.start();
  const text = await (await collector.get("/metrics")).text();
  const checked = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" });
  assertEquals([checked.status, checked.stdout + checked.stderr], [0, ""]);
}, { skip: withoutPrometheus });

// Prometheus looks for new targets every five seconds.
const elsewhere = runtime !== "node" &&
  "the metrics are the same on every runtime: Node serves them";

test("Prometheus scrapes the metrics", async () => {
  await using collector = await CollectorProcess.start();
  const handler = new SocketHandler("127.0.0.1", collector.port("pickle"), { connector });
  const log = pino({ name: "shop", base: {} }, pinoDestination(handler));
  log.info("counted");
  await handler.close();
  const folder = mkdtempSync(join(tmpdir(), "logwire-prometheus-"));
  const config = join(folder, "prometheus.yml");
  const target = `127.0.0.1:${collector.port("page")}`;
  writeFileSync(
    config,
    `
scrape_configs:
  - job_name: logwire
    scrape_interval: 100ms
    scrape_timeout: 100ms
    authorization: { credentials: ${token} }
    static_configs: [{ targets: ["${target}"] }]
`,
  );
  const free = createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  const at = `127.0.0.1:${(free.address() as AddressInfo).port}`;
  free.close();
  const prometheus = spawn("prometheus", [
    ...[`--config.file=${config}`, `--web.listen-address=${at}`, "--log.level=error"],
    `--storage.tsdb.path=${join(folder, "data")}`,
  ], { stdio: "ignore" });
  const ended = once(prometheus, "close");
  const query = 'logwire_collector_records_received_total{listener="pickle"}';
  const value = async () => {
    const url = `http://${at}/api/v1/query?query=${encodeURIComponent(query)}`;
    const answer = await fetch(url, { headers: { connection: "close" } }).catch(() => undefined);
    const { data } = await answer?.json().catch(() => ({})) ?? {};
    return data?.result[0]?.value[1];
  };
  try {
    await until(async () => await value() === "1", () => "the metric in Prometheus");
  } finally {
    prometheus.kill();
    await ended;
    rmSync(folder, { recursive: true });
  }
  await collector.end(1);
}, { skip: elsewhere || withoutPrometheus });
