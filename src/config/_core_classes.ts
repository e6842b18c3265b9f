/**
 * The table of the classes that every configuration may name.
 *
 * Browser compatible.
 *
 * @module
 */
import { type Class, classFactory } from "../logging/class_factory.ts";
import { checkKnown, checkString, refuse } from "../logging/validate.ts";
import { BufferingHandler } from "../handlers/buffering_handler.ts";
import { MemoryHandler } from "../handlers/memory_handler.ts";
import { PortQueue } from "../queue/port_queue.ts";
import { QueueListener } from "../queue/queue_listener.ts";
import { RecordQueue } from "../queue/record_queue.ts";
import { BufferingFormatter } from "../logging/buffering_formatter.ts";
import { ConsoleFormatter } from "../logging/console_formatter.ts";
import { Filter } from "../logging/filter.ts";
import { Formatter } from "../logging/formatter.ts";
import { Handler } from "../logging/handler.ts";
import { JSONFormatter } from "../logging/json_formatter.ts";
import { NullHandler } from "../logging/null_handler.ts";
import { RedactingFilter } from "../logging/redacting_filter.ts";
import { StreamHandler } from "../logging/stream_handler.ts";
import type { ConfigClasses, ConfigContext, ConfigKeywords } from "./config_factory.ts";
import { queueHandlerFactory } from "./_queue_handler_factory.ts";

/** Python's `queue.Queue` takes 0 or less for no limit. */
function maxRecordsOf(maxsize: unknown): { maxRecords?: unknown } {
  if (maxsize === undefined) return {};
  return { maxRecords: typeof maxsize === "number" && maxsize <= 0 ? Infinity : maxsize };
}

/**
 * The classes that need neither a connector nor a file system. This is a function, because a table
 * would stay in the bundle of a program that configures nothing.
 */
export function coreClasses(): ConfigClasses {
  const queueFactory = classFactory(
    RecordQueue,
    (Own, { maxsize, ...own }: ConfigKeywords) => new Own({ ...maxRecordsOf(maxsize), ...own }),
  );
  return {
    // `level` is set later, so the constructor gets no argument; any keyword is refused as a level.
    "logging.Handler": classFactory<Handler, ConfigContext>(
      Handler as unknown as Class<Handler>,
      (Own, keywords) => Object.keys(keywords).length === 0 ? new Own() : new Own(keywords),
    ),
    "logging.Formatter": classFactory(Formatter, (Own, keywords: ConfigKeywords) => {
      // CPython names it `format` in a dictionary and `fmt` in the constructor, and takes both
      // here.
      const { fmt = null, format = fmt, datefmt = null, ...options } = keywords;
      if (format !== null) checkString("create Formatter", "format", format, true);
      if (datefmt !== null) checkString("create Formatter", "datefmt", datefmt, true);
      return new Own(format, datefmt, options);
    }),
    // Ours: lines for programs, and for people.
    "logwire.JSONFormatter": classFactory(
      JSONFormatter,
      (Own, keywords: ConfigKeywords) => new Own(keywords),
    ),
    "logwire.ConsoleFormatter": classFactory(
      ConsoleFormatter,
      (Own, keywords: ConfigKeywords) => new Own(keywords),
    ),
    "logging.BufferingFormatter": classFactory(
      BufferingFormatter,
      (Own, { linefmt = null, ...own }: ConfigKeywords) => {
        checkKnown("create BufferingFormatter", own, []);
        return new Own(linefmt);
      },
    ),
    "logging.Filter": classFactory(Filter, (Own, { name = "", ...own }: ConfigKeywords) => {
      checkKnown("create Filter", own, []);
      return new Own(checkString("create Filter", "name", name, true));
    }),
    // Ours: `paths` is a list, as the first argument of the constructor.
    "logwire.RedactingFilter": classFactory(
      RedactingFilter,
      (Own, { paths, ...own }: ConfigKeywords) => new Own(paths, own),
    ),
    "logging.NullHandler": classFactory(NullHandler, (Own, keywords: ConfigKeywords) => {
      checkKnown("create NullHandler", keywords, []);
      return new Own();
    }),
    "logging.StreamHandler": classFactory(
      StreamHandler,
      (Own, { stream = null, ...own }: ConfigKeywords) => {
        checkKnown("create StreamHandler", { stream, ...own }, ["stream"]);
        // CPython takes a string, and then fails at every record.
        const isText = typeof stream === "string";
        if (isText) {
          refuse("create StreamHandler", "stream", 'a stream, such as "ext://sys.stdout"', stream);
        }
        return new Own(stream);
      },
    ),
    "logging.handlers.BufferingHandler": classFactory(
      BufferingHandler,
      (Own, { capacity, ...own }: ConfigKeywords) => {
        checkKnown("create BufferingHandler", own, []);
        return new Own(capacity);
      },
    ),
    "logging.handlers.MemoryHandler": classFactory(
      MemoryHandler,
      (Own, { capacity, target: _target, ...own }: ConfigKeywords, context: ConfigContext) => {
        const [target = null] = context.handlers("target");
        return new Own(capacity, { ...own, target });
      },
    ),
    "logging.handlers.QueueHandler": queueHandlerFactory(),
    "logging.handlers.QueueListener": QueueListener,
    // All four serve one process, as the handler and the listener of a dictionary do.
    "queue.Queue": queueFactory,
    "queue.SimpleQueue": queueFactory,
    "multiprocessing.Queue": queueFactory,
    "multiprocessing.JoinableQueue": queueFactory,
    // Ours: a queue to another thread; `port` is a reference such as ext://worker.
    "logwire.PortQueue": classFactory(
      PortQueue,
      (Own, { port, ...own }: ConfigKeywords) => new Own(port, own),
    ),
  };
}
