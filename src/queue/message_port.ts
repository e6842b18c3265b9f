/**
 * The channel of records to another thread, and its messages. The channel is a `MessagePort`, a
 * `Worker` or a worker's own scope, of the web or of `node:worker_threads`. Other messages on the
 * same port are ignored.
 *
 * The protocol: the sender sends `hello`, and the receiver `ready`, as soon as each listens, in
 * either order. Then one `records` message at a time is under way; the receiver answers `done` when
 * it has handled all its records, so a thread that stalls has one message waiting and no more.
 * `flush` is answered by `flushed` when the handlers there have flushed. A receiver that is about
 * to stop sends `drain`, and each sender answers `drained` when all its records are handled.
 * `queue` distinguishes the senders on one port.
 *
 * Browser compatible.
 *
 * @module
 */
import { checkMethods, refuse } from "../logging/validate.ts";

/** One end of a channel between threads. */
export interface MessagePortLike {
  /** Sends a message, and hands over what `transfer` lists. */
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  /** Listens, as on the web; the messages are in `data` of the events. */
  addEventListener?(type: "message", listener: (event: { data: unknown }) => void): void;
  /** Listens, as a `Worker` of `node:worker_threads`. */
  on?(type: "message", listener: (message: unknown) => void): unknown;
  /** Starts the messages, on ports that do not start by themselves. */
  start?(): void;
  /** Lets the process end although this port has a listener. */
  unref?(): void;
  /** Undoes `unref()`. */
  ref?(): void;
}

/** A message of a sender of records. */
export type SenderMessage =
  | { logwire: "hello"; queue: number }
  | { logwire: "records"; queue: number; frames: Uint8Array<ArrayBuffer> }
  | { logwire: "flush"; queue: number; id: number }
  | { logwire: "drained"; queue: number; id: number };

/** A message of a receiver of records; `ready` and `drain` are for every sender. */
export type ReceiverMessage =
  | { logwire: "ready" }
  | { logwire: "drain"; id: number }
  | { logwire: "done"; queue: number }
  | { logwire: "flushed"; queue: number; id: number };

type Message = SenderMessage | ReceiverMessage;

/** Checks that a value is a port. */
export function checkPort(what: string, port: unknown): void {
  checkMethods(what, "port", port, ["postMessage"]);
  const { addEventListener, on } = port as MessagePortLike;
  if (typeof addEventListener !== "function" && typeof on !== "function") {
    refuse(what, "port", "a MessagePort, a Worker or a worker's scope", port);
  }
}

/** Passes the messages of this protocol to `listener`. */
export function listen(port: MessagePortLike, listener: (message: Message) => void): void {
  const hear = (message: unknown) => {
    if (typeof (message as Message | null)?.logwire === "string") listener(message as Message);
  };
  // A Worker of node:worker_threads is no event target; every other port is.
  if (port.addEventListener !== undefined) {
    port.addEventListener("message", (event) => hear(event.data));
  } else {
    port.on?.("message", hear);
  }
  port.start?.();
}
