/**
 * For those that put other handlers in the place of some and do not wait.
 *
 * Browser compatible.
 *
 * @module
 */
import type { Handler } from "./handler.ts";
import { reportError } from "./report_error.ts";

/** Closes a handler; one that fails at it is reported. */
export async function closeInBackground(handler: Handler): Promise<void> {
  try {
    await handler.close();
  } catch (error) {
    reportError(null, error);
  }
}
