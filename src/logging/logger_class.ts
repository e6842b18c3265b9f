/**
 * The class of the loggers that `getLogger()` makes.
 *
 * Browser compatible.
 *
 * @module
 */
import { Logger, type LoggerClass } from "./logger.ts";

let loggerClass: LoggerClass = Logger;

/** Throws `TypeError` if `value` is not derived from `Logger`. */
export function checkLoggerClass(value: unknown): asserts value is LoggerClass {
  if (value === Logger) return;
  if (typeof value === "function" && value.prototype instanceof Logger) return;
  const name = typeof value === "function" ? value.name : String(value);
  throw new TypeError(`logger not derived from logging.Logger: ${name}`);
}

/**
 * Sets the class of the loggers that are made from now on.
 *
 * @throws {TypeError} if it is not derived from `Logger`
 */
export function setLoggerClass(value: LoggerClass): void {
  checkLoggerClass(value);
  loggerClass = value;
}

/** Returns the class of new loggers. */
export function getLoggerClass(): LoggerClass {
  return loggerClass;
}
