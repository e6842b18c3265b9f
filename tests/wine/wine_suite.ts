/**
 * The Wine suite: the Windows build of Node 20 runs NTEventLogHandler against Wine's event log and
 * registry, and the tests of the file handlers and of the spool, with Windows' paths, locks and
 * errors. It prints a line for each check and a table of the test files; the exit status is 1 if
 * one failed that is not in not_carried.ts. Run by tests/tools/long.mjs.
 *
 * Wine's event log only prints events: reading them back is for Windows itself. Neither Deno nor Bun
 * runs under Wine.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundles.ts";
import { until } from "../until.ts";
import { notCarried } from "./not_carried.ts";
import { type Ended, Wine, withoutWine } from "./wine.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const say = (text: string) => void process.stdout.write(`${text}\n`);

/** The test files that run under Wine. */
const testFiles = ["tests/files", "tests/windows"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith("_test.ts")).sort()
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
);

const EVENTS = "tests/wine/event_program.ts";
const LOCK = "tests/wine/lock_program.ts";
const FILE = "tests/interop/file_program.ts";
const HELD = "tests/wine/held_file_program.ts";

const SOURCES = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application";

/** The events that Wine printed: type, category, id and text, which Wine escapes and cuts short. */
function eventsIn(stderr: string): unknown[][] {
  const calls = stderr.matchAll(
    /:ReportEventW \(\w+,0x(\w+),0x(\w+),0x(\w+),0+,0x0001,0x00000000,\w+,0+\): stub\r?\n.*?:ReportEventW L"(.*)"/g,
  );
  return [...calls].map(([, type = "", category = "", id = "", text]) => [
    ...[type, category, id].map((number) => parseInt(number, 16)),
    text,
  ]);
}

/** Checks the values of a source as Wine's reg.exe prints them. */
async function checkSource(wine: Wine, appname: string, dllname: string): Promise<void> {
  const { stdout } = await wine.wine("reg", "query", `${SOURCES}\\${appname}`);
  const values = [...stdout.matchAll(/^ +(\w+) +(\w+) +(.*?)\r?$/gm)].map(([, ...parts]) => parts);
  assertEquals(values.sort(), [
    ["EventMessageFile", "REG_EXPAND_SZ", dllname],
    ["TypesSupported", "REG_DWORD", "0x7"],
  ]);
}

interface Setting {
  readonly wine: Wine;
  /** The path of the bundle of a file, which finds koffi. */
  programOf(file: string): string;
  /** A new folder. */
  folder(): string;
}

/** Checks beside the test files, by title. */
const checks: Record<string, (setting: Setting) => Promise<void>> = {
  "events arrive with their types, categories, ids and texts": async ({ wine, programOf }) => {
    const debug = "-all,fixme+advapi,+eventlog";
    const ended = await wine.run(programOf(EVENTS), ["logwire"], { debug });
    const cut = "x".repeat(10);
    const events = eventsIn(ended.stderr);
    assertEquals(events.slice(0, 5), [
      [4, 10, 1, "low on ink"],
      [4, 20, 1, "Gr\\00f6\\00dfe \\65e5\\672c \\d83d\\de00"],
      [2, 30, 1, 'a tab\\tand \\"quotes\\"\\nin two lines'],
      [1, 40, 1, "a lone \\fffd and a NUL \\\\x00."],
      [1, 50, 0xc000_0007, "out of ink"],
    ], ended.stderr);
    assertEquals([events.length, events[5]!.slice(0, 3)], [6, [2, 30, 1]]);
    assert(String(events[5]![3]).startsWith(cut));
    assertEquals(JSON.parse(ended.stdout), {
      ...{ emitted: 7, sent: 6, cut: 1, droppedTotal: 1 },
      dropped: { unavailable: 0, error: 0, closed: 1 },
    });
    assertMatch(ended.stderr, /:RegisterEventSourceW \(\(null\),L"logwire"\)/);
    assertEquals(ended.stderr.match(/:DeregisterEventSource /g)?.length, 1);
  },
  "the registry has the source, with Windows' own message file": ({ wine }) =>
    checkSource(wine, "logwire", "%SystemRoot%\\System32\\EventCreate.exe"),
  "the registry has the message file of the program, under a name that is not ASCII": async (
    { wine, programOf },
  ) => {
    const dllname = "C:\\shop\\messages.dll";
    for (const appname of ["Shop 2", "Größe"]) {
      const { status, stderr } = await wine.run(programOf(EVENTS), [appname, dllname]);
      assertEquals([status, stderr], [0, ""]);
      await checkSource(wine, appname, dllname);
    }
  },
  "without koffi a line names it, and every record is counted as dropped": async (
    { wine, folder },
  ) => {
    const [program = ""] = await bundle([EVENTS], folder());
    const { stdout, stderr } = await wine.run(program, ["logwire"]);
    assertMatch(stderr, /^logwire: NTEventLogHandler logwire: .* npm install koffi\. .*\r?\n$/);
    const { sent, dropped } = JSON.parse(stdout);
    assertEquals([sent, dropped], [0, { unavailable: 6, error: 0, closed: 1 }]);
  },
  "a program loses no line of its file, however it ends": async ({ wine, programOf, folder }) => {
    const lines = Array.from({ length: 1000 }, (_, i) => `#${i}\n`).join("");
    const endings = { ends: 0, exits: 0, "logs while it exits": 0, throws: 1, rejects: 1 };
    for (const [ending, status] of Object.entries(endings)) {
      const cwd = folder();
      // A relative path with Windows' separator.
      mkdirSync(join(cwd, "logs"));
      const ended = await wine.run(programOf(FILE), [ending, "logs\\app.log"], { cwd });
      assertEquals(ended.status, status, `${ending}: ${ended.stderr}`);
      assertEquals(readFileSync(join(cwd, "logs", "app.log"), "utf8"), lines, ending);
    }
  },
  "a roll-over that another program prevents is reported, loses no line, and is tried again":
    async ({ wine, programOf, folder }) => {
      const cwd = folder();
      const { stdout, stderr } = await wine.run(programOf(HELD), ["app.log"], { cwd });
      assertEquals(stderr, "");
      const { errors, wasHeld, count } = JSON.parse(stdout);
      assertEquals([errors, wasHeld], [["EBUSY"], true]);
      const texts = ["app.log.1", "app.log"].map((name) => readFileSync(join(cwd, name), "utf8"));
      const lines = Array.from({ length: count }, (_, i) => `record ${i}\n`);
      assertEquals(texts.join(""), lines.join(""));
    },
  "a spool is locked while its process runs, and passes on when it was killed": async (
    { wine, programOf, folder },
  ) => {
    const cwd = folder();
    const use = async () => {
      const { stdout, stderr } = await wine.run(programOf(LOCK), ["use", `Z:${cwd}\\spool`]);
      assertEquals(stderr, "");
      return JSON.parse(stdout) as { errors: string[]; recovered: number };
    };
    const kill = wine.begin(programOf(LOCK), ["hold", `Z:${cwd}\\spool`]);
    await until(() => existsSync(join(cwd, "spool", "lock")), () => "no lock of the first program");
    const { errors: [error = ""], recovered } = await use();
    assertMatch(error, /the process \d+ of \S+ uses it: .*; if that process is another program/);
    assertEquals(recovered, 0);
    await kill();
    assertEquals(await use(), { errors: [], recovered: 1 });
    assertEquals(await use(), { errors: [], recovered: 2 });
  },
};

