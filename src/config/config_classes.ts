/**
 * What makes the objects of a configuration, in the place of Python's classes, which it names.
 *
 * Browser compatible.
 *
 * @module
 */
import { checkKnown, refuse } from "../core/options.ts";
import { BufferingHandler } from "../handlers/buffering_handler.ts";
import { MemoryHandler, type MemoryHandlerOptions } from "../handlers/memory_handler.ts";
import { type HandlerQueue, QueueHandler } from "../handlers/queue_handler.ts";
import { type ListenerQueue, QueueListener } from "../handlers/queue_listener.ts";
import { RecordQueue } from "../handlers/record_queue.ts";
import type { Handler } from "../logging/handler.ts";
import { NullHandler } from "../logging/null_handler.ts";
import { StreamHandler } from "../logging/stream_handler.ts";
import type { TextStream } from "../logging/text_stream.ts";

/** What a dictionary gives a factory: Python's keyword arguments, by name and not yet checked. */
export type Keywords = Readonly<Record<string, unknown>>;

/** What a factory may ask for beyond its keywords. */
export interface ConfigContext {
  /**
   * The handlers of the dictionary that `keyword` names, which is one name or a list of names; made
   * first where they are not yet. None if the keyword is absent.
   *
   * @throws {TypeError} where there is no such handler, or it needs the one at hand itself
   */
  handlers(keyword: string): Handler[];
}

/** Makes a formatter, a filter or a handler of the keywords that a dictionary has for it. */
export type ConfigFactory = (keywords: Keywords, context: ConfigContext) => unknown;

/** Factories by the name that stands in the dictionary, of a class or behind `()`. */
export type ConfigClasses = Readonly<Record<string, ConfigFactory>>;

/** The classes that need nothing but what every program has. */
export const coreClasses: ConfigClasses = {
  "logging.NullHandler": (keywords) => {
    checkKnown("create NullHandler", keywords, []);
    return new NullHandler();
  },
  "logging.StreamHandler": (keywords) => {
    checkKnown("create StreamHandler", keywords, ["stream"]);
    return new StreamHandler((keywords.stream ?? null) as TextStream | null);
  },
  "logging.handlers.BufferingHandler": ({ capacity, ...own }) => {
    checkKnown("create BufferingHandler", own, []);
    return new BufferingHandler(capacity as number);
  },
  "logging.handlers.MemoryHandler": ({ capacity, target: _target, ...own }, context) => {
    const [target = null] = context.handlers("target");
    return new MemoryHandler(capacity as number, { ...own, target } as MemoryHandlerOptions);
  },
  // As CPython from 3.12 on: with a listener in its `listener`, which the program starts.
  "logging.handlers.QueueHandler": (keywords, context) => {
    const { queue, handlers: _handlers, respect_handler_level = false, ...own } = keywords;
    const records = queueOf(queue);
    const handler = new QueueHandler(records, own);
    const options = { respect_handler_level: respect_handler_level as boolean };
    handler.listener = new QueueListener(records, ...context.handlers("handlers"), options);
    return handler;
  },
};

/** A queue, or what a dictionary says of one: `{ "()": "queue.Queue", "maxsize": 1000 }`. */
function queueOf(queue: unknown): HandlerQueue & ListenerQueue {
  if (queue === undefined || queue === null) return new RecordQueue();
  const { "()": name, maxsize = 0, ...own } = queue as Record<string, unknown>;
  if (name === undefined) return queue as HandlerQueue & ListenerQueue; // The handler checks it.
  if (name !== "queue.Queue") refuse("create QueueHandler", "queue.()", '"queue.Queue"', name);
  checkKnown("create QueueHandler with 'queue'", own, []);
  return new RecordQueue({ maxRecords: (maxsize as number) > 0 ? maxsize as number : Infinity });
}
