/**
 * The handlers over a network by their Python names, for `dictConfig()`: each row takes Python's
 * keyword arguments; any other keyword is an option of the handler.
 *
 * Browser compatible.
 *
 * @module
 */
import { classFactory } from "../logging/class_factory.ts";
import { SYSLOG_UDP_PORT } from "../logging/default_ports.ts";
import { DatagramHandler, type RecordDeliveryOptions } from "../handlers/datagram_handler.ts";
import { HTTPHandler } from "../handlers/http_handler.ts";
import { SocketHandler } from "../handlers/socket_handler.ts";
import { SysLogHandler } from "../handlers/sys_log_handler.ts";
import type { Connector, DatagramConnector } from "../net/connector.ts";
import type { ConfigClasses, ConfigKeywords } from "./config_factory.ts";

/**
 * Options of {@linkcode handlerClasses}: every handler gets them, unless its entry says otherwise.
 */
export interface HandlerClassesOptions extends RecordDeliveryOptions {
  /** The `connector` of a runtime. Handlers of datagrams are refused if it opens none. */
  connector: Connector & Partial<DatagramConnector>;
}

/** The address of a `SysLogHandler` that has none, as in CPython. */
const LOCAL_DAEMON = ["localhost", SYSLOG_UDP_PORT] as const;

/** Python's `socket.SOCK_STREAM` and `SOCK_DGRAM`, as a JSON file has them. */
const SOCKET_TYPES: Readonly<Record<string, unknown>> = { 1: "stream", 2: "datagram" };

/**
 * The table of `logging.handlers.SocketHandler`, `DatagramHandler`, `SysLogHandler` and
 * `HTTPHandler`. Each gets the options that apply to it: `serializer` does not apply to syslog, and
 * `connectTimeoutMs`, `writeTimeoutMs`, `exitTimeoutMs` and `batchMs` do not apply to HTTP, whose
 * entry may have a `batchMs` of its own.
 *
 * @example
 * ```ts
 * import { getLogger, shutdown } from "jsr:@logwire/logging";
 * import { dictConfig, handlerClasses } from "jsr:@logwire/logging/config";
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
  const {
    connector,
    connectTimeoutMs: _connect,
    writeTimeoutMs: _write,
    exitTimeoutMs: _exit,
    batchMs: _batch,
    ...overHttp
  } = delivery;
  return {
    "logging.handlers.SocketHandler": classFactory(
      SocketHandler,
      (Own, { host, port, ...own }: ConfigKeywords) => new Own(host, port, { ...options, ...own }),
    ),
    "logging.handlers.DatagramHandler": classFactory(
      DatagramHandler,
      (Own, { host, port, ...own }: ConfigKeywords) => new Own(host, port, { ...options, ...own }),
    ),
    "logging.handlers.SysLogHandler": classFactory(
      SysLogHandler,
      (Own, { address = LOCAL_DAEMON, socktype = null, ...own }: ConfigKeywords) =>
        new Own(address, {
          ...delivery,
          socktype: SOCKET_TYPES[String(socktype)] ?? socktype,
          ...own,
        }),
    ),
    "logging.handlers.HTTPHandler": classFactory(
      HTTPHandler,
      (Own, { host, url, ...own }: ConfigKeywords) =>
        new Own(host, url, { exitNotifier: connector, ...overHttp, ...own }),
    ),
  };
}
