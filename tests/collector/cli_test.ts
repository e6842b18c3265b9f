import { assert, assertEquals } from "@std/assert";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { run } from "../../src/collector/cli.ts";
import { connector } from "../../src/adapters/auto.ts";
import { VERSION } from "../../src/collector/_version.ts";
import { getLogger } from "../../src/logging/get_logger.ts";
import { ForwardReceiver } from "../../src/receivers/forward_receiver.ts";
import { test } from "../test.ts";
import { until } from "../until.ts";

/** Runs a command, and gathers what it prints. */
function started(args: string[], input: Iterable<string> = []) {
  const printed: string[] = [];
  const said: string[] = [];
  const ending = new AbortController();
  const ended = run(args, {
    print: (line) => printed.push(line),
    say: (line) => said.push(line),
    input: Readable.from(input),
    signal: ending.signal,
  });
  return { printed, said, ended, end: () => ending.abort() };
}

const off = [
  "--fluent",
  "off",
  "--pickle-udp",
  "off",
  "--http",
  "off",
  "--syslog",
  "off",
  "--syslog-udp",
  "off",
];

test("receive prints its addresses, takes what send sends, and ends with the account", async () => {
  const folder = mkdtempSync(join(tmpdir(), "logwire-cli-"));
  const out = join(folder, "app.log");
  const options = ["--pickle", "0", "--page", "0", "--quiet", "--out", out, ...off];
  const server = started(["receive", ...options]);
  await until(
    () => server.said.some((line) => line.includes("page")),
    () => server.said.join("\n"),
  );
  const port = /pickle +at 127\.0\.0\.1:(\d+)$/.exec(server.said[0]!)![1];
  const page = /at (http:\S+\?token=\S{32})$/.exec(server.said[1]!)![1]!;
  const lines = ["plain\n", '{"level":"error","message":"json","n":1}\n'];
  const sender = started(["send", `tcp://127.0.0.1:${port}`, "--name", "shop"], lines);
  assertEquals(await sender.ended, 0, sender.said.join("\n"));
  assertEquals(sender.said, ["logwire: 2 records sent"]);
  const token = new URL(page).searchParams.get("token");
  const answer = await fetch(new URL("/api/records", page), {
    headers: { authorization: `Bearer ${token}`, connection: "close" },
  });
  const { records } = await answer.json() as { records: { message: string; logger: string }[] };
  assertEquals(records.map(({ message, logger }) => `${logger} ${message}`), [
    ...["shop plain", "shop json"],
  ]);
  server.end();
  assertEquals(await server.ended, 0);
  assertEquals(server.said.at(-1), "logwire: 2 records received");
  const written = readFileSync(out, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(written.map(({ message, n }) => [message, n]), [["plain", undefined], ["json", 1]]);
  assertEquals(getLogger().handlers, []);
  rmSync(folder, { recursive: true });
});

test("receive passes records on, and its account says what became of them", async () => {
  const target = started(["receive", "--pickle", "0", "--page", "off", "--quiet", ...off]);
  await until(() => target.said.length === 1, () => target.said.join("\n"));
  const port = /:(\d+)$/.exec(target.said[0]!)![1];
  assertEquals(target.said[0], `logwire: pickle     at 127.0.0.1:${port}`);
  target.end();
  await target.ended;
  assertEquals(target.said.slice(1), [
    "logwire: stopping: reading what senders have sent …",
    "logwire: 0 records received",
  ]);
});

test("a mistake on the command line is one sentence and status 1", async () => {
  const config = join(tmpdir(), "logwire-no-such-file.json");
  const key = fileURLToPath(import.meta.url);
  const pem = (name: string) => fileURLToPath(new URL(`../testdata/tls/${name}`, import.meta.url));
  const pair = ["--tls-cert", pem("server.pem"), "--tls-key", pem("client.key")];
  const mismatch = ["receive", ...off, ...pair];
  const mistakes: [string[], RegExp][] = [
    [["receive", "--pickle", "x"], /'x' is no port or address/],
    [["receive", "--host", "0.0.0.0"], /pickle at 0\.0\.0\.0 would take records from any machine/],
    [["receive", "--config", config], /there is no such file/],
    [["receive", "--tls-cert", "x"], /TLS needs both/],
    [
      ["receive", "--tls-cert", pem("server.key"), "--tls-key", pem("server.key")],
      /no certificate/,
    ],
    [
      ["receive", "--tls-cert", pem("server.pem"), "--tls-key", pem("server.pem")],
      /no private key/,
    ],
    [[...mismatch, "--pickle", "0", "--page", "off"], /for pickle .*: the private key is not that/],
    [["receive", "--http", "/run/x.sock"], /'\/run\/x\.sock' is a path: --http and --page need/],
    [["receive", "--page", "/run/x.sock"], /'\/run\/x\.sock' is a path: --http and --page need/],
    [["receive", "--level", "LOUD"], /--level must be/],
    [["receive", "--nonsense"], /unknown option '--nonsense'/],
    [["receive", "--forward", "x"], /'x' is no address of a server/],
    [["send", "ftp://x"], /no address of a server/],
    [["send", "syslog://x", "--signing-key", key], /--signing-key needs an address of tcp:/],
    [
      ["receive", "--forward", "tcp://x", "--forward-shared-key", key],
      /--forward-shared-key needs an address of forward:/,
    ],
    [["spool", "ls", config], /cannot read the spool/],
    [["nonsense"], /unknown command/],
  ];
  for (const [args, sentence] of mistakes) {
    const { ended, said } = started(args);
    assertEquals(await ended, 1, args.join(" "));
    assertEquals(said.length, 1, said.join("\n"));
    assert(sentence.test(said[0]!), said[0]);
  }
});

test("receive says that a port is in use, and how to move the listener", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  for (const option of ["--pickle", "--http", "--page"]) {
    const { ended, said } = started([
      ...["receive", "--page", "off", "--pickle", "off", "--quiet", ...off],
      ...[option, String(port)],
    ]);
    assertEquals(await ended, 1);
    const what = option.slice(2);
    assertEquals(said, [
      `logwire: cannot listen for ${what} at 127.0.0.1:${port}: the port is in use; ` +
      `give another one by --${what} PORT`,
    ]);
  }
  taken.close();
  await once(taken, "close");
});

