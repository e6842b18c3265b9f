import { assert, assertEquals } from "@std/assert";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manager, root } from "../../src/logging/get_logger.ts";
import { withBareRoot } from "../logging/helpers.ts";
import { roundsOf } from "../long_form.ts";
import { test } from "../test.ts";
import { compare, replay, type Step } from "./config_replay.ts";
import { askPython, Chooser, knowsDefaults, withoutConfigParser } from "./oracle.ts";

const names = ["a", "a.b", "a.b.c", "ab", "x", "x.y.z", "root"];

const calls: Step[] = ["", ...names].flatMap((name) =>
  [10, 20, 30, 50].map((level): Step => ["log", name, level, `${name} at ${level}`])
);

/** A file with a handler on standard output; `more` follows, `less` is left out. */
function file(more: string = "", less: RegExp = /(?!)/): string {
  return `
[loggers]
keys=root,parser

[handlers]
keys=hand1

[formatters]
keys=form1

[logger_root]
level=WARNING
handlers=hand1

[logger_parser]
level=DEBUG
handlers=hand1
propagate=0
qualname=compiler.parser

[handler_hand1]
class=StreamHandler
level=NOTSET
formatter=form1
args=(sys.stdout,)

[formatter_form1]
format=%(levelname)s ++ %(message)s
datefmt=
`.replace(less, "") + more;
}

