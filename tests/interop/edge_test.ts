/** Workers under load in real workerd log to a CPython log server. */
import { assert, assertEquals } from "@std/assert";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { DeliveryStats } from "../../src/delivery/delivery_event.ts";
import { withoutWorkerd, Workerd } from "../edge/workerd.ts";
import { test } from "../test.ts";
import { until } from "../until.ts";
import { python3, withoutPython } from "./python.ts";
import { PythonReceiver } from "./python_receiver.ts";

const skip = withoutWorkerd || withoutPython();
const python = python3() ?? "python3";

const REQUESTS = 1000;
const AT_ONCE = 200;
const RECORDS = 3;

/** An old worker and a new one, neither with Node's modules. */
const settings = {
  stop: { compatibilityDate: "2023-05-18" },
  kill: { compatibilityDate: "2026-10-01", compatibilityFlags: ["no_nodejs_compat"] },
};

/** The duration of each request in milliseconds, by its kind. */
type Latencies = Record<"logged" | "plain", number[]>;

/** Sends all requests, `AT_ONCE` at a time, as many that log as that do not. */
async function load(url: string, onThird: () => Promise<void>): Promise<Latencies> {
  const latencies: Latencies = { logged: [], plain: [] };
  let next = 0;
  let restarting: Promise<void> | undefined;
  const client = async () => {
    while (next < 2 * REQUESTS) {
      const number = next++;
      if (number === Math.floor(2 * REQUESTS / 3)) restarting = onThird();
      const what = number % 2 === 0 ? "logged" : "plain";
      const started = performance.now();
      const response = await fetch(`${url}/${what}/${number >> 1}`);
      assertEquals(await response.text(), "done");
      latencies[what].push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  await restarting;
  return latencies;
}

function summary(latencies: number[]): string {
  const sorted = [...latencies].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor(part * (sorted.length - 1))]?.toFixed(1);
  return `median ${at(0.5)} ms, 99 % ${at(0.99)} ms`;
}

/** `[request, record]` of each line. */
function arrivals(lines: string[]): [number, number][] {
  return lines.map((line) => {
    const [, request, record] = /request (\d+) record (\d)$/.exec(line) ?? [];
    return [Number(request), Number(record)];
  });
}

for (const how of ["stop", "kill"] as const) {
  test(
    `200 requests at once log to a CPython receiver that is restarted (${how}) midway`,
    async () => {
      const first = await PythonReceiver.start(python, "tcp");
      const { port } = first;
      let second: PythonReceiver | undefined;
      await using workerd = await Workerd.start({
        load: {
          entry: "tests/edge/load_worker.ts",
          ...settings[how],
          define: { RECEIVER_PORT: String(port) },
        },
      });
      // Each call is a request, and so flushes the records of the outage.
      const stats = async (): Promise<DeliveryStats> =>
        await (await fetch(workerd.url("load", "/stats"))).json();
      const latencies = await load(workerd.url("load", ""), async () => {
        await first[how]();
        await until(async () => (await stats()).connectFailures > 0, () => "a dial that fails");
        second = await PythonReceiver.start(python, "tcp", "--port", String(port));
      });
      await until(async () => (await stats()).queued === 0, () => "all records to be sent");
      const { emitted, sent, droppedTotal, connects, connectFailures } = await stats();
      await second?.stop();

      assertEquals([emitted, sent, droppedTotal], [RECORDS * REQUESTS, RECORDS * REQUESTS, 0]);
      const arrived = arrivals([...first.lines, ...second?.lines ?? []]);
      const seen = new Map<number, number[]>();
      let twice = 0;
      for (const [request, record] of arrived) {
        const before = seen.get(request) ?? [];
        if (before.includes(record)) twice++;
        else seen.set(request, [...before, record]);
      }
      for (const [request, records] of seen) {
        assertEquals(records, [...records].sort(), `the order within request ${request}`);
      }
      // A crash may lose the records under way on one connection, as workerd buffers them too.
      const lost = sent - (arrived.length - twice);
      const most = how === "stop" ? 0 : RECORDS * AT_ONCE;
      assert(lost <= most, `${lost} of ${sent} that were sent did not arrive`);
      if (how === "stop") assertEquals(twice, 0);
      // deno-lint-ignore no-console -- times are to be looked at, and not to be relied on
      console.log(
        `${how}: ${sent} sent over ${connects} connections (${connectFailures} dials failed), ` +
          `${lost} lost, ${twice} arrived twice\n  with logging ${summary(latencies.logged)}\n` +
          `  without      ${summary(latencies.plain)}`,
      );
    },
    { skip },
  );
}

test(
  "records that a worker logs and flushes while its modules load go with the first request",
  async () => {
    const receiver = await PythonReceiver.start(python, "tcp");
    const loading = {
      entry: "tests/edge/loading_worker.ts",
      define: { RECEIVER_PORT: String(receiver.port) },
    };
    await using workerd = await Workerd.start({
      stop: { ...loading, ...settings.stop },
      kill: { ...loading, ...settings.kill },
    });
    for (const name of ["stop", "kill"]) {
      const { flushed, events, stats } = await (await fetch(workerd.url(name))).json();
      assertEquals(flushed, "resolved");
      assertEquals([stats.emitted, stats.sent, stats.queued], [2, 2, 0], `${name}: ${events}`);
    }
    await receiver.stop();
    const messages = receiver.lines.map((line) => /(while|in) .*$/.exec(line)?.[0]);
    assertEquals(messages, Array(2).fill(["while the modules load", "in a request"]).flat());
  },
  { skip },
);

test("requests of a worker, also those that fail, log through HTTPHandler", async () => {
  const messages: string[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    messages.push(...body.trim().split("\n").map((line) => JSON.parse(line).msg));
    response.writeHead(204).end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const define = { SERVER_PORT: String((server.address() as AddressInfo).port) };
  await using workerd = await Workerd.start({
    old: { entry: "tests/edge/http_worker.ts", define, ...settings.stop },
    new: { entry: "tests/edge/http_worker.ts", define, ...settings.kill },
  });
  for (const name of ["old", "new"]) {
    const numbers = Array.from({ length: 50 }, (_, number) => number);
    const statuses = await Promise.all(numbers.map(async (number) => {
      const response = await fetch(workerd.url(name, `/logged/${number}`));
      await response.body?.cancel();
      return response.status;
    }));
    assertEquals(statuses, numbers.map((number) => number % 2 === 1 ? 500 : 200));
    const stats = async (): Promise<DeliveryStats> =>
      await (await fetch(workerd.url(name, "/stats"))).json();
    await until(async () => (await stats()).queued === 0, () => "all records to be sent");
    assertEquals((await stats()).sent, 50);
    assertEquals(messages.splice(0).sort(), numbers.map((number) => `request ${number}`).sort());
  }
  server.closeAllConnections();
  server.close();
}, { skip: withoutWorkerd });
