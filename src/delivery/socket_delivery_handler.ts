/**
 * What every handler over a socket has in common: CPython's template of small overridable methods on
 * one link that is kept open. What it sends is its subclasses' to say, in `emit()`.
 *
 * Browser compatible.
 *
 * @module
 */
import { watch } from "../logging/callback.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { reportFault } from "../logging/report_error.ts";
import type {
  DatagramSocket,
  ExitNotifier,
  StreamConnection,
  WaitOptions,
} from "../net/connector.ts";
import type { Delivery } from "./delivery.ts";
import { deliver, DeliveryHandler, deliveryOf } from "./delivery_handler.ts";
import type { Outlet } from "./writer.ts";

/**
 * Makes the delivery of a handler that is being constructed: for the classes of this folder.
 *
 * @param exitNotifier what tells that the process ends, so that the last records are written
 * @param toOutlet how to write to what `makeSocket()` has opened
 */
export function deliverBySocket<Socket extends StreamConnection | DatagramSocket>(
  handler: DeliveryHandler & { makeSocket(options?: WaitOptions): Promise<Socket> },
  exitNotifier: ExitNotifier,
  toOutlet: (socket: Socket) => Outlet,
): Delivery {
  return deliver(handler, {
    exitNotifier,
    open: async (signal) => {
      const outlet = toOutlet(await handler.makeSocket({ signal }));
      outlet.unref?.();
      return outlet;
    },
  });
}

/** A handler that delivers frames over a socket that it keeps open. */
export abstract class SocketDeliveryHandler extends DeliveryHandler {
  /** As CPython: an error in `emit()` closes the connection instead of being reported. */
  closeOnError = false;

  /** Opens a connection: one dial. Override it to connect in a way of your own. */
  abstract makeSocket(options?: WaitOptions): Promise<StreamConnection | DatagramSocket>;

  /** Dials if there is no connection and the back-off allows it; never waits. */
  createSocket(): void {
    deliveryOf(this).want();
  }

  /** Hands one frame to the link: it is written soon, held, or dropped and counted. */
  send(frame: Uint8Array): void {
    if (!(frame instanceof Uint8Array)) throw new TypeError("a frame must be a Uint8Array");
    watch(this.createSocket(), reportFault);
    deliveryOf(this).enqueue(frame);
  }

  /** As `Handler.handleError`; with `closeOnError` it closes the connection and says nothing. */
  override handleError(record: LogRecord, error: unknown): void {
    if (!this.closeOnError || !deliveryOf(this).disconnect()) super.handleError(record, error);
  }
}
