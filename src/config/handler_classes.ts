/**
 * Python's handlers that need no file system by their Python names, for `dictConfig()`: each row takes Python's
 * keyword arguments, and passes what is no argument of Python's on as an option of ours.
 *
 * Browser compatible.
 *
 * @module
 */
import { DatagramHandler, type DatagramHandlerOptions } from "../handlers/datagram_handler.ts";
import type { RecordDeliveryOptions } from "../handlers/record_delivery_handler.ts";
import { HTTPHandler } from "../handlers/http_handler.ts";
import { MemoryHandler } from "../handlers/memory_handler.ts";
import { type HandlerQueue, QueueHandler } from "../handlers/queue_handler.ts";
import { type ListenerQueue, QueueListener } from "../handlers/queue_listener.ts";
import { RecordQueue } from "../handlers/record_queue.ts";
import { SocketHandler } from "../handlers/socket_handler.ts";
import { SysLogHandler } from "../handlers/sys_log_handler.ts";
import type { SysLogAddress, SysLogHandlerOptions } from "../handlers/sys_log_options.ts";
import type { Connector, DatagramConnector } from "../net/connector.ts";
import type { ConfigClasses, ConfigContext, Keywords } from "./config_classes.ts";

/** Options of {@linkcode handlerClasses}: what every handler gets, unless its entry says otherwise. */
export interface HandlerClassesOptions extends RecordDeliveryOptions {
  /** What connects: the `connector` of a runtime. Datagrams are refused where it has none. */
  connector: Connector & Partial<DatagramConnector>;
}

/** Python's `socket.SOCK_STREAM` and `SOCK_DGRAM`, as a JSON file has them. */
const SOCKET_TYPES: Readonly<Record<string, unknown>> = { 1: "stream", 2: "datagram" };

/**
 * The table of `SocketHandler`, `DatagramHandler`, `SysLogHandler`, `HTTPHandler`, `MemoryHandler` and
 * `QueueHandler`, all of `logging.handlers`. The options are for those over a network, where they
 * apply: `serializer` has no part in syslog. As in Python, the `listener` of a `QueueHandler` waits
 * to be started.
 *
 * @example
 * ```ts
 * import { dictConfig, getLogger, handlerClasses, shutdown } from "jsr:@logwire/logging";
 * import { MemoryNetwork } from "jsr:@logwire/logging/testing";
 *
 * const connector = new MemoryNetwork(); // in a program that of ./deno, ./bun, ./node
 * dictConfig({
 *   version: 1,
 *   handlers: {
 *     server: { class: "logging.handlers.SocketHandler", host: "localhost", port: 9020 },
 *   },
 *   loggers: { shop: { handlers: ["server"] } },
 * }, { classes: handlerClasses({ connector, whileDisconnected: "queue" }) });
 * getLogger("shop").warning("low on ink");
 * await shutdown();
 * console.assert(connector.peer.received.length > 0);
 * ```
 */
export function handlerClasses(options: HandlerClassesOptions): ConfigClasses {
  const { serializer: _serializer, ...delivery } = options;
  const { connector: _connector, connectTimeoutMs: _timeout, ...overHttp } = delivery;
  return {
    "logging.handlers.SocketHandler": ({ host, port, ...own }) =>
      new SocketHandler(host as string, port as number | null, { ...options, ...own }),
    "logging.handlers.DatagramHandler": ({ host, port, ...own }) => {
      const all = { ...options, ...own } as DatagramHandlerOptions;
      return new DatagramHandler(host as string, port as number | null, all);
    },
    "logging.handlers.SysLogHandler": ({ address, socktype = null, ...own }) => {
      const type = SOCKET_TYPES[String(socktype)] ?? socktype;
      const all = { ...delivery, socktype: type, ...own } as SysLogHandlerOptions;
      return new SysLogHandler(address as SysLogAddress | undefined, all);
    },
    "logging.handlers.HTTPHandler": ({ host, url, ...own }) =>
      new HTTPHandler(host as string, url as string, { ...overHttp, ...own }),
    "logging.handlers.MemoryHandler": ({ capacity, ...own }, { handlers }) => {
      const [target = null] = handlers("target");
      return new MemoryHandler(capacity as number, { ...own, target });
    },
    "logging.handlers.QueueHandler": queueHandler,
  };
}

/** After CPython's `_configure_queue_handler`. */
function queueHandler(keywords: Keywords, { handlers }: ConfigContext): QueueHandler {
  const { queue = new RecordQueue(), handlers: _names, respect_handler_level, ...own } = keywords;
  const options = { respect_handler_level: Boolean(respect_handler_level ?? false) };
  const listener = new QueueListener(queue as ListenerQueue, ...handlers("handlers"), options);
  const handler = new QueueHandler(queue as HandlerQueue, own);
  handler.listener = listener;
  return handler;
}
