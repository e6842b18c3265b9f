/**
 * NTEventLogHandler beside CPython's; and by the real FFI of each runtime, against a C library with
 * the functions of Windows: so the widths of numbers and the layout of memory are those that C sees.
 * The functions of Windows themselves are called under Wine (tests/wine).
 */
import { assertEquals } from "@std/assert";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Formatter } from "../../src/logging/formatter.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { type BunFfi, bunFunctions } from "../../src/windows/_bun_functions.ts";
import { type DenoFfi, denoFunctions } from "../../src/windows/_deno_functions.ts";
import { type EventLog, WindowsEventLog } from "../../src/windows/_event_log.ts";
import { MAX_EVENT_CHARACTERS } from "../../src/windows/_event_text.ts";
import { koffiFunctions } from "../../src/windows/_koffi_functions.ts";
import type { LibraryPath, WindowsFunctions } from "../../src/windows/_windows_functions.ts";
import { NTEventLogHandler } from "../../src/windows/nt_event_log_handler.ts";
import { runtime, test } from "../test.ts";
import { askPython } from "./oracle.ts";
import { withoutPython } from "./python.ts";

interface Case {
  readonly appname: string;
  readonly options: { dllname: string; logtype?: string };
  /** The number of an error of the registry; 0: none. */
  readonly registryError: number;
  /** Texts that the event log does not take. */
  readonly refused: readonly string[];
  readonly typemap: readonly [level: number, type: number][];
  readonly records: readonly [level: number, text: string, args: unknown[]][];
}

/** The calls of pywin32 that our handler would make. */
function callsOf({ appname, options, registryError, refused, typemap, records }: Case): unknown {
  const calls: unknown[][] = [];
  const fail = (winerror: number) => {
    throw Object.assign(new Error(`error ${winerror}`), { winerror });
  };
  const eventLog: EventLog = {
    addSourceToRegistry(...source) {
      if (registryError !== 0) fail(registryError);
      calls.push(["add", ...source]);
    },
    reportEvent(name, { id, category, type, text }) {
      if (refused.includes(text)) fail(1722);
      calls.push(["report", name, id, category, type, [text]]);
    },
    close() {},
  };
  let handler: NTEventLogHandler;
  try {
    handler = new NTEventLogHandler(appname, { ...options, eventLog });
  } catch (error) {
    return [["error", ((error as Error).cause as { winerror: number }).winerror]];
  }
  handler.handleError = (record) => void calls.push(["lost", record.getMessage()]);
  handler.setFormatter(new Formatter("%(levelname)s %(message)s"));
  for (const [level, type] of typemap) handler.typemap[level] = type;
  for (const [level, text, args] of records) {
    handler.handle(new LogRecord("shop", level, "shop.ts", 1, text, args, null));
  }
  return calls;
}

test("NTEventLogHandler makes the calls of pywin32 that CPython's makes", () => {
  const levels = [1, 5, 10, 15, 20, 30, 35, 40, 50, 60];
  const records = levels.map((
    level,
  ): Case["records"][number] => [level, "no %s", [`ink ${level}`]]);
  const plain: Case = {
    ...{ appname: "Shop", options: { dllname: "x.dll" }, registryError: 0 },
    ...{ refused: [], typemap: [], records },
  };
  const cases: Case[] = [
    plain,
    { ...plain, appname: "Größe", options: { dllname: "%X%\\y.dll", logtype: "System" } },
    { ...plain, registryError: 5 },
    { ...plain, registryError: 1018 },
    { ...plain, typemap: [[35, 2], [10, 0], [60, 16]] },
    { ...plain, refused: ["WARNING no ink 30", "ERROR no ink 40"] },
    { ...plain, records: [[20, "Größe\n日本 😀", []], [20, "", []], [20, "%%1 %d", [7]]] },
  ];
  assertEquals(cases.map(callsOf), askPython("event_log_oracle.py", cases));
}, { skip: withoutPython() });

const source = fileURLToPath(new URL("event_log_library.c", import.meta.url));

