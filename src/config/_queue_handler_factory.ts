/**
 * Makes a queue handler with its queue and its listener, as a dictionary describes the three. After
 * `_configure_queue_handler` of CPython's `DictConfigurator`, as of 3.12.
 *
 * Browser compatible.
 *
 * @module
 */
import { classFactory, isClass } from "../logging/class_factory.ts";
import { checkMethods, refuse } from "../logging/validate.ts";
import { type HandlerQueue, QueueHandler } from "../queue/queue_handler.ts";
import { QueueListener } from "../queue/queue_listener.ts";
import { RecordQueue } from "../queue/record_queue.ts";
import type { ClassRow, ConfigContext, ConfigKeywords } from "./config_factory.ts";
import { truth } from "./_entry_values.ts";

const WHAT = "create QueueHandler";

/** Makes a queue handler; the program starts its `listener`. */
export function queueHandlerFactory(): ClassRow {
  return classFactory(QueueHandler, (Own, keywords: ConfigKeywords, context: ConfigContext) => {
    const { queue: _queue, handlers: _handlers, listener: _listener, ...rest } = keywords;
    const { respect_handler_level, ...options } = rest;
    const queue = (context.object("queue") ?? new RecordQueue()) as HandlerQueue;
    checkMethods(WHAT, "queue", queue, ["put_nowait"]);
    const handler = new Own(queue, options);
    handler.listener = listenerOf(queue, truth(respect_handler_level), context);
    return handler;
  });
}

/** The listener; `null` if another thread takes the records out, as with a `PortQueue`. */
function listenerOf(
  queue: HandlerQueue,
  respect_handler_level: boolean,
  context: ConfigContext,
): QueueListener | null {
  const handlers = context.handlers("handlers");
  const given = context.named("listener") ?? undefined;
  const isHere = typeof (queue as { get?: unknown }).get === "function";
  if (!isHere && handlers.length === 0 && given === undefined) return null;
  const listener = makerOf(given)(queue, ...handlers, { respect_handler_level });
  checkMethods(WHAT, "listener", listener, ["start", "stop", "flush"]);
  return listener as QueueListener;
}

/** The class of a listener, or a function that makes one, with the arguments of `QueueListener`. */
function makerOf(given: unknown): (...args: unknown[]) => unknown {
  const Own = given ?? QueueListener;
  if (!isClass(Own)) {
    return typeof Own === "function"
      ? Own as (...args: unknown[]) => unknown
      : refuse(WHAT, "listener", "a class of listeners, or a function that makes one", Own);
  }
  if (Own !== QueueListener && !(Own.prototype instanceof QueueListener)) {
    refuse(WHAT, "listener", "derived from QueueListener", Own);
  }
  return (...args) => new Own(...args);
}
