// deno-lint-ignore-file no-console -- a bench prints
/**
 * The file handlers beside CPython's, into files of a temporary folder: records a second with time,
 * level, name and message, the median of five interleaved rounds, and the ratio to CPython in the same
 * run. On Node also pino's synchronous file destination with the same four things, and its ratio; pino
 * is installed by `npm ci` in `bench/`. Every file is checked. On the runtime that is measured:
 *
 *     node --import tsx bench/core/file_handler.ts
 *     deno run -A bench/core/file_handler.ts
 *     bun bench/core/file_handler.ts
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Formatter, getLogger, INFO } from "../../mod.ts";
import {
  FileHandler,
  RotatingFileHandler,
  TimedRotatingFileHandler,
  WatchedFileHandler,
} from "../../src/files/file_handlers.ts";
import { MESSAGE } from "../net/record.mjs";

const ROUNDS = 5;
const RECORDS = 100_000;
const FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s";
const LINE = `2026-11-28 10:00:00,123 INFO myapp.area1 ${MESSAGE}\n`;
const LINES = new RegExp(
  `^(?:\\d{4}-\\d\\d-\\d\\d [\\d:]{8},\\d{3}${LINE.slice(23, -1)}\\n)+$`,
);
const peer = fileURLToPath(
  new URL("../peers/file_handler.py", import.meta.url),
);

const kinds = {
  FileHandler: (path: string) => new FileHandler(path),
  WatchedFileHandler: (path: string) => new WatchedFileHandler(path),
  RotatingFileHandler: (path: string) =>
    new RotatingFileHandler(path, { maxBytes: 2 ** 40, backupCount: 1 }),
  TimedRotatingFileHandler: (path: string) => new TimedRotatingFileHandler(path),
};

/** Records a turn of the event loop; CPython has no turns. */
const bursts = [RECORDS, 64, 1];

const folder = mkdtempSync(`${tmpdir()}/logwire-bench-`);
const path = `${folder}/app.log`;
const log = getLogger("myapp.area1");
log.setLevel(INFO);
log.propagate = false;

/** Logs them all; records a second. */
async function ours(make: (path: string) => FileHandler, perTurn: number): Promise<number> {
  const handler = make(path);
  handler.setFormatter(new Formatter(FORMAT));
  log.addHandler(handler);
  const count = perTurn === 1 ? RECORDS / 5 : RECORDS;
  const started = performance.now();
  for (let i = 0; i < count; i += perTurn) {
    for (let j = 0; j < perTurn && i + j < count; j++) log.info(MESSAGE);
    if (perTurn < RECORDS) await setImmediate();
  }
  await handler.close();
  const rate = count / (performance.now() - started) * 1000;
  log.removeHandler(handler);
  check(count);
  return rate;
}

function cpython(kind: string): number {
  const rate = Number(execFileSync("python3", [peer, kind, path, String(RECORDS)]).toString());
  check(RECORDS);
  return rate;
}

/** pino's synchronous file destination; it writes each line at once, in a burst as in turns. */
interface PinoFile {
  log: { info(message: string): void };
  close(): void;
}

const isNode = !("Deno" in globalThis) && !("Bun" in globalThis);
const openPino: ((path: string) => PinoFile) | undefined = isNode
  ? (await import("../peers/file_destination_pino.mjs")).open
  : undefined;

async function pino(perTurn: number): Promise<number> {
  const { log, close } = openPino!(path);
  const count = perTurn === 1 ? RECORDS / 5 : RECORDS;
  const started = performance.now();
  for (let i = 0; i < count; i += perTurn) {
    for (let j = 0; j < perTurn && i + j < count; j++) log.info(MESSAGE);
    if (perTurn < RECORDS) await setImmediate();
  }
  close();
  const rate = count / (performance.now() - started) * 1000;
  const lines = readFileSync(path, "utf8").split("\n");
  rmSync(path);
  const { time, ...last } = JSON.parse(lines[count - 1]!);
  const isRight = lines.length === count + 1 && typeof time === "number" &&
    last.level === 30 &&
    last.name === "myapp.area1" && last.msg === MESSAGE;
  if (!isRight) throw new Error("pino's file does not hold what was logged");
  return rate;
}

/** The file holds what was logged, and nothing else. */
function check(count: number): void {
  const same = statSync(path).size === count * LINE.length &&
    LINES.test(readFileSync(path, "utf8"));
  rmSync(path);
  if (!same) throw new Error("the file does not hold what was logged");
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}

const thousands = (rate: number) => `${Math.round(rate / 1000)} k/s`.padStart(11);

/** Prints the median rates of each burst, and their ratios to the base. */
function row(name: string, base: number, rates: number[][]): void {
  const cells = rates.map((of) => {
    const rate = median(of);
    return `${thousands(rate)} ${(rate / base).toFixed(2).padStart(8)}`;
  });
  console.log(`${name.padEnd(25)}${thousands(base)} ${cells.join(" ")}`);
}

console.log(
  `${"".padEnd(25)}    CPython   one burst        ×  64 a turn        ×   1 a turn        ×`,
);
try {
  for (const [kind, make] of Object.entries(kinds)) {
    const theirs: number[] = [];
    const rates: number[][] = bursts.map(() => []);
    const pinos: number[][] = bursts.map(() => []);
    const withPino = kind === "FileHandler" && openPino !== undefined;
    for (const perTurn of bursts) { // warms up
      await ours(make, perTurn);
      if (withPino) await pino(perTurn);
    }
    for (let round = 0; round < ROUNDS; round++) {
      theirs.push(cpython(kind));
      for (const [i, perTurn] of bursts.entries()) {
        rates[i]!.push(await ours(make, perTurn));
        if (withPino) pinos[i]!.push(await pino(perTurn));
      }
    }
    const base = median(theirs);
    row(kind, base, rates);
    if (!withPino) continue;
    row("pino, synchronous", base, pinos);
    const ratios = rates.map((of, i) => (median(of) / median(pinos[i]!)).toFixed(2));
    console.log(
      `FileHandler × pino: ${ratios.join(", ")} (one burst, 64 a turn, 1 a turn)`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
