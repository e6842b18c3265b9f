/** Records of the real pino in its worker arrive at the log server of the Python documentation. */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import * as esbuild from "esbuild";
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { connector } from "../../src/adapters/auto.ts";
import { LogRecordSocketReceiver } from "../../src/receivers/socket_receiver.ts";
import pinoTarget, { type PinoTargetOptions } from "../../src/integrations/pino.ts";
import { handlersNewestFirst } from "../../src/logging/handler.ts";
import { inFolder } from "../files/folder.ts";
import { runtime, test } from "../test.ts";
import { until } from "../until.ts";
import { assertSurvivesOutage, options, python, received, upTo } from "./pino_runs.ts";
import { runProgram } from "./programs.ts";
import { withoutPython } from "./python.ts";
import { PythonReceiver } from "./python_receiver.ts";

const skip = withoutPython();

// Bundled, as Node 20 starts no worker of a `.ts` file, and pino itself none of several targets.
// Outside the tests: esbuild keeps a channel open, which Deno would report as a leak of a test.
const { outputFiles } = esbuild.buildSync({
  entryPoints: [fileURLToPath(new URL("../../src/integrations/pino.ts", import.meta.url))],
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  external: ["bun:*", "cloudflare:*"],
  outdir: ".",
  outExtension: { ".js": ".mjs" },
  write: false,
  logLevel: "error",
});

/** Calls `action` with the URL of the worker target. */
async function withTarget(action: (target: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    for (const { path, contents } of outputFiles) {
      writeFileSync(join(folder, basename(path)), contents);
    }
    await action(pathToFileURL(join(folder, "pino.mjs")).href);
  });
}

test(
  "pino's worker loses no more in an outage than the kernel held, and nothing at exit()",
  async () => {
    await withTarget(async (target) => await assertSurvivesOutage([target]));
  },
  { skip },
);

for (const scenario of ["exits", "exits when sent", "returns"]) {
  test(`nothing is lost of pino's worker in a program that ${scenario}`, async () => {
    await withTarget(async (target) =>
      assertEquals(await received(scenario, [target]), upTo(1000))
    );
  }, { skip });
}

test("an uncaught error loses nothing of pino's worker", async () => {
  await withTarget(async (target) =>
    assertEquals(await received("throws", [target], 1), upTo(1000))
  );
}, { skip: skip || (runtime === "deno" && "Deno emits no exit event, of which pino needs one") });

test("pino's worker reports how many records are lost when the server stays away", async () => {
  const receiver = await PythonReceiver.start(python, "tcp");
  const { port } = receiver;
  await receiver.stop();
  await withTarget(async (target) => {
    const { stderr } = await runProgram("pino_program.ts", ["absent", port, target], 0, options);
    assertMatch(stderr, /1000 records lost/);
  });
}, { skip });

test("nothing is lost of 60,000 records that a program logs in the turn of process.exit()", async () => {
  const receiver = new LogRecordSocketReceiver("127.0.0.1", 0, { acceptor: connector });
  const texts: string[] = [];
  receiver.handleLogRecord = (record) => void texts.push(record.getMessage());
  await receiver.start();
  const { port } = receiver.address as { port: number };
  await withTarget(async (target) => {
    await runProgram("pino_program.ts", ["exits after a burst", port, target], 0, options);
  });
  await receiver.stop();
  assertEquals([texts.length, texts.at(-1)], [60_000, "#59999"]);
});

test("what a handler in pino's worker prints is on stdout before process.exit() ends the program", async () => {
  await withTarget(async (target) => {
    const args = ["exits after lines on stdout", 1, target];
    const { stdout, stderr } = await runProgram("pino_program.ts", args, 0, options);
    assertEquals([stdout, stderr], [upTo(1000).map((number) => `#${number}\n`).join(""), ""]);
  });
});

test("two targets in one worker have a handler each, and the logger's keys", async () => {
  const receiver = await PythonReceiver.start(python, "tcp", "--json");
  await withTarget(async (target) => {
    await runProgram("pino_program.ts", ["two targets", receiver.port, target], 0, options);
  });
  await receiver.stop();
  const records = (await receiver.records(3)).map(({ name, __message__, exc_text }) =>
    [name, __message__, String(exc_text).split("\n")[0]].join(" ")
  );
  assertEquals(records.sort(), [
    "high b RangeError: disk full",
    "pino a null",
    "pino b RangeError: disk full",
  ]);
}, { skip });

test("the target joins lines that arrive in pieces, as text or bytes, and reads a last cut line", async () => {
  const receiver = new LogRecordSocketReceiver("127.0.0.1", 0, { acceptor: connector });
  const texts: string[] = [];
  receiver.handleLogRecord = (record) =>
    void texts.push(`${record.levelname} ${record.getMessage()}`);
  await receiver.start();
  const { port } = receiver.address as { port: number };
  const handler = { class: "SocketHandler", host: "127.0.0.1", port };
  // pino adds the levels of a logger that has the transport as an option.
  const added = { levels: { audit: 35 }, pinoWillSendConfig: true };
  const stream = await pinoTarget({ handler, name: "shop", ...added } as PinoTargetOptions);
  stream.write(`{"level":"audit","msg":"a"}\n{"level":30,`);
  stream.write(`"msg":"b"}\n`);
  const bytes = new TextEncoder().encode(`{"level":30,"msg":"é"}\n`);
  const at = bytes.indexOf(0xc3) + 1;
  for (const piece of [bytes.subarray(0, at), bytes.subarray(at)]) stream.write(piece);
  await stream.flush();
  await until(() => texts.length === 3, () => "three records");
  stream.write(`{"level":30,"msg":"cut"`);
  const closed = new Promise<void>((resolve) => stream.on("close", resolve));
  stream.end();
  await closed;
  await receiver.stop();
  assertEquals(texts, ["AUDIT a", "INFO b", "INFO é", `INFO {"level":30,"msg":"cut"`]);
});

test("the target refuses options that describe no handler", async () => {
  const make = (options: unknown) => pinoTarget(options as PinoTargetOptions);
  const before = handlersNewestFirst();
  await assertRejects(() => make(undefined), TypeError, "'options' must be an object");
  await assertRejects(() => make({}), TypeError, "'handler' must be an object");
  await assertRejects(() => make({ handler: { class: "Socket" } }), TypeError, "SocketHandler");
  const handler = { class: "SocketHandler", host: "a", port: 1 };
  await assertRejects(() => make({ handler, name: 7 }), TypeError, "'name' must be a string");
  assertEquals(handlersNewestFirst(), before);
});

test("a wrong option is an error of the transport that names it", async () => {
  await withTarget(async (target) => {
    const run = await runProgram("pino_program.ts", ["wrong option", 1, target], 0, options);
    assertMatch(run.stdout, /there is no option 'hander': the options are handler, name/);
  });
}, { skip });
