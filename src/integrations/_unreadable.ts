/**
 * Values of a program that refuse to be read: a getter that throws, a proxy that is revoked. Such a
 * value must cost neither the logging call nor the record.
 *
 * Browser compatible.
 *
 * @module
 */
import { withFallback } from "../text/fallback.ts";

/** Stands in the place of a value that cannot be read. */
export const UNREADABLE = "[unreadable]";

/** Returns true for an `Error`. Never throws. */
export function isError(value: unknown): value is Error {
  return withFallback(() => value instanceof Error, false);
}