function skipReason(): string | false {
  if (process.platform === "win32") return "this is Windows";
  const { error } = spawnSync("cc", ["--version"]);
  if (error === undefined || process.env.LOGWIRE_REQUIRE_SERVERS === "1") return false;
  return "it needs a C compiler: apt-get install g++";
}

/** The functions by this runtime's FFI, and a call that closes the library where Deno asks for it. */
function load(path: LibraryPath): { functions: WindowsFunctions; close(): void } {
  const opened: { close(): void }[] = [];
  const close = () => opened.forEach((library) => library.close());
  if (runtime === "node") return { functions: koffiFunctions(undefined, path), close };
  if (runtime === "bun") {
    const ffi: () => BunFfi = () => createRequire(import.meta.url)("bun:ffi");
    return { functions: bunFunctions(ffi, path), close };
  }
  const { Deno } = globalThis as unknown as { Deno: DenoFfi };
  const dlopen: DenoFfi["dlopen"] = (...args) => {
    const library = Deno.dlopen(...args);
    opened.push(library as unknown as { close(): void });
    return library;
  };
  const { UnsafePointer, permissions } = Deno;
  return { functions: denoFunctions({ dlopen, UnsafePointer, permissions }, path), close };
}

class Own extends NTEventLogHandler {
  override getMessageID({ levelno }: LogRecord): number {
    return 0xc000_0000 + levelno;
  }
  override getEventCategory({ levelno }: LogRecord): number {
    return levelno === 40 ? 99 : 65535;
  }
}

test(
  "C sees the numbers and texts that NTEventLogHandler passes by this runtime's FFI",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "logwire-"));
    try {
      const calls = join(folder, "calls");
      const path = join(folder, "library.so");
      const flags = ["-shared", "-fPIC", "-Wall", "-Werror", `-DCALLS="${calls}"`, "-o", path];
      const { status, stderr } = spawnSync("cc", [...flags, source], { encoding: "utf8" });
      assertEquals([status, stderr], [0, ""]);
      const { functions, close } = load(() => path);
      const texts = ["", "low on ink", "Größe\n日本 😀", "x".repeat(MAX_EVENT_CHARACTERS)];
      const handler = new Own("Shøp", { eventLog: new WindowsEventLog(functions) });
      const faults: string[] = [];
      handler.handleError = (_record, error) => void faults.push((error as Error).message);
      const handle = (text: string, level: number) =>
        handler.handle(new LogRecord("shop", level, "shop.ts", 1, text, [], null));
      for (const text of texts) handle(text, 30);
      handle("lost", 40);
      await handler.close();
      close();

      const key = "fedcba9876543210";
      const opened = "fedcba9800000042";
      const dll = "%SystemRoot%\\System32\\EventCreate.exe\0";
      const bytes = [...dll].map((unit) => `${unit.charCodeAt(0).toString(16).padStart(2, "0")}00`);
      const report = (type: number, category: number, level: number, text: string) => [
        ...["ReportEventW", opened, type, category, 0xc000_0000 + level, null, 0, null, text],
      ];
      const keyPath = "SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\Shøp";
      const lines = readFileSync(calls, "utf8").trimEnd().split("\n");
      assertEquals(lines.map((line) => JSON.parse(line)), [
        ["RegCreateKeyExW", 0x8000_0002, keyPath, 0, null, 0, 2, null, null],
        ["RegSetValueExW", key, "EventMessageFile", 0, 2, bytes.join("")],
        ["RegSetValueExW", key, "TypesSupported", 0, 4, "07000000"],
        ["RegCloseKey", key],
        ["RegisterEventSourceW", null, "Shøp"],
        ...texts.map((text) => report(2, 65535, 30, text)),
        report(1, 99, 40, "lost"),
        ["DeregisterEventSource", opened],
        ["RegisterEventSourceW", null, "Shøp"],
        report(1, 99, 40, "lost"),
        ["DeregisterEventSource", opened],
      ]);
      assertEquals(faults, ["ReportEventW failed: error 1722 (net helpmsg 1722)"]);
      const { emitted, sent, droppedTotal } = handler.stats;
      assertEquals([emitted, sent, droppedTotal], [5, 4, 1]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  { skip: skipReason() },
);
