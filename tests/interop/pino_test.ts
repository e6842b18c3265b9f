/** Records of the real pino in a program arrive at the log server of the Python documentation. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import * as esbuild from "esbuild";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import pino from "pino";
import { connector } from "../../src/adapters/auto.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { pinoDestination } from "../../src/integrations/pino.ts";
import { withoutWorkerd, Workerd } from "../edge/workerd.ts";
import { inFolder } from "../files/folder.ts";
import { runtime, test } from "../test.ts";
import { assertSurvivesOutage, numberIn, python, received, upTo } from "./pino_runs.ts";
import { withoutPython } from "./python.ts";
import { PythonReceiver } from "./python_receiver.ts";

const skip = withoutPython();
const source = fileURLToPath(new URL("pino_program.ts", import.meta.url));

test(
  "CPython gets levels, names, errors, fields and whole integers of pino's records",
  async () => {
    await using receiver = await PythonReceiver.start(python, "tcp", "--json");
    const handler = new SocketHandler("127.0.0.1", receiver.port, { connector });
    const log = pino({ name: "shop", level: "trace" }, pinoDestination(handler));
    log.trace("50% done");
    log.child({ order: 7 }).warn(
      { id: 2n ** 64n, args: ["%s"], tags: { a: null } },
      "low on %s",
      "ink",
    );
    const cause = new RangeError("disk full");
    log.fatal(Object.assign(new TypeError("not saved", { cause }), { code: "E_SAVE" }));
    await handler.close();
    const [trace, warning, fatal] = await receiver.records(3);
    assertEquals([trace!.levelno, trace!.levelname, trace!.__message__], [5, "TRACE", "50% done"]);
    assertEquals([warning!.name, warning!.levelname, warning!.__message__], [
      "shop",
      "WARNING",
      "low on ink",
    ]);
    assertEquals([warning!.order, warning!.args_, warning!.tags], [7, ["%s"], { a: null }]);
    // JSON.parse rounds what Python has printed exactly.
    assert(receiver.lines[1]!.includes(`"id": 18446744073709551616`));
    assertEquals([warning!.process, typeof warning!.created], [process.pid, "number"]);
    assertEquals([fatal!.levelno, fatal!.levelname, fatal!.err], [50, "CRITICAL", {
      code: "E_SAVE",
    }]);
    assertMatch(
      String(fatal!.exc_text),
      /^TypeError: not saved\n[^]*\ncaused by: RangeError: disk full\n/,
    );
  },
  { skip },
);

test(
  "pino's destination loses no more in an outage than the kernel held, and nothing at exit()",
  async () => {
    await assertSurvivesOutage();
  },
  { skip },
);

for (const scenario of ["exits when sent", "closes and exits", "returns"]) {
  test(`nothing is lost of pino's destination in a program that ${scenario}`, async () => {
    assertEquals(await received(scenario), upTo(1000));
  }, { skip });
}

// Outside the tests: esbuild keeps a channel open, which Deno would report as a leak of a test.
const { outputFiles: [bundled] } = esbuild.buildSync({
  entryPoints: [source],
  bundle: true,
  platform: "node",
  external: ["bun:*", "cloudflare:*"],
  write: false,
  logLevel: "error",
});

test("pino's destination works in a bundle of esbuild", async () => {
  await inFolder(async (folder) => {
    const outfile = join(folder, "program.cjs");
    writeFileSync(outfile, bundled!.contents);
    const program = pathToFileURL(outfile).href;
    assertEquals(await received("closes and exits", [], 0, program), upTo(1000));
  });
}, { skip });

test("pino's destination works in a program that bun build --compile made", async () => {
  await inFolder(async (folder) => {
    const file = join(folder, "program");
    const command = ["build", "--compile", source, "--outfile", file];
    execFileSync(process.execPath, command, { stdio: ["ignore", "ignore", "inherit"] });
    const receiver = await PythonReceiver.start(python, "tcp");
    execFileSync(file, ["closes and exits", String(receiver.port)]);
    await receiver.stop();
    assertEquals(receiver.lines.map(numberIn), upTo(1000));
  });
}, { skip: skip || (runtime !== "bun" && "Bun compiles it") });

test(
  "a worker in workerd that logs by pino's build for browsers delivers by withFlush()",
  async () => {
    await using receiver = await PythonReceiver.start(python, "tcp", "--json");
    await using workerd = await Workerd.start({
      worker: {
        entry: "tests/edge/pino_worker.ts",
        compatibilityDate: "2026-10-01",
        compatibilityFlags: ["no_nodejs_compat"],
        define: { RECEIVER_PORT: String(receiver.port) },
      },
    });
    for (const number of ["1", "2"]) {
      await (await fetch(workerd.url("worker", `/${number}`))).body?.cancel();
    }
    const records = await receiver.records(2);
    assertEquals(records.map((record) => record.__message__), ["#1: 50% done", "#2: 50% done"]);
    for (const { name, levelno, exc_text } of records) {
      assertEquals([name, levelno], ["shop.edge", 40]);
      assertMatch(String(exc_text), /^TypeError: out of ink/);
    }
  },
  { skip: withoutWorkerd || skip },
);
