import { assert, assertEquals, assertRejects } from "@std/assert";
import { once } from "node:events";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { request as plainRequest } from "node:http";
import { request } from "node:https";
import { connector } from "../../src/adapters/auto.ts";
import { Collector, type CollectorSettings, ListenError } from "../../src/collector/_collector.ts";
import type { ListenerKind } from "../../src/collector/_listeners.ts";
import { handlerFor } from "../../src/collector/_destination.ts";
import { consoleHandler } from "../../src/collector/_outputs.ts";
import { getLogger } from "../../src/logging/get_logger.ts";
import { StreamHandler } from "../../src/logging/stream_handler.ts";
import { test } from "../test.ts";
import { until } from "../until.ts";
import { hostile, received } from "./records.ts";
import { collectorSettings, host } from "./settings.ts";

const token = "0123456789abcdef";

const settings = (kinds: ListenerKind[], more: Partial<CollectorSettings> = {}) =>
  collectorSettings(kinds, { token, ...more });

/** The port of each listener. */
function portsOf(collector: Collector): Record<string, number> {
  return Object.fromEntries(
    collector.listeners.map((
      { name, address },
    ) => [name.split(" ")[0], Number(address.split(":")[1])]),
  );
}

test("Collector takes records over every listener, keeps them and gives them to loggers", async () => {
  const kinds: ListenerKind[] = [
    "pickle",
    "pickle-udp",
    "http",
    "syslog",
    "syslog-udp",
    "relp",
    "forward",
  ];
  const collector = new Collector(settings(kinds));
  await collector.start();
  const ports = portsOf(collector);
  const lines: string[] = [];
  const handler = new StreamHandler({ write: (text: string) => lines.push(text) });
  getLogger().addHandler(handler);
  const schemes: Record<string, string> = {
    pickle: "tcp",
    "pickle-udp": "udp",
    http: "http",
    syslog: "syslog+tcp",
    "syslog-udp": "syslog",
    relp: "relp",
    forward: "forward",
  };
  for (const [kind, scheme] of Object.entries(schemes)) {
    const sender = handlerFor(`${scheme}://${host}:${ports[kind]}`, { connector, token });
    sender.handle(received({ name: "shop", msg: `over ${kind}`, user: "anna" }));
    await sender.flush();
    await until(() => collector.store.added > Object.keys(schemes).indexOf(kind), () => kind);
    await sender.close();
  }
  getLogger().removeHandler(handler);
  const kept = Object.keys(schemes).map((_, i) => collector.store.get(i + 1)!);
  assertEquals(kept.map(({ via }) => via), kinds);
  assertEquals(kept.map(({ host }) => host), kinds.map(() => host));
  assertEquals(kept.map(({ message }) => message), kinds.map((kind) => `over ${kind}`));
  assertEquals(lines.length, kinds.length);
  const status = collector.status();
  assertEquals([status.received, status.dropped], [7, 0]);
  assert(collector.listeners.every(({ received, bytes }) => received === 1 && bytes > 0));
  const text = collector.metrics();
  assert(text.includes(`records_received_total{listener="pickle",address="${host}:`), text);
  assert(text.includes("logwire_collector_kept_records 7\n"), text);
  await collector.stop();
});

test("Collector serves its page to those who have the token", async () => {
  const collector = new Collector(settings([]));
  await collector.start();
  const url = `http://${host}:${collector.pagePort}`;
  const status = async (headers: Record<string, string>) => {
    const answer = await fetch(`${url}/api/status`, {
      headers: { connection: "close", ...headers },
    });
    return [answer.status, (await answer.json()).received];
  };
  assertEquals(await status({}), [401, undefined]);
  assertEquals(await status({ authorization: `Bearer ${token}` }), [200, 0]);
  await collector.stop();
});

test("the intake over HTTP does not take the cookie of the page, nor a foreign origin", async () => {
  const collector = new Collector(settings(["http"], { page: undefined }));
  await collector.start();
  const post = async (headers: Record<string, string>) => {
    const answer = await fetch(`http://${host}:${portsOf(collector).http}/`, {
      method: "POST",
      body: "[]",
      headers: { "content-type": "application/json", connection: "close", ...headers },
    });
    await answer.text();
    return answer.status;
  };
  const authorization = `Bearer ${token}`;
  const cookie = `logwire-${portsOf(collector).http}=${token}`;
  assertEquals(await post({ cookie }), 401);
  assertEquals(await post({ authorization, origin: "http://evil.example" }), 403);
  assertEquals(await post({ authorization }), 204);
  await collector.stop();
});

test("the intake over HTTP takes any name of a machine that others reach", async () => {
  const listeners = [{ kind: "http" as const, host: "0.0.0.0", port: 0 }];
  for (const [own, status] of [[listeners, 204], [settings(["http"]).listeners, 403]] as const) {
    const collector = new Collector({ ...settings([]), listeners: own, page: undefined });
    await collector.start();
    const answer = await new Promise<number | undefined>((resolve, reject) => {
      const asked = plainRequest({
        ...{ host, port: portsOf(collector).http, method: "POST", agent: false },
        headers: {
          host: "logs.example",
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
        },
      }, (got) => got.resume().on("end", () => resolve(got.statusCode)));
      asked.on("error", reject).end("[]");
    });
    assertEquals(answer, status);
    await collector.stop();
  }
});

