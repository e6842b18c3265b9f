/**
 * What records pass through on their way to another thread, as little of it as is used: a
 * `MessagePort`, a `Worker` or a worker's own scope, of the web or of `node:worker_threads`; and the
 * messages. Other messages on the same port are left alone.
 *
 * The protocol: the sender says `hello`, the receiver `ready`, as soon as each listens, in whichever
 * order. Then one `records` message at a time is under way; the receiver answers `done` when all of
 * its records are handled. So a thread that stalls has one message waiting, and no more. `flush` is
 * answered by `flushed` when the handlers there have flushed. A receiver that is about to stop says
 * `drain`, which each sender answers by `drained` when all that it had is handled. `queue` tells apart
 * several senders on one port.
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
  /** Has messages come in, where they do not by themselves. */
  start?(): void;
  /** Lets a runtime end although somebody listens. */
  unref?(): void;
  /** Undoes `unref()`. */
  ref?(): void;
}

/** What a sender of records says. */
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

/** Has `listener` hear of the messages of this protocol. */
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
