/**
 * The options that every network handler takes, their defaults and their checks.
 *
 * Browser compatible.
 *
 * @module
 */
import type { Clock, Connector, ExitNotifier } from "../net/connector.ts";
import { systemClock } from "../net/system_clock.ts";
import {
  checkFunction,
  checkInteger,
  checkLimit,
  checkMethods,
  checkOneOf,
  MAX_TIMEOUT_MS,
  refuse,
} from "../logging/validate.ts";
import { processId } from "../logging/process_id.ts";
import { raiseExceptions } from "../logging/raise_exceptions.ts";
import { writeToStderr } from "../logging/stderr.ts";
import type { Serializer } from "../wire/serializer.ts";
import type { Overflow } from "./outbox.ts";
import type { Spool } from "./spool.ts";
import type { DeliveryEvent } from "./delivery_event.ts";

/**
 * The treatment of records while there is no connection. `drop`: as CPython, they are dropped and
 * only a record dials. `queue`: they are kept, and a timer dials.
 */
export type WhileDisconnected = "drop" | "queue";

/** Options of every handler that sends records over a network. */
export interface DeliveryOptions {
  /** The longest wait for a connection, in milliseconds, from 1. @default {1000} */
  connectTimeoutMs?: number;
  /**
   * The treatment of records while there is no connection: `"drop"` as CPython, or `"queue"`, which
   * keeps them and dials from a timer. @default {"drop"}
   */
  whileDisconnected?: WhileDisconnected;
  /**
   * How long a connection lives: `"persistent"`, from the first record until it is lost, or
   * `"per-flush"`, for where a socket may not outlive a request: `emit()` only queues, and `flush()`
   * dials, writes the queued records, half-closes and awaits the peer's end. No timer dials then: a flush
   * within the back-off leaves the records queued, in `drop` mode it drops them.
   * @default what the connector says (of `./cloudflare`: `"per-flush"`), else {"persistent"}
   */
  connection?: "persistent" | "per-flush";
  /**
   * Keeps queued records on the disk, so that they survive this process: `fileSpool()` of `./spool`,
   * which has a cap of its own. `maxQueuedBytes` then bounds the records that the disk does not take.
   * Demands `queue` mode, which is then the default. @default they are kept in memory
   */
  spool?: Spool;
  /** The most bytes queued, in flight included, from 1; `Infinity` for no limit. @default {67108864} */
  maxQueuedBytes?: number;
  /** The most records queued, in flight included, from 1. @default {Infinity} */
  maxQueuedRecords?: number;
  /** Which record is dropped when the queue is full. @default {"drop-oldest"} */
  overflow?: Overflow;
  /**
   * Hears of connections, outages and drops. Without it the start and the end of an outage are a
   * line each on stderr.
   */
  onEvent?: (event: DeliveryEvent) => void;
  /**
   * The longest that `close()` takes, in milliseconds, from 0. With `"per-flush"` each flush waits so
   * long for a write and for the peer's end, too: 0 cuts off what the kernel does not take at once.
   * @default {5000}
   */
  closeTimeoutMs?: number;
  /**
   * How long a write of at most 64 KiB may make no progress before the connection counts as lost, in
   * milliseconds, from 1. For streams that are kept open. @default {30000}
   */
  writeTimeoutMs?: number;
  /**
   * The longest that the end of the process (`process.exit()`, an uncaught error) waits for the server
   * to read what is queued, in milliseconds, from 0: no wait. It blocks the process. All handlers share
   * the time, which begins with the first wait. For streams on Node and Bun; Deno pauses less than that.
   *
   * @default {1000}
   */
  exitTimeoutMs?: number;
  /**
   * How long records are gathered before they are written, in milliseconds, from 0: fewer and larger
   * writes, for records that come one by one. A full batch, `flush()`, `close()` and the exit hooks do
   * not wait. Records that wait are lost when the process is killed, and reach the server so much later.
   * With `"per-flush"` it has no effect: a flush writes at once.
   *
   * @default {0}, which writes at the end of each turn of the event loop what it has logged
   */
  batchMs?: number;
  /** Where time comes from; tests give a virtual one. @default the runtime's own */
  clock?: Clock;
}

/** Options of every handler that sends whole records. */
export interface RecordDeliveryOptions extends DeliveryOptions {
  /** How a record becomes bytes. @default pickle, as CPython */
  serializer?: Serializer;
}

/** The names of the options of every delivery, whether it has a connector or sends by itself. */
export const QUEUE_OPTIONS: readonly string[] = [
  "whileDisconnected",
  "connection",
  "maxQueuedBytes",
  "maxQueuedRecords",
  "overflow",
  "onEvent",
  "closeTimeoutMs",
  "clock",
  "spool",
];

