/**
 * Python's module-level functions: each logs with the root logger, and first configures it by
 * `basicConfig()` if it has no handlers.
 *
 * @module
 */
import { basicConfig } from "./basic_config.ts";
import { root } from "./get_logger.ts";
import type { Logger } from "./logger.ts";

function configuredRoot(): Logger {
  if (root.handlers.length === 0) basicConfig();
  return root;
}

/** Logs at DEBUG with the root logger. */
export function debug(msg: unknown, ...args: unknown[]): void {
  configuredRoot().debug(msg, ...args);
}

/** Logs at INFO with the root logger. */
export function info(msg: unknown, ...args: unknown[]): void {
  configuredRoot().info(msg, ...args);
}

/**
 * Logs at WARNING with the root logger.
 *
 * @example
 * ```ts
 * import { warning } from "jsr:@logwire/logging";
 *
 * warning("%s is low", "disk space"); // WARNING:root:disk space is low
 * ```
 */
export function warning(msg: unknown, ...args: unknown[]): void {
  configuredRoot().warning(msg, ...args);
}

/** The same as `warning()`. */
export function warn(msg: unknown, ...args: unknown[]): void {
  configuredRoot().warning(msg, ...args);
}

/** Logs at ERROR with the root logger. */
export function error(msg: unknown, ...args: unknown[]): void {
  configuredRoot().error(msg, ...args);
}

/** Logs an error at ERROR with the root logger: the last argument, or the message. */
export function exception(msg: unknown, ...args: unknown[]): void {
  configuredRoot().exception(msg, ...args);
}

/** Logs at CRITICAL with the root logger. */
export function critical(msg: unknown, ...args: unknown[]): void {
  configuredRoot().critical(msg, ...args);
}

/** The same as `critical()`. */
export function fatal(msg: unknown, ...args: unknown[]): void {
  configuredRoot().critical(msg, ...args);
}

/**
 * Logs at any level with the root logger.
 *
 * @throws {TypeError} if `level` is no integer, unless `raiseExceptions` is false
 */
export function log(level: number, msg: unknown, ...args: unknown[]): void {
  configuredRoot().log(level, msg, ...args);
}
