/** The table of CPython's tests of logging: complete, and true in what it names. */
import { assert, assertEquals } from "@std/assert";
import process from "node:process";
import { cpythonWithTests } from "../interop/cpython_tests.ts";
import { test } from "../test.ts";
import type { Answer } from "./parity/answers.ts";
import { config } from "./parity/config.ts";
import { files } from "./parity/files.ts";
import { formatters } from "./parity/formatters.ts";
import { handlers } from "./parity/handlers.ts";
import { loggers } from "./parity/loggers.ts";
import { exists, read } from "./sources.ts";
import { titlesIn } from "./titles.ts";

/** The test methods of CPython 3.14's test_logging.py, as unittest finds them. */
const methods = read("tests/meta/parity/cpython_3_14.txt").trim().split("\n");

/** The methods that came with 3.14. */
const newIn314 = [
  "ConfigDictTest.test_config_reject_simple_queue_handler_multiprocessing_context",
  "ConfigDictTest.test_deprecation_warning_custom_handler_with_strm_arg",
  "QueueHandlerTest.test_queue_listener_context_manager",
  "QueueHandlerTest.test_queue_listener_multi_start",
  ...["SysLogHandlerTest", "UnixSysLogHandlerTest", "IPv6SysLogHandlerTest"]
    .map((name) => `${name}.test_tcp_timeout`),
];

/** Each method that the table has, with its answers. */
const entries: [method: string, answers: readonly Answer[]][] = [
  ...[loggers, formatters, handlers, files, config],
].flatMap((parity) =>
  Object.entries(parity).flatMap(([className, answered]) =>
    Object.entries(answered).map(([method, answers]) =>
      [`${className}.${method}`, answers] as [string, readonly Answer[]]
    )
  )
);

/** The answers of one kind, each behind its method. */
function answersOf<Kind extends Answer["kind"]>(kind: Kind): [string, Answer & { kind: Kind }][] {
  return entries.flatMap(([method, answers]) =>
    answers.filter((answer): answer is Answer & { kind: Kind } => answer.kind === kind)
      .map((answer) => [method, answer] as [string, Answer & { kind: Kind }])
  );
}

/** Text on one line, without the marks of a comment. */
function prose(text: string): string {
  return text.replace(/^ \* ?/gm, "").replace(/\s+/g, " ");
}

test("the table has one entry for each test method of CPython 3.14's logging, and no other", () => {
  assertEquals([methods.length, new Set(methods).size], [270, 270]);
  assertEquals(entries.map(([method]) => method).sort(), methods.toSorted());
  assertEquals(entries.filter(([, answers]) => answers.length === 0), []);
});

test("every test that the table names stands once in its file, under this title", () => {
  const titles = new Map<string, string[]>();
  const wrong = answersOf("shown").flatMap(([method, { file, titles: named }]) => {
    if (!exists(file)) return [`${method}: there is no ${file}`];
    if (!titles.has(file)) titles.set(file, titlesIn(read(file)));
    const count = (title: string) => titles.get(file)!.filter((other) => other === title).length;
    if (named.length === 0) return [`${method}: names no test of ${file}`];
    return named.filter((title) => count(title) !== 1)
      .map((title) => `${method}: ${file} has ${count(title)} tests "${title}"`);
  });
  assertEquals(wrong, []);
});

test("every difference of the table stands word for word in README.md or on the page of mod.ts", () => {
  const docs = [read("README.md"), read("mod.ts").split("@module")[0]!].map(prose);
  const missing = answersOf("difference")
    .filter(([, { sentence }]) => !docs.some((text) => text.includes(sentence)));
  assertEquals(missing.map(([method, { sentence }]) => `${method}: ${sentence}`), []);
  const short = answersOf("difference").filter(([, { sentence }]) =>
    sentence.split(" ").length < 5
  );
  assertEquals(short, []);
});

test("every reason of the table is a sentence of its own class of tests", () => {
  const classes = new Map<string, Set<string>>();
  for (const [method, { reason }] of answersOf("absent")) {
    assert(reason.split(" ").length >= 8, `${method}: ${reason}`);
    const [className = ""] = method.split(".");
    classes.set(reason, (classes.get(reason) ?? new Set()).add(className));
  }
  const shared = [...classes].filter(([, { size }]) => size > 1);
  assertEquals(shared.map(([reason, names]) => [reason, ...names]), []);
});

const of314 = cpythonWithTests("3.14");

test("the list of methods is that of the CPython 3.14 on this machine", () => {
  assertEquals(methods.filter((method) => !of314!.methods.includes(method)), []);
  // A later patch release may have more: news for this project, and no fault of a user's machine.
  const more = of314!.methods.filter((method) => !methods.includes(method));
  if (process.env.LOGWIRE_REQUIRE_SERVERS === "1") assertEquals(more, []);
}, { skip: of314 === undefined && "it needs CPython 3.14 with its tests: pyenv install 3.14" });

const of313 = cpythonWithTests("3.13");

test("the list of methods is that of CPython 3.13, but for those that came with 3.14", () => {
  const old = methods.filter((method) => !newIn314.includes(method));
  assertEquals(old.filter((method) => !of313!.methods.includes(method)), []);
  assert(old.length > 250, String(old.length));
}, { skip: of313 === undefined && "it needs CPython 3.13 with its tests: pyenv install 3.13" });