test("send ends with status 1 when records were dropped", async () => {
  const folder = mkdtempSync(join(tmpdir(), "logwire-cli-"));
  writeFileSync(join(folder, "x"), "");
  const free = createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  const { port } = free.address() as AddressInfo;
  free.close();
  await once(free, "close");
  const spool = join(folder, "spool");
  const kept = started(["send", `tcp://127.0.0.1:${port}`, "--spool", spool], ["a\n"]);
  assertEquals(await kept.ended, 0);
  assertEquals(kept.said, ["logwire: 0 records sent, 1 kept in the spool"]);
  const drain = started(["spool", "drain", spool]);
  assertEquals(await drain.ended, 0);
  assertEquals([JSON.parse(drain.printed[0]!).msg, drain.said], ["a", [
    "logwire: 1 records drained",
  ]]);
  rmSync(folder, { recursive: true });
});

test("send and receive sign pickles, and know the key of Forward", async () => {
  const folder = mkdtempSync(join(tmpdir(), "logwire-cli-"));
  const key = join(folder, "key");
  writeFileSync(key, "a secret\n");
  const behind = new ForwardReceiver("127.0.0.1", 0, {
    acceptor: connector,
    sharedKey: "a secret",
  });
  const messages: string[] = [];
  behind.handleLogRecord = (record) => void messages.push(record.getMessage());
  await behind.start();
  const { port } = behind.address as { port: number };
  const server = started([
    ...["receive", "--pickle", "0", "--page", "off", "--quiet", ...off],
    ...["--signing-key", key, "--forward-shared-key", key],
    ...["--forward", `forward://127.0.0.1:${port}`],
  ]);
  await until(() => server.said.length > 0, () => "an address");
  const address = `tcp://${/at (\S+)$/.exec(server.said[0]!)![1]}`;
  const sender = started(["send", address, "--signing-key", key], ["a\n"]);
  assertEquals([await sender.ended, ...sender.said], [0, "logwire: 1 records sent"]);
  server.end();
  assertEquals(await server.ended, 0);
  assertEquals(server.said.slice(-2), [
    ...["logwire: 1 records received", "logwire: ForwardHandler: 1 sent, 0 queued, 0 dropped"],
  ]);
  await behind.stop();
  assertEquals(messages, ["a"]);
  rmSync(folder, { recursive: true });
});

test("the version is printed with status 0", async () => {
  const { ended, printed } = started(["--version"]);
  assertEquals([await ended, printed], [0, [VERSION]]);
});

test("help is printed with status 0", async () => {
  for (const args of [["--help"], ["receive", "--help"], ["send", "--help"], ["help", "spool"]]) {
    const { ended, printed } = started(args);
    assertEquals(await ended, 0);
    assert(printed.join("\n").includes("Usage: logwire"), printed.join("\n"));
  }
});
