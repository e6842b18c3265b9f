/**
 * A program that logs with pino and ends: `pino_program.ts SCENARIO PORT [TARGET]`. It logs `#0`,
 * `#1` and so on, by the worker target at that URL, or else in the program. Run by pino_test.ts.
 */
import pino from "pino";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { SocketHandler } from "../../mod.ts";
import { connector } from "../../src/adapters/auto.ts";
import { pinoDestination } from "../../src/integrations/pino.ts";
import { until } from "../until.ts";

const [scenario, portText, target] = process.argv.slice(2);
const port = Number(portText);

const delivery = { whileDisconnected: "queue", closeTimeoutMs: 3000 } as const;

let handler: SocketHandler | undefined;

function destination(): pino.DestinationStream {
  handler = new SocketHandler("127.0.0.1", port, { connector, ...delivery });
  handler.retryStart = 0.25;
  return pinoDestination(handler);
}

/** A handler that the worker makes. */
const entry = {
  class: "SocketHandler",
  host: "127.0.0.1",
  port,
  ...delivery,
  ...(scenario === "absent" && { closeTimeoutMs: 200 }),
  ...(scenario === "exits after a burst" && { closeTimeoutMs: 9000 }),
  ".": { retryStart: 0.25 },
};

/** Deno may drop the message by which a logger says its keys to the worker. */
const keys = "Deno" in globalThis ? { messageKey: "text", errorKey: "error" } : {};

function transport(target: string) {
  if (scenario === "wrong option") {
    return pino.transport({ target, options: { hander: entry } });
  }
  if (scenario === "exits after lines on stdout") {
    const console = { class: "logging.StreamHandler", stream: "ext://sys.stdout" };
    return pino.transport({ target, options: { handler: console, ...keys } });
  }
  if (scenario !== "two targets") {
    return pino.transport({ target, options: { handler: entry, ...keys } });
  }
  const high = { ...entry, class: "logging.handlers.SocketHandler", level: "ERROR" };
  return pino.transport<object>({
    targets: [
      { target, level: "info", options: { handler: entry, ...keys } },
      { target, level: "info", options: { handler: high, name: "high", ...keys } },
    ],
  });
}

const stream = target === undefined ? destination() : transport(target);
const log = pino({ messageKey: "text", errorKey: "error" }, stream);

let logged = 0;
function logThem(count: number): void {
  for (let i = 0; i < count; i++) log.info("#%d", logged++);
}

/** Logs 200 records a second: the time between two is what the test needs, not a wait. */
async function logFor(ticks: number): Promise<void> {
  for (let tick = 0; tick < ticks; tick++) {
    logThem(1);
    await sleep(5);
  }
}

async function run(): Promise<void> {
  switch (scenario) {
    case "outage": // longer than a second before it, as a young connection's records are sent again
      await logFor(300);
      process.stdout.write("kill it\n");
      await logFor(150);
      process.stdout.write("restart it\n");
      await logFor(200);
      // process.exit() waits for pino's worker alone.
      await until(() => (handler?.stats.connects ?? 2) >= 2, () => "a second connection");
      logThem(100);
      process.stdout.write(`logged ${logged}\n`);
      process.exit(0);
      break;
    case "exits after lines on stdout":
    case "exits": // right after its first lines
      logThem(1000);
      process.exit(0);
      break;
    case "exits after a burst": // of more than fits pino's buffer of 4 MiB
      logThem(60_000);
      process.exit(0);
      break;
    case "exits when sent":
      logThem(1);
      await new Promise<void>((resolve) => log.flush(() => resolve()));
      logThem(999);
      process.exit(0);
      break;
    case "closes and exits":
      logThem(1000);
      await handler!.close();
      process.exit(0);
      break;
    case "returns":
    case "absent":
      logThem(1000);
      break;
    case "throws":
      logThem(1);
      await new Promise<void>((resolve) => log.flush(() => resolve()));
      logThem(999);
      setTimeout(() => {
        throw new Error("thrown on purpose");
      });
      break;
    case "wrong option":
      (stream as ReturnType<typeof transport>).on(
        "error",
        ({ message }: Error) => process.stdout.write(`${message}\n`),
      );
      break;
    case "two targets":
      log.info("a");
      log.error({ error: new RangeError("disk full") }, "b");
      break;
    default:
      throw new Error(`no such scenario: ${scenario}`);
  }
}

// A bundle for Node is CommonJS, as pino is, and has no await here.
void run();
