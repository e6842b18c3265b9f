/**
 * Python's module-level functions: each logs with the root logger, and first configures it by
 * `basicConfig()` if it has no handlers.
 *
 * @module
 */
import { basicConfig } from "./basic_config.ts";
import type { CallArgument, CallArguments } from "./call_types.ts";
import { root } from "./get_logger.ts";
import type { Logger } from "./logger.ts";

function configuredRoot(): Logger {
  if (root.handlers.length === 0) basicConfig();
  return root;
}

/** Logs at DEBUG with the root logger. */
export function debug<Message, Args extends unknown[]>(
  msg: CallArgument<Message>,
  ...args: CallArguments<Args>
): void {
  configuredRoot().debug(msg as unknown, ...args as unknown[]);
}

/** Logs at INFO with the root logger. */
export function info<Message, Args extends unknown[]>(
  msg: CallArgument<Message>,
  ...args: CallArguments<Args>
): void {
  configuredRoot().info(msg as unknown, ...args as unknown[]);
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
export function warning<Message, Args extends unknown[]>(
  msg: CallArgument<Message>,
  ...args: CallArguments<Args>
): void {
  configuredRoot().warning(msg as unknown, ...args as unknown[]);
}

/** The same as `warning()`. */
export function warn<Message, Args extends unknown[]>(
  msg: CallArgument<Message>,
  ...args: CallArguments<Args>
): void {
  configuredRoot().warning(msg as unknown, ...args as unknown[]);
}

/** Logs at ERROR with the root logger. */
export function error<Message, Args extends unknown[]>(
  msg: CallArgument<Message>,
  ...args: CallArguments<Args>
): void {
  configuredRoot().error(msg as unknown, ...args as unknown[]);
}

/** Logs an error at ERROR with the root logger: the last argument, or the message. */
export function exception<Message, Args extends unknown[]>(
  msg: CallArgument<Message>,
  ...args: CallArguments<Args>
): void {
  configuredRoot().exception(msg as unknown, ...args as unknown[]);
}

/** Logs at CRITICAL with the root logger. */
export function critical<Message, Args extends unknown[]>(
  msg: CallArgument<Message>,
  ...args: CallArguments<Args>
): void {
  configuredRoot().critical(msg as unknown, ...args as unknown[]);
}

/** The same as `critical()`. */
export function fatal<Message, Args extends unknown[]>(
  msg: CallArgument<Message>,
  ...args: CallArguments<Args>
): void {
  configuredRoot().critical(msg as unknown, ...args as unknown[]);
}

/**
 * Logs at any level with the root logger.
 *
 * @throws {TypeError} if `level` is no integer, unless `raiseExceptions` is false
 */
export function log<Message, Args extends unknown[]>(
  level: number,
  msg: CallArgument<Message>,
  ...args: CallArguments<Args>
): void {
  configuredRoot().log(level, msg as unknown, ...args as unknown[]);
}
