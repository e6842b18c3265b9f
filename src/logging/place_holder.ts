/**
 * A name in the hierarchy that has loggers below it and no logger of its own yet. After CPython's
 * `PlaceHolder`.
 *
 * Browser compatible.
 *
 * @module
 */
import type { Logger } from "./logger.ts";

/** Stands for a logger that was not made yet. */
export class PlaceHolder {
  /** The loggers below it, in the order of their creation. */
  readonly loggerMap: Set<Logger>;

  /** Makes a place-holder above `logger`. */
  constructor(logger: Logger) {
    this.loggerMap = new Set([logger]);
  }
}
