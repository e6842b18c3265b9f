/**
 * The text in the place of a value of a program that refuses to be read: a getter that throws, a
 * proxy that is revoked. Such a value must cost neither the logging call nor the record.
 *
 * Browser compatible.
 *
 * @module
 */

/** Stands in the place of a value that cannot be read. */
export const UNREADABLE = "[unreadable]";
