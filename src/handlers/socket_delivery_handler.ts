/**
 * What every handler over a socket has in common: CPython's template of small overridable methods on
 * one link that is kept open. What it sends is its subclasses' to say, in `emit()`.
 *
 * Browser compatible.
 *
 * @module
 */
import type { StreamFraming } from "../core/framing.ts";
import type { LogRecord } from "../logging/log_record.ts";
import type {
  DatagramSocket,
  ExitNotifier,
  StreamConnection,
  WaitOptions,
} from "../net/connector.ts";
import type { Delivery } from "./delivery.ts";
import { deliver, DeliveryHandler } from "./delivery_handler.ts";
import type { DeliveryOptions } from "./delivery_options.ts";
import { toOutlet } from "./outlet.ts";

/** A handler that delivers frames over a socket that it keeps open. */
export abstract class SocketDeliveryHandler extends DeliveryHandler {
  /** As CPython: an error in `emit()` closes the connection instead of being reported. */
  closeOnError = false;
  readonly #delivery: Delivery;

  /**
   * Opens nothing.
   *
   * @param name what lines on stderr call this handler
   * @param exitNotifier what tells that the process ends, so that the last records are written
   * @param framing what marks messages off on a stream, and not as datagrams; without it `send()`
   * is given whole frames
   * @throws {TypeError | RangeError} when an option has a bad value
   */
  constructor(
    name: string,
    exitNotifier: ExitNotifier,
    options: DeliveryOptions,
    framing?: StreamFraming,
  ) {
    super(name, options);
    this.#delivery = deliver(this, {
      exitNotifier,
      open: async (signal) => {
        const outlet = toOutlet(await this.makeSocket({ signal }), framing);
        outlet.unref?.();
        return outlet;
      },
    });
  }

  /** Opens a connection: one dial. Override it to connect in a way of your own. */
  abstract makeSocket(options?: WaitOptions): Promise<StreamConnection | DatagramSocket>;

  /** Dials if there is no connection and the back-off allows it; never waits. */
  createSocket(): void {
    this.#delivery.want();
  }

  /** Hands one frame to the link: it is written soon, held, or dropped and counted. */
  send(frame: Uint8Array): void {
    if (!(frame instanceof Uint8Array)) throw new TypeError("a frame must be a Uint8Array");
    this.createSocket();
    this.#delivery.enqueue(frame);
  }

  /** As `Handler.handleError`; with `closeOnError` it closes the connection and says nothing. */
  override handleError(record: LogRecord, error: unknown): void {
    if (!this.closeOnError || !this.#delivery.disconnect()) super.handleError(record, error);
  }
}