/** The names of the options of a delivery that has a connector. */
export const DELIVERY_OPTIONS: readonly string[] = /* @__PURE__ */ [
  "connector",
  "connectTimeoutMs",
  "writeTimeoutMs",
  "exitTimeoutMs",
  "batchMs",
].concat(QUEUE_OPTIONS);

/** The names of the options of every handler that sends whole records. */
export const RECORD_DELIVERY_OPTIONS: readonly string[] = /* @__PURE__ */ DELIVERY_OPTIONS.concat(
  "serializer",
);

/** Checks that a connector has the methods that a handler calls. */
export function checkConnector(what: string, value: unknown, methods: readonly string[]): void {
  checkMethods(what, "connector", value, methods, ', such as that of "@logwire/logging/auto"');
}

/** The handlers about whose missing exit notifier a line was printed. */
const said = /* @__PURE__ */ new Set<string>();

/**
 * Checks the exit notifier of a handler without a connector. Where the runtime has processes, a line on
 * stderr says once for each kind of handler that it has none.
 */
export function checkExitNotifier(what: string, value: ExitNotifier | undefined): ExitNotifier {
  if (value !== undefined) {
    // Not every connector has `atExit()`.
    if (typeof value === "object" && value !== null) return value;
    refuse(what, "exitNotifier", "a connector", value);
  }
  if (processId !== 0 && raiseExceptions && !said.has(what)) {
    said.add(what);
    writeToStderr(
      `logwire: ${
        what.replace("create ", "")
      } has no 'exitNotifier': records that are queued when ` +
        `the process ends are lost without a word; give it the one of ` +
        `"@logwire/logging/auto", or {} to do without\n`,
    );
  }
  return {};
}

/** {@linkcode DeliveryOptions} with every default filled in and every value checked. */
export interface CheckedDeliveryOptions {
  connectTimeoutMs: number;
  whileDisconnected: WhileDisconnected;
  connection: "persistent" | "per-flush";
  maxQueuedBytes: number;
  maxQueuedRecords: number;
  overflow: Overflow;
  closeTimeoutMs: number;
  writeTimeoutMs: number;
  exitTimeoutMs: number;
  batchMs: number;
  clock: Clock;
  spool: Spool | undefined;
  /** The addresses that the connector dials in turn, if there are several. */
  addresses: number | undefined;
}

/** Fills in the defaults and checks every value; `what` begins the message of the error. */
export function checkDeliveryOptions(
  what: string,
  options: DeliveryOptions & { connector?: Pick<Connector, "connection" | "addresses"> },
): CheckedDeliveryOptions {
  const {
    connectTimeoutMs = 1000,
    spool,
    whileDisconnected = spool ? "queue" : "drop",
    connection = options.connector?.connection ?? "persistent",
    maxQueuedBytes = 64 * 1024 * 1024,
    maxQueuedRecords = Infinity,
    overflow = "drop-oldest",
    closeTimeoutMs = 5000,
    writeTimeoutMs = 30_000,
    exitTimeoutMs = 1000,
    batchMs = 0,
    clock = systemClock,
    onEvent,
  } = options;
  checkMethods(what, "clock", clock, ["now", "setTimeout", "clearTimeout"]);
  checkFunction(what, "onEvent", onEvent);
  return {
    connectTimeoutMs: checkInteger(what, "connectTimeoutMs", connectTimeoutMs, 1, MAX_TIMEOUT_MS),
    whileDisconnected: checkOneOf(what, "whileDisconnected", whileDisconnected, ["drop", "queue"]),
    connection: checkOneOf(what, "connection", connection, ["persistent", "per-flush"]),
    maxQueuedBytes: checkLimit(what, "maxQueuedBytes", maxQueuedBytes, 1),
    maxQueuedRecords: checkLimit(what, "maxQueuedRecords", maxQueuedRecords, 1),
    overflow: checkOneOf(what, "overflow", overflow, ["drop-oldest", "drop-newest"]),
    closeTimeoutMs: checkInteger(what, "closeTimeoutMs", closeTimeoutMs, 0, MAX_TIMEOUT_MS),
    writeTimeoutMs: checkInteger(what, "writeTimeoutMs", writeTimeoutMs, 1, MAX_TIMEOUT_MS),
    exitTimeoutMs: checkInteger(what, "exitTimeoutMs", exitTimeoutMs, 0, MAX_TIMEOUT_MS),
    batchMs: checkInteger(what, "batchMs", batchMs, 0, MAX_TIMEOUT_MS),
    clock,
    spool,
    addresses: options.connector?.addresses,
  };
}
