/**
 * The names of the arguments of Python's handlers, in the order of their constructors in 3.14: a file
 * for `fileConfig()` gives them by position, and the tables of classes take them by name.
 *
 * Browser compatible.
 *
 * @module
 */
import { isClass } from "../logging/class_factory.ts";
import type { ConfigClasses } from "./config_factory.ts";
import { isRow } from "./_object_builder.ts";

const HANDLERS = "logging.handlers.";
const FILE = ["filename", "mode", "encoding", "delay", "errors"];

/** The class whose section has an option `target`. */
export const MEMORY_HANDLER: string = HANDLERS + "MemoryHandler";

const NAMES: Readonly<Record<string, readonly string[]>> = {
  "logging.Handler": ["level"],
  "logging.NullHandler": ["level"],
  "logging.StreamHandler": ["stream"],
  "logging.FileHandler": FILE,
  [HANDLERS + "WatchedFileHandler"]: FILE,
  [HANDLERS + "RotatingFileHandler"]: [
    ...["filename", "mode", "maxBytes", "backupCount", "encoding", "delay", "errors"],
  ],
  [HANDLERS + "TimedRotatingFileHandler"]: [
    ...["filename", "when", "interval", "backupCount", "encoding", "delay", "utc", "atTime"],
    "errors",
  ],
  [HANDLERS + "SocketHandler"]: ["host", "port"],
  [HANDLERS + "DatagramHandler"]: ["host", "port"],
  [HANDLERS + "SysLogHandler"]: ["address", "facility", "socktype", "timeout"],
  [HANDLERS + "SMTPHandler"]: [
    ...["mailhost", "fromaddr", "toaddrs", "subject", "credentials", "secure", "timeout"],
  ],
  [HANDLERS + "NTEventLogHandler"]: ["appname", "dllname", "logtype"],
  [HANDLERS + "HTTPHandler"]: ["host", "url", "method", "secure", "credentials", "context"],
  [HANDLERS + "BufferingHandler"]: ["capacity"],
  [MEMORY_HANDLER]: ["capacity", "flushLevel", "target", "flushOnClose"],
  [HANDLERS + "QueueHandler"]: ["queue"],
};

/** The names of a class's arguments in their order. */
export function argumentNames(known: string | undefined): readonly string[] | undefined {
  return known === undefined ? undefined : NAMES[known];
}

/**
 * The name of the class of Python that takes the arguments: the class of `name` itself, or the
 * nearest one that the caller's class is derived from; `undefined` if there is none.
 */
export function pythonClassOf(name: string, classes: ConfigClasses): string | undefined {
  if (Object.hasOwn(NAMES, name)) return name;
  const found = Object.hasOwn(classes, name) ? classes[name] : undefined;
  const Own: unknown = isRow(found) ? found.base : isClass(found) ? found : null;
  for (let known = Own; known !== null; known = Object.getPrototypeOf(known)) {
    const row = Object.entries(classes).find(([name, row]) =>
      isRow(row) && row.base === known && Object.hasOwn(NAMES, name)
    );
    if (row !== undefined) return row[0];
  }
  return undefined;
}