test("Collector leaves out records that are not wanted", async () => {
  const wants = ({ levelno }: { levelno: number }) => levelno >= 30;
  const collector = new Collector(settings(["pickle"], { page: undefined, wants }));
  await collector.start();
  const sender = handlerFor(`tcp://${host}:${portsOf(collector).pickle}`, { connector });
  for (const levelno of [20, 30, 10]) sender.handle(received({ msg: "x", levelno }));
  await sender.close();
  await collector.stop();
  assertEquals([collector.store.added, collector.unwanted], [1, 2]);
  assertEquals(collector.listeners[0]!.received, 3);
});

test("a hostile record is a line of text like others, and stops nothing", async () => {
  const collector = new Collector(settings(["pickle"], { page: undefined }));
  await collector.start();
  let text = "";
  const handler = consoleHandler("never") as StreamHandler;
  handler.setStream({ write: (part: string) => text += part });
  getLogger().addHandler(handler);
  const sender = handlerFor(`tcp://${host}:${portsOf(collector).pickle}`, { connector });
  for (const created of [1e300, NaN, -Infinity, "now", null]) {
    sender.handle(received({ ...hostile, levelno: 20, created }));
  }
  sender.handle(received({ msg: "last" }));
  await sender.close();
  await collector.stop();
  getLogger().removeHandler(handler);
  assertEquals(collector.store.added, 6);
  assertEquals(text.split("\n").filter((line) => line.includes("<script>")).length, 5);
  assert(text.endsWith("shop.cart: last\n"), text.slice(-100));
  // deno-lint-ignore no-control-regex -- none may be there
  assert(!/[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(text));
});

test("Collector takes only pickles that are signed with its key", async () => {
  const collector = new Collector(settings(["pickle-udp"], { page: undefined, signingKey: "k" }));
  await collector.start();
  const url = `udp://${host}:${portsOf(collector)["pickle-udp"]}`;
  const plain = handlerFor(url, { connector });
  plain.handle(received({ msg: "forged" }));
  await plain.flush();
  await plain.close();
  const signed = handlerFor(url, { connector, signingKey: "k" });
  signed.handle(received({ msg: "true" }));
  await signed.flush();
  await signed.close();
  await until(() => collector.store.added === 1, () => "the signed record");
  await collector.stop();
  assertEquals(collector.store.get(1)!.message, "true");
  assertEquals(collector.listeners[0]!.faults, 1);
});

test("a flood from one sender does not keep the records of another waiting", async () => {
  const more = { page: undefined, maxBytes: 50_000_000 };
  const collector = new Collector(settings(["pickle", "syslog-udp"], more));
  await collector.start();
  const ports = portsOf(collector);
  const flood = handlerFor(`tcp://${host}:${ports.pickle}`, { connector });
  for (let i = 0; i < 20_000; i++) flood.handle(received({ name: "flood", msg: `${i}` }));
  const flushed = flood.flush();
  await until(() => collector.store.added > 0, () => "the first record of the flood");
  const quiet = createSocket("udp4");
  quiet.send("<13>hello", ports["syslog-udp"]!, host);
  const names = () => collector.store.names().loggers.map(({ name }) => name);
  await until(() => names().includes("syslog"), () => "the other record");
  // It came in the midst of the flood, and not behind it.
  assert(collector.status().received as number < 20_001);
  quiet.close();
  await once(quiet, "close");
  await flushed;
  await flood.close();
  await collector.stop();
  assertEquals(collector.status().received, 20_001);
});

test("start() names the listener that cannot be opened, and leaves none open", async () => {
  const first = new Collector(settings(["pickle"], { page: undefined }));
  await first.start();
  const { pickle } = portsOf(first);
  const taken = settings(["http"]);
  const listeners = [...taken.listeners, { kind: "pickle" as const, host, port: pickle! }];
  const second = new Collector({ ...taken, listeners });
  const error = await assertRejects(() => second.start(), ListenError);
  assertEquals([error.what, error.address.port], ["pickle", pickle]);
  await first.stop();
});

test("over TLS each sender shows its certificate, and so does each who watches", async () => {
  const file = (name: string) =>
    readFileSync(new URL(`../testdata/tls/${name}`, import.meta.url), "utf8");
  const tls = { cert: file("server.pem"), key: file("server.key"), ca: [file("ca.pem")] };
  const collector = new Collector(settings(["pickle", "http"], { tls }));
  await collector.start();
  const ports = portsOf(collector);
  const ca = [file("ca.pem")];
  const own = { ca, cert: file("client.pem"), key: file("client.key") };
  const sender = handlerFor(`tls://${host}:${ports.pickle}`, { connector, tls: own });
  sender.handle(received({ msg: "known" }));
  await sender.flush();
  await sender.close();
  await until(() => collector.store.added === 1, () => "the record");
  /** The status of the page, or the error of the handshake. */
  const status = (client: object) =>
    new Promise<number | string>((resolve) => {
      const asked = request({
        ...{ host, port: collector.pagePort, path: "/api/status" },
        ...{ ...client, ca, agent: false },
        headers: { authorization: `Bearer ${token}` },
      }, (answer) => {
        answer.resume().on("end", () => resolve(answer.statusCode!));
      });
      asked.on("error", () => resolve("refused")).end();
    });
  assertEquals(await status({ cert: own.cert, key: own.key }), 200);
  assertEquals(await status({}), "refused");
  await collector.stop();
});
