/**
 * Measures how many records are lost when a server is killed by `kill -9`, for each protocol:
 * `bench/losses.ts [KILLS]`, with `bun`, `deno run -A` or `node --import tsx`. The server writes a file.
 * It is killed while a program logs 1,000 records a second to it, and started again.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import {
  DatagramHandler,
  HTTPHandler,
  Logger,
  type NetworkHandler,
  SocketHandler,
  SysLogHandler,
} from "../mod.ts";
import { connector } from "../src/adapters/auto.ts";
import { runtime } from "../tests/test.ts";
import { until } from "../tests/until.ts";
import { printed, type RunningProgram, startProgram } from "../tests/interop/programs.ts";

const kills = Number(process.argv[2] ?? 10);

const SERVER = new URL("net/losses_server.ts", import.meta.url).href;

const KINDS = ["tcp, written at once", "tcp", "relp", "http", "datagrams"];

/** Records of one turn to a server that has stopped. */
const FLOOD = 60_000;

function handlerOf(kind: string, port: number): NetworkHandler {
  const host = "127.0.0.1";
  const usual = { connector, onEvent: () => {}, whileDisconnected: "queue" } as const;
  const handler: NetworkHandler = kind === "relp"
    ? new SysLogHandler([host, port], { ...usual, socktype: "stream", framing: "relp" })
    : kind === "http"
    ? new HTTPHandler(`${host}:${port}`, "/", {
      method: "POST",
      body: "ndjson",
      whileDisconnected: "queue",
      onEvent: () => {},
      exitNotifier: {},
    })
    : kind === "datagrams"
    ? new DatagramHandler(host, port, usual)
    : new SocketHandler(host, port, usual);
  handler.retryStart = 0.1;
  handler.retryMax = 0.2;
  return handler;
}

/** A server that can be killed and started again on its port. */
class Server {
  port = 0;
  #running: RunningProgram | undefined;
  readonly #kind: string;
  readonly #file: string;

  constructor(kind: string, file: string) {
    this.#kind = kind;
    this.#file = file;
  }

  async start(): Promise<void> {
    this.#running = startProgram(SERVER, [this.#kind, this.port, this.#file], {
      denoFlags: ["--allow-read", "--allow-write", "--allow-sys"],
    });
    this.port = Number((await printed(this.#running, /^(\d+)$/m))[1]);
  }

  signal(name: "SIGSTOP" | "SIGKILL"): void {
    process.kill(this.#running!.child.pid!, name);
  }

  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.#running!.ended;
  }

  /** The numbers of the records that arrived. */
  get numbers(): number[] {
    return readFileSync(this.#file, "utf8").split("\n").slice(0, -1).map((line) =>
      Number(/#(\d+)$/.exec(line)?.[1] ?? NaN)
    );
  }
}

/** Kills the server while records come; prints one row. */
async function measure(kind: string, isHung: boolean): Promise<void> {
  const folder = mkdtempSync(`${tmpdir()}/logwire-losses-`);
  const server = new Server(kind, `${folder}/arrived`);
  await server.start();
  const handler = handlerOf(kind, server.port);
  const log = new Logger("shop", 1);
  log.addHandler(handler);
  let logged = 0;
  /** Logs 1,000 records a second. */
  const logFor = async (ms: number) => {
    const start = performance.now();
    const before = logged;
    for (let now = start; now < start + ms; now = performance.now()) {
      while (logged - before < now - start) log.info("#%d", logged++);
      await sleep(1);
    }
  };
  try {
    for (let kill = 0; kill < kills; kill++) {
      // A connection that is older than a second: the records of a younger one are sent again.
      await logFor(1500 + Math.random() * 500);
      if (isHung) {
        server.signal("SIGSTOP");
        for (let i = 0; i < FLOOD; i++) log.info("#%d", logged++);
        await sleep(1000);
      }
      const killed = server.kill();
      await logFor(300);
      await killed;
      await server.start();
    }
    await logFor(1500);
    await handler.flush({ signal: AbortSignal.timeout(30_000) });
    await handler.close();
    // The server writes what has arrived, and then waits.
    const { droppedTotal } = handler.stats;
    let count = -1;
    await until(async () => {
      if (count === (count = server.numbers.length)) return true;
      await sleep(300);
      return false;
    }, () => "an end of what arrives");
    const numbers = server.numbers.filter((number) => !Number.isNaN(number));
    const arrived = new Set(numbers);
    const uncounted = logged - arrived.size - droppedTotal;
    process.stdout.write(
      `| ${kind}${isHung ? ", hung before" : ""} | ${logged} | ${
        (uncounted / kills).toFixed(1)
      } | ` +
        `${droppedTotal} | ${numbers.length - arrived.size} |\n`,
    );
  } finally {
    await server.kill();
    rmSync(folder, { recursive: true });
  }
}

process.stdout.write(
  `${runtime}, ${kills} kills each\n` +
    "| server | records | lost a kill, not counted | counted as lost | arrived twice |\n" +
    "| ------ | ------- | ------------------------------ | --------------- | ------------- |\n",
);
for (const kind of KINDS) await measure(kind, false);
for (const kind of ["tcp", "relp"]) await measure(kind, true);
