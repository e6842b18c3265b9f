/**
 * The root of a hierarchy of loggers. After CPython's `RootLogger`.
 *
 * Browser compatible.
 *
 * @module
 */
import type { Level } from "./level.ts";
import { Logger } from "./logger.ts";

/** The root of a hierarchy: a logger that always has a level. */
export class RootLogger extends Logger {
  /** Makes a root. */
  constructor(level: Level) {
    super("root", level);
  }
}
