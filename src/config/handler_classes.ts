/**
 * Python's handlers over a network by their Python names, for `dictConfig()`: each row takes Python's
 * keyword arguments, and passes what is no argument of Python's on as an option of ours.
 *
 * Browser compatible.
 *
 * @module
 */
import { DatagramHandler } from "../handlers/datagram_handler.ts";
import type { RecordDeliveryOptions } from "../handlers/record_delivery_handler.ts";
import { SocketHandler } from "../handlers/socket_handler.ts";
import type { Connector, DatagramConnector } from "../net/connector.ts";
import type { ConfigClasses } from "./config_classes.ts";

/** Options of {@linkcode handlerClasses}: what every handler gets, unless its entry says otherwise. */
export interface HandlerClassesOptions extends RecordDeliveryOptions {
  /** What connects: the `connector` of a runtime. Datagrams are refused where it has none. */
  connector: Connector & Partial<DatagramConnector>;
}

/**
 * The table of those handlers: `logging.handlers.SocketHandler`, `logging.handlers.DatagramHandler`.
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
  return {
    "logging.handlers.SocketHandler": ({ host, port, ...own }) =>
      new SocketHandler(host as string, port as number | null, { ...options, ...own }),
    "logging.handlers.DatagramHandler": ({ host, port, ...own }) =>
      new DatagramHandler(host as string, port as number | null, {
        ...options as RecordDeliveryOptions & { connector: DatagramConnector },
        ...own,
      }),
  };
}