/** Replaces the handler of `file()` by one with these options. */
const handler = (options: string) =>
  file("", /\[handler_hand1\][^[]*/).replace(
    "[formatter_form1]",
    `[handler_hand1]\n${options}\n\n$&`,
  );

const keys = (section: string, list: string) =>
  file().replace(new RegExp(`(\\[${section}\\]\nkeys=).*`), `$1${list}`);

const taken: Record<string, string> = {
  "a plain file": file(),
  "Python's own names of classes": file().replace("=StreamHandler", "=logging.StreamHandler"),
  "a handler without arguments": handler("class=StreamHandler"),
  "arguments by name": handler("class=StreamHandler\nkwargs={'stream': sys.stdout,}"),
  "no formatters": keys("formatters", "").replace("formatter=form1", ""),
  "spaces in lists": keys("handlers", " hand1 , hand1,hand1 "),
  "a formatter with a style, a date and defaults": file().replace(
    /format=.*\ndatefmt=/,
    'format={asctime} {message} {x}\ndatefmt=today\nstyle={\ndefaults={"x": 1}',
  ),
  "a format that is not interpolated, with values of DEFAULT": file(
    "[DEFAULT]\nformat=%(message)s\ndatefmt=%Y\nlevel=ERROR\n",
    /format=.*\n/,
  ),
  "an option validate, which does nothing": file("validate=False"),
  "a formatter by its class": file("class=logging.Formatter"),
  "interpolation": file().replace(
    "args=(sys.stdout,)",
    "args=(%(out)s,)\nout=sys.%(name)s\nname=stdout",
  ),
  "lines that go on": file().replace("args=(", "args=(\n    # a comment\n\n  "),
  "comments": file("; the end\n# of the file"),
  "names of options in upper case": file().replaceAll(/^[a-z]+(?==)/gm, (key) => key.toUpperCase()),
  "a root by another name": file().replace("compiler.parser", "root"),
  "a root by an empty name": file().replace("compiler.parser", ""),
  "a logger twice": keys("loggers", "root,parser,other").replace(
    "[formatter_form1]",
    "[logger_other]\nqualname=compiler.parser\nhandlers=\n\n$&",
  ),
  "a memory handler and its target, whichever stands first": keys("handlers", "buffer,hand1")
    .replace("handlers=hand1", "handlers=buffer")
    .replace(
      "[formatter_form1]",
      "[handler_buffer]\nclass=handlers.MemoryHandler\nargs=(10, ERROR)\ntarget=hand1\n\n$&",
    ),
  "the constants of the documentation": keys("handlers", "hand1,h2,h3,h4,h5,h6").replace(
    "[formatter_form1]",
    [
      "[handler_h2]\nclass=handlers.SocketHandler\nlevel=WARN",
      "args=('localhost', handlers.DEFAULT_TCP_LOGGING_PORT)",
      "[handler_h3]\nclass=handlers.DatagramHandler",
      "args=('localhost', handlers.DEFAULT_UDP_LOGGING_PORT)",
      "[handler_h4]\nclass=handlers.SysLogHandler\nlevel=ERROR",
      "args=(('localhost', handlers.SYSLOG_UDP_PORT), handlers.SysLogHandler.LOG_USER)",
      "[handler_h5]\nclass=handlers.HTTPHandler",
      "args=('localhost:9022', '/log', 'GET')\nkwargs={'secure': False}",
      "[handler_h6]\nclass=handlers.SMTPHandler\nlevel=CRITICAL",
      "args=('localhost', 'from@abc', ['user1@abc', 'user2@xyz'], 'Logger Subject')",
      "kwargs={'timeout': 10.0}\n\n$&",
    ].join("\n"),
  ),
  "a file that other programs read, too": file(
    "[server:main]\nuse = egg:shop#main\n/ = pages\nurl = %(NOWHERE)s ; kept\nset debug: a=b\n" +
      "[pipeline]\nall =\n    one\n    two\n",
  ),
  "a comment behind the arguments, and a line that goes on by a backslash": handler(
    "class=StreamHandler \nargs=(sys.stdout, \\\n  ) # the end",
  ),
  "arguments in a list": handler("class: StreamHandler\nformatter: form1\nargs: [sys.stdout]"),
  "lines that end as on Windows": file().replaceAll("\n", "\r\n"),
  "the arguments of real files": keys("handlers", "hand1,h2,h3,h4").replace(
    "[formatter_form1]",
    [
      "[handler_h2]\nclass = handlers.SysLogHandler\nargs = ('/dev/log', \"local7\")",
      "[handler_h3]\nclass=logging.handlers.SMTPHandler",
      "args=(('mail.example', 465), 'a@mail.example', ['b@mail.example', ], 'E!', ('u', 'p'), ())",
      "[handler_h4]\nclass=handlers.TimedRotatingFileHandler",
      "args=('never-opened.log', 'midnight', 7, 0, 'utf-8', True)\n\n$&",
    ].join("\n"),
  ),
  "a level that has no name": file().replace("propagate=0", "propagate= -1_0 "),
};

test("fileConfig() takes each of these files as CPython's does", async () => {
  const known = Object.values(taken).filter((text) => knowsDefaults || !text.includes("defaults="));
  const scripts = known.map((text): Step[] => [
    ["logger", "a.b", 10, true],
    ["file", text, {}],
    ...calls,
  ]);
  assertEquals(await compare(scripts), scripts.length);
}, { skip: withoutConfigParser() });

/** Files that both sides refuse; a refused one must change nothing on our side. */
const refused: string[] = [
  "[loggers",
  "no section",
  ...["loggers", "handlers", "formatters"].map((name) =>
    file("", new RegExp(`\\[${name}\\].*\n.*\n`))
  ),
  ...["logger_root", "logger_parser", "handler_hand1", "formatter_form1"].map((name) =>
    file("", new RegExp(`\\[${name}\\][^[]*`))
  ),
  ...["qualname=.*\n", "class=.*\n", "handlers=.*\n"].map((line) => file("", new RegExp(line))),
  keys("loggers", ""),
  keys("loggers", "parser"),
  keys("loggers", "root,"),
  keys("handlers", "hand1,hand2"),
  keys("handlers", ""),
  keys("formatters", "form2"),
  file().replace("formatter=form1", "formatter=misspelled_name"),
  file().replace("level=WARNING", "level=WRANING"),
  file().replace("level=WARNING", "level="),
  file().replace("level=WARNING", "level=10"),
  file().replace("level=NOTSET", "level=%(nothing)s"),
  file().replace("propagate=0", "propagate=no"),
  file().replace("propagate=0", "propagate="),
  file().replace("handlers=hand1", "handlers=hand1,"),
  file("prince"),
  file("[loggers]"),
  file("datefmt=again"),
  file("style=#"),
  file("defaults={"),
  file().replace("%(levelname)s", "no field").replace("%(message)s", ""),
  handler("class=NoSuchHandler"),
  handler("class=logging.NoSuchHandler"),
  handler("class="),
  handler("class=StreamHandler\nargs=(sys.stbout,)"),
  handler("class=StreamHandler\nargs=(sys.stdout, 1)"),
  handler("class=StreamHandler\nargs=(sys.stdout,)\nkwargs={'stream': sys.stdout}"),
  handler("class=StreamHandler\nkwargs={'colour': 'red'}"),
  handler("class=StreamHandler\nkwargs={'formatter': 'form1'}"),
  handler("class=StreamHandler\nkwargs={1: 2}"),
  handler("class=StreamHandler\nkwargs=[1]"),
  handler("class=StreamHandler\nargs=1"),
  handler("class=StreamHandler\nargs="),
  handler("class=StreamHandler\nargs=(1"),
  handler("class=StreamHandler\nargs=%"),
  handler("class=handlers.MemoryHandler\nargs=(10,)\ntarget=nothing"),
  handler("class=handlers.SocketHandler\nargs=('localhost',)"),
];

test("fileConfig() refuses every file that CPython's refuses", async () => {
  const known = refused.filter((text) => knowsDefaults || !text.includes("defaults="));
  const scripts = known.map((text): Step[] => [["logger", "a", 10, true], ["file", text, {}]]);
  assertEquals(await compare(scripts), 0);
}, { skip: withoutConfigParser() });

function randomFile(choose: Chooser): string {
  const some = (items: readonly string[]) => items.filter(() => choose.chance(40)).join(", ");
  const maybe = (key: string, value: unknown) => choose.chance(60) ? `${key} = ${value}\n` : "";
  const level = () => choose.of(["NOTSET", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]);
  const handlers = ["h1", "h2", "h3"];
  const loggers = names.map((_, at) => `l${at}`).filter(() => choose.chance(50));
  const sections = [
    `[loggers]\nkeys = ${["root", ...loggers].join(choose.of([",", " ,", ", "]))}\n`,
    `[handlers]\nkeys: ${handlers.join()}\n`,
    "[formatters]\nkeys = f1, f2\n",
    "[formatter_f1]\nformat = %(name)s:%(message)s\n",
    "[formatter_f2]\nformat = {levelname:>8}\n  {message}\nstyle = {\n",
    `[logger_root]\n${maybe("level", level())}handlers = ${some(handlers)}\n`,
    ...loggers.map((name) =>
      `[logger_${name}]\n${maybe("level", level())}handlers = ${some(handlers)}\n` +
      `qualname = ${names[Number(name.slice(1))]}\n${maybe("propagate", choose.of([0, 1]))}`
    ),
    ...handlers.map((name) =>
      `[handler_${name}]\n${maybe("level", level())}${
        maybe("formatter", choose.of(["f1", "f2", ""]))
      }` +
      choose.of([
        "class = NullHandler\n",
        "class = StreamHandler\nargs = (sys.stdout,)\n",
        "class = logging.StreamHandler\nkwargs = {'stream': sys.stderr}\n",
      ])
    ),
    ...(choose.chance(20) ? ["[DEFAULT]\nlevel = INFO\npropagate = 0\n"] : []),
  ];
  return sections.join("\n");
}

test("a series of random files ends as with CPython's fileConfig", async () => {
  const choose = new Chooser(21);
  const scripts = choose.list(roundsOf(90), () => [
    ...names.slice(0, -1).filter(() => choose.chance(50)).map((name): Step =>
      [
        ...["logger", name, choose.of([0, 10, 30]), choose.chance(30)],
      ] as unknown as Step
    ),
    ...choose.list(3, (): Step[] => {
      const options = choose.chance(50) ? { disable_existing_loggers: choose.chance(50) } : {};
      return [["file", randomFile(choose), options], ...calls];
    }).flat(),
  ]);
  assertEquals(await compare(scripts), scripts.length * 3);
}, { skip: withoutConfigParser() });

test("one file makes CPython's files and ours, name for name and byte for byte", async () => {
  const folder = mkdtempSync(join(tmpdir(), "logwire-config-"));
  const kinds: [name: string, kind: string, args: string][] = [
    ["plain", "FileHandler", "'a', 'utf8'"],
    ["watched", "handlers.WatchedFileHandler", "'a', None, True"],
    ["sized", "handlers.RotatingFileHandler", "'a', 150, 2"],
    ["timed", "handlers.TimedRotatingFileHandler", "'D', 1"],
  ];
  const list = kinds.map(([name]) => name).join();
  const text = [
    `[loggers]\nkeys=root\n[handlers]\nkeys=${list}\n[formatters]\nkeys=brief`,
    `[logger_root]\nlevel=INFO\nhandlers=${list}`,
    "[formatter_brief]\nformat=%(name)s %(levelname)-8s %(message)s",
    ...kinds.map(([name, kind, args]) =>
      `[handler_${name}]\nclass=${kind}\nformatter=brief\nargs=("%(folder)s/${name}.log", ${args})`
    ),
  ].join("\n");
  try {
    const folders = ["ours", "pythons"].map((name) => join(folder, name)) as [string, string];
    for (const path of folders) mkdirSync(path);
    const script = (folder: string): Step[] => [
      ["file", text, { defaults: { folder } }],
      ...calls,
      // As config8 of CPython's tests.
      ["file", text, { defaults: { folder } }],
      ...calls,
    ];
    await withBareRoot(async () => {
      askPython("config_oracle.py", [script(folders[1])]);
      replay(script(folders[0]));
      await Promise.all(root.handlers.map((handler) => handler.close()));
    });
    const contents = (path: string) =>
      readdirSync(path).sort().map((name) => [name, readFileSync(join(path, name), "utf8")]);
    const ours = contents(folders[0]);
    assertEquals(ours, contents(folders[1]));
    assert(ours.length === 6 && ours.every(([, text]) => text !== ""), String(ours.length));
  } finally {
    manager.loggerDict.clear();
    rmSync(folder, { recursive: true });
  }
}, { skip: withoutConfigParser() });
