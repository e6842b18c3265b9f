/**
 * A handler that does nothing, for libraries: their records then count as handled, and the program
 * decides which handlers get them. After CPython's `NullHandler`.
 *
 * Browser compatible.
 *
 * @module
 */
import { Handler } from "./handler.ts";
import type { LogRecord } from "./log_record.ts";

/**
 * Drops every record.
 *
 * @example
 * ```ts
 * import { getLogger, NullHandler } from "jsr:@logwire/logging";
 *
 * getLogger("mylibrary").addHandler(new NullHandler());
 * ```
 */
export class NullHandler extends Handler {
  /** Does nothing, and runs no filters. */
  override handle(_record: LogRecord): boolean {
    return false;
  }

  /** Does nothing. */
  override emit(_record: LogRecord): void {}
}
