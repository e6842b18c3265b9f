/** Every public name of CPython's logging is here, or is listed with the reason why it is not. */
import { assert, assertEquals } from "@std/assert";
import * as logwire from "../../mod.ts";
import * as files from "../../src/files/file_handlers.ts";
import * as memory from "../../src/handlers/memory_handler.ts";
import * as styles from "../../src/logging/formatter_styles.ts";
import * as mail from "../../src/mail/smtp_handler.ts";
import * as queues from "../../src/queue/queue_handler.ts";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import * as windows from "../../src/windows/nt_event_log_handler.ts";
import { test } from "../test.ts";
import { askPython } from "./oracle.ts";
import { pythons, withoutPython } from "./python.ts";

/** Names of the two modules that are not here. */
const absent: Record<string, string> = {
  Manager: "the only one is that of getLogger(); its type is exported",
  RootLogger: "the only one is root",
  captureWarnings: "process.on('warning') gives a program the warnings of its runtime",
  currentframe: "JavaScript has no frames; captureCaller() looks callers up",
  logAsyncioTasks: "asyncio's tasks are Python's; taskName is null",
};

/** Members of classes that are not here. */
const absentMembers: Record<string, string> = {
  acquire: "JavaScript runs one piece of code at a time",
  append: "PlaceHolder's is the manager's own",
  createLock: "JavaScript runs one piece of code at a time",
  field_spec: "a pattern of validate()",
  fmt_spec: "a pattern of validate()",
  getConnection: "the option fetch of HTTPHandler makes the connections",
  release: "JavaScript runs one piece of code at a time",
  validation_pattern: "a pattern of validate()",
};

/** Older versions lack some of the listed names. */
function withoutNewPython(): string | false {
  const isNew = pythons().some(({ version }) => /^3\.(1[2-9]|[2-9]\d)\./.test(version));
  return withoutPython() || (!isNew && "it needs CPython 3.12 or newer: pyenv install 3.13");
}

class EmptyHandler extends logwire.Handler {
  override emit(): void {}
}

const connector = new MemoryNetwork();
const queue = new queues.RecordQueue();
const eventLog = { addSourceToRegistry() {}, reportEvent() {}, close() {} };
const delayed = { delay: true };
const rotating = { ...delayed, namer: String, rotator: () => {} };

/** Objects of the classes; the files are not opened, and nothing is connected. */
const objects: Record<string, object> = {
  BaseRotatingHandler: new files.RotatingFileHandler("unused.log", rotating),
  BufferingFormatter: new logwire.BufferingFormatter(),
  BufferingHandler: new memory.BufferingHandler(1),
  DatagramHandler: new logwire.DatagramHandler("h", 1, { connector }),
  FileHandler: new files.FileHandler("unused.log", delayed),
  Filter: new logwire.Filter(),
  Filterer: new logwire.Filterer(),
  Formatter: new logwire.Formatter(),
  HTTPHandler: new logwire.HTTPHandler("h", "/", { exitNotifier: {} }),
  Handler: new EmptyHandler(),
  LogRecord: logwire.makeLogRecord({}),
  Logger: logwire.getLogger("surface.logger"),
  LoggerAdapter: new logwire.LoggerAdapter(logwire.getLogger("surface.logger")),
  MemoryHandler: new memory.MemoryHandler(1),
  NTEventLogHandler: new windows.NTEventLogHandler("unused", { eventLog }),
  NullHandler: new logwire.NullHandler(),
  PercentStyle: new styles.PercentStyle(),
  PlaceHolder: new logwire.PlaceHolder(logwire.getLogger("surface.logger")),
  QueueHandler: new queues.QueueHandler(queue),
  QueueListener: new queues.QueueListener(queue),
  RotatingFileHandler: new files.RotatingFileHandler("unused.log", rotating),
  SMTPHandler: new mail.SMTPHandler("h", {
    ...{ fromaddr: "a@h", toaddrs: "b@h", subject: "s", exitNotifier: {} },
  }),
  SocketHandler: new logwire.SocketHandler("h", 1, { connector }),
  StrFormatStyle: new styles.StrFormatStyle(),
  StreamHandler: new logwire.StreamHandler(),
  StringTemplateStyle: new styles.StringTemplateStyle(),
  SysLogHandler: new logwire.SysLogHandler(["h", 1], { connector }),
  TimedRotatingFileHandler: new files.TimedRotatingFileHandler("unused.log", rotating),
  WatchedFileHandler: new files.WatchedFileHandler("unused.log", delayed),
};

test(
  "every public name of CPython's logging and logging.handlers is here, or is listed with a reason",
  () => {
    const surface = askPython("surface_oracle.py", null) as Record<string, string[] | null>;
    const ours: Record<string, unknown> = Object.assign(
      {},
      ...[logwire, files, memory, styles, mail, queues, windows],
    );
    assert(Object.keys(surface).length > 70);
    assertEquals(
      Object.keys(surface).filter((name) => !(name in ours)).sort(),
      Object.keys(absent),
    );
    const missing = new Set<string>();
    for (const [name, members] of Object.entries(surface)) {
      if (members === null || name in absent) continue;
      const object = objects[name];
      assert(object !== undefined, `${name} has no object here`);
      const isHere = (member: string) => member in object || member in (ours[name] as object);
      for (const member of members) if (!isHere(member)) missing.add(member);
    }
    assertEquals([...missing].sort(), Object.keys(absentMembers));
  },
  { skip: withoutNewPython() },
);
