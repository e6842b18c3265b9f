/**
 * The class that `getLogger()` makes loggers of.
 *
 * Browser compatible.
 *
 * @module
 */
import { Logger } from "./logger.ts";

/** `Logger`, or a class derived from it, made with the name alone. */
export type LoggerClass = new (name: string) => Logger;

let loggerClass: LoggerClass = Logger;

/** Throws `TypeError` where `value` is not derived from `Logger`. */
export function checkLoggerClass(value: unknown): asserts value is LoggerClass {
  if (value === Logger) return;
  if (typeof value === "function" && value.prototype instanceof Logger) return;
  const name = typeof value === "function" ? value.name : String(value);
  throw new TypeError(`logger not derived from logging.Logger: ${name}`);
}

/**
 * Sets the class of the loggers that are made from now on.
 *
 * @throws {TypeError} where it is not derived from `Logger`
 */
export function setLoggerClass(value: LoggerClass): void {
  checkLoggerClass(value);
  loggerClass = value;
}

/** The class that loggers are made of. */
export function getLoggerClass(): LoggerClass {
  return loggerClass;
}
