/**
 * The part in which the handlers differ that send whole records through a socket.
 *
 * Browser compatible: types only.
 *
 * @module
 */

/** The checked target of a handler that sends whole records. */
export interface SocketTarget<Address> {
  /** The name of the class. */
  readonly name: string;
  /** Where its records go. */
  readonly address: Address;
}
