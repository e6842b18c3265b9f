/**
 * `./context`: `withContext(fields, fn)` puts fields on every record that is logged while `fn`
 * runs, by any logger, over each `await` in it: the id of a request, the name of a job. No
 * function has to pass a logger on.
 *
 * Choose it for a server that handles many requests at once, so that each record says which one it
 * belongs to. The fields stand on a record as if they were in `extra`: formatters, filters and
 * handlers see them, and they travel to the log server. In Python a filter with a
 * `contextvars.ContextVar` does this.
 *
 * ## Where it runs
 *
 * It needs `AsyncLocalStorage` of `node:async_hooks`: Deno (without a permission), Bun, Node, and
 * Cloudflare Workers with the flag `nodejs_als` or `nodejs_compat`. A browser, or a worker without
 * these flags, cannot load this module. There create a
 * `LoggerAdapter(log, { requestId }, { merge_extra: true })` and pass it on to the functions that
 * log.
 *
 * ## Details
 *
 * - Contexts nest. A record gets the fields of all of them; the inner one wins. The `extra` of a
 *   logging call, and that of a `LoggerAdapter`, wins over both.
 * - The fields are read once, before `fn` runs.
 * - A generator runs where it is iterated: iterate it within `fn`.
 * - `withContext` costs other programs nothing: before its first call no logging call looks for a
 *   context.
 *
 * ## Errors
 *
 * - `withContext` throws a `TypeError` if `fields` is no object or `fn` is no function. It throws
 *   what `fn` throws, and returns what `fn` returns.
 * - A field that is named like an attribute of the record (`name`, `message`) is added with `_`
 *   behind its name (`name_`).
 *
 * @example One id for all records of an order
 * ```ts
 * import { Formatter, getLogger, StreamHandler } from "jsr:@logwire/logging";
 * import { withContext } from "jsr:@logwire/logging/context";
 *
 * const lines: string[] = [];
 * const handler = new StreamHandler({ write: (line: string) => lines.push(line) });
 * handler.setFormatter(new Formatter("%(requestId)s %(message)s", null, {
 *   defaults: { requestId: "-" },
 * }));
 * getLogger("shop").addHandler(handler);
 *
 * async function takeOrder(): Promise<void> {
 *   getLogger("shop").warning("order taken");
 *   await Promise.resolve();
 *   getLogger("shop.stock").warning("out of ink");
 * }
 *
 * await withContext({ requestId: "r-17" }, takeOrder);
 * getLogger("shop").warning("closed");
 * console.assert(lines.join("") === "r-17 order taken\nr-17 out of ink\n- closed\n");
 * ```
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { refuse } from "../logging/validate.ts";
import { contextReader, type Extra } from "../logging/context_reader.ts";

export type { Extra };

const WHAT = "run with context";

const flows = new AsyncLocalStorage<Extra>();
const fieldsOfFlow = (): Extra | undefined => flows.getStore();

/**
 * Runs `fn`, and puts `fields` on every record that any logger makes meanwhile, across each `await`
 * in `fn` and in the functions that it calls. Returns what `fn` returns, throws what it throws.
 *
 * Contexts nest: records get the fields of all of them; of two fields of one name the inner one
 * wins. The `extra` of a call, and of a `LoggerAdapter`, wins over both. A field that is
 * named like an attribute of the record (`name`, `message`) is added with `_` behind its name. The
 * fields are read once, before `fn` runs. A generator runs where it is iterated, so iterate it
 * within `fn` too.
 *
 * @throws {TypeError} if `fields` is no object or `fn` no function
 */
export function withContext<Result>(fields: Extra, fn: () => Result): Result {
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
    refuse(WHAT, "fields", "an object", fields);
  }
  if (typeof fn !== "function") refuse(WHAT, "fn", "a function", fn);
  // Only now: a program that never calls withContext() looks for no context in its logging calls.
  contextReader.read = fieldsOfFlow;
  return flows.run({ ...flows.getStore(), ...fields }, fn);
}