/** A test file that was run. */
interface FileResult {
  readonly file: string;
  readonly passed: number;
  readonly skipped: number;
  readonly failed: readonly string[];
  readonly output: string;
}

/** Reads the TAP of a test file. */
function resultOf(file: string, { status, stdout, stderr }: Ended): FileResult {
  const tests = [...stdout.matchAll(/^(not )?ok \d+ - (.*?)( # SKIP.*)?\r?$/gm)];
  const failed = tests.filter(([, not]) => not).map(([, , title = ""]) => title);
  const skipped = tests.filter(([, , , skip]) => skip).length;
  const passed = tests.length - failed.length - skipped;
  if (tests.length === 0 || (status !== 0 && failed.length === 0)) failed.push(`status ${status}`);
  return { file, passed, skipped, failed, output: stdout + stderr };
}

function table(results: readonly FileResult[]): string {
  const rows = [["test file", "passed", "not carried by Wine", "failed"]];
  const total = [0, 0, 0];
  for (const { file, passed, failed } of results) {
    const expected = failed.filter((title) => title in notCarried).length;
    const counts = [passed, expected, failed.length - expected];
    counts.forEach((count, i) => total[i]! += count);
    rows.push([file.replace("tests/", ""), ...counts.map(String)]);
  }
  rows.push(["together", ...total.map(String)]);
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) =>
    row.map((text, i) => i === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[i]!)).join("  ")
  ).join("\n");
}

async function main(): Promise<void> {
  const missing = withoutWine();
  if (missing !== undefined) {
    say(`the Wine suite is skipped: ${missing}`);
    if (process.env.LOGWIRE_REQUIRE_SERVERS === "1") process.exitCode = 1;
    return;
  }
  say("installing Node and koffi for Windows …");
  const wine = Wine.make();
  const problems: string[] = [];
  try {
    const home = join(wine.folder, "with-koffi");
    const files = [EVENTS, LOCK, FILE, HELD, ...testFiles];
    const bundles = await bundle(files, home);
    const programOf = (file: string) => bundles[files.indexOf(file)]!;
    let folders = 0;
    const folder = () => {
      const path = join(wine.folder, `folder-${folders++}`);
      mkdirSync(path);
      return path;
    };
    for (const [title, check] of Object.entries(checks)) {
      try {
        await check({ wine, programOf, folder });
        say(`ok    ${title}`);
      } catch (error) {
        say(`FAIL  ${title}\n${error instanceof Error ? error.stack : error}`);
        problems.push(title);
      }
    }
    const results: FileResult[] = [];
    for (const file of testFiles) {
      const result = resultOf(file, await wine.run(programOf(file)));
      results.push(result);
      const unexpected = result.failed.filter((title) => !(title in notCarried));
      for (const title of unexpected) problems.push(`${file}: ${title}`);
      if (unexpected.length > 0) say(`FAIL  ${file}\n${result.output}`);
    }
    say(`\n${table(results)}\n`);
    for (const [reason, titles] of reasons(results)) {
      say(`not carried: ${reason}:\n${titles.map((title) => `  ${title}`).join("\n")}`);
    }
  } finally {
    wine.end();
  }
  const sum = problems.length === 0 ? "no problem" : `problems:\n  ${problems.join("\n  ")}`;
  say(`\nthe Wine suite: ${sum}`);
  if (problems.length > 0) process.exitCode = 1;
}

/** The tests that failed as was expected, by the reason. */
function reasons(results: readonly FileResult[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const title of results.flatMap(({ failed }) => failed)) {
    const reason = notCarried[title];
    if (reason !== undefined) found.set(reason, [...found.get(reason) ?? [], title]);
  }
  return found;
}

await main();
