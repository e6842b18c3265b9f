/**
 * The filter that removes secrets from a record before a handler reads it.
 *
 * Browser compatible.
 *
 * @module
 */
import { namesOfField } from "./extra_fields.ts";
import { Filter, type FilterResult } from "./filter.ts";
import type { LogArguments, LogRecord } from "./log_record.ts";
import { isStandard } from "./record_attributes.ts";
import { setField } from "./_record_field.ts";
import { Redaction } from "./_redaction.ts";
import { checkPaths, type PathState } from "./_redaction_paths.ts";
import { checkKnown, checkString } from "./validate.ts";

/**
 * Replaces parts of the fields and arguments of a record, before the arguments are merged into the
 * message.
 *
 * ```ts
 * import { RedactingFilter, StreamHandler } from "jsr:@logwire/logging";
 *
 * const handler = new StreamHandler();
 * handler.addFilter(new RedactingFilter(["password", "*.token", "headers.authorization", "**.pin"]));
 * ```
 *
 * **Paths.** A path is names with dots between them, or a list of names where a name has a dot
 * itself: `["headers", "x.token"]`. `*` stands for any one name, `**` for any number of names, none
 * included. A path begins at the fields of the record (those of `extra`, of `child()` and of
 * `withContext()`), at each argument of the call, at a message that is an object, and at a logged
 * error. So `password` redacts `log.info("x", { extra: { password } })`,
 * `log.info("%s", { password })` and `log.info("%(password)s", { password })`. Names are those of
 * properties, the keys of a `Map` and, of an array or a `Set`, the indexes: `users.*.password`. A
 * field that got `_` behind its name, as it is named like an attribute of the record, is also found
 * by its first name. Names are case-sensitive.
 *
 * **Not in texts.** The filter compares names and never looks into a text. A secret that the
 * program has put into the message, into the text of an error or a URL, or that is an argument by
 * itself (`log.info("token %s", token)`), stays. A `QueueHandler` merges the arguments into the
 * text, and so does a handler that sends the record to another program: add the filter to that
 * handler, or to the logger, and not to the handlers behind the queue or at the receiver.
 *
 * **Copies.** The record and its values are not changed: other handlers see them as they are. On a
 * handler the filter redacts for that handler; on a logger, for all handlers of what is logged
 * there, but not of what is logged to loggers below it, as in Python. Only containers above a
 * redacted part are copied. An object of a class becomes a plain object of its properties, or of
 * what its `toJSON()` returns, since its methods may show the secret; an error stays an error.
 *
 * **Limits.** What is nested deeper than 100 levels, or follows the first 100,000 members of a
 * record that the filter searches, is replaced as a whole.
 *
 * **Failures.** If a value cannot be searched (a getter throws), the record is dropped, never
 * passed: `dropped` counts it, the handler reports it by `handleError()`, and a handler with
 * `stats` counts it as `dropped.error`.
 *
 * @example
 * ```ts
 * import { getLogger, JSONFormatter, RedactingFilter, StreamHandler } from "jsr:@logwire/logging";
 *
 * const lines: string[] = [];
 * const handler = new StreamHandler({ write: (text: string) => lines.push(text) });
 * handler.setFormatter(new JSONFormatter());
 * handler.addFilter(new RedactingFilter(["**.password"], { replacement: "***" }));
 * getLogger("login").addHandler(handler);
 *
 * const user = { name: "anna", password: "tulip" };
 * getLogger("login").warning("%(name)s: %(password)s", user, { extra: { form: { user } } });
 * const line = JSON.parse(lines[0]!);
 * console.assert(line.message === "anna: ***" && line.form.user.password === "***");
 * console.assert(user.password === "tulip");
 * ```
 */
export class RedactingFilter extends Filter {
  readonly #start: PathState;
  readonly #replacement: string;
  #dropped = 0;

  /**
   * Makes a filter that redacts what the paths lead to; at most 100 paths of 100 names.
   *
   * @param options `replacement` is the text in place of what is redacted, `"[redacted]"` unless given
   *
   * @throws {TypeError} if a path is no path, or an option is unknown or has the wrong type
   */
  constructor(
    paths: readonly (string | readonly string[])[],
    options: { replacement?: string } = {},
  ) {
    const what = "create RedactingFilter";
    const start = checkPaths(what, paths);
    checkKnown(what, options, ["replacement"]);
    super();
    this.#start = start;
    this.#replacement = checkString(
      what,
      "replacement",
      options.replacement ?? "[redacted]",
      true,
    );
  }

  /** The number of records that were dropped because they could not be searched. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Returns true if nothing is redacted, else the redacted copy of the record.
   *
   * @throws what a getter, a proxy or a `toJSON()` of a value throws; the caller drops the record
   */
  override filter(record: LogRecord): FilterResult {
    try {
      const changes = this.#changesOf(record);
      return changes.size === 0 ? true : copyOf(record, changes);
    } catch (error) {
      this.#dropped++;
      throw error;
    }
  }

  /** The attributes of a record that differ in its copy. */
  #changesOf(record: LogRecord): Map<string, unknown> {
    const changes = new Map<string, unknown>();
    const redaction = new Redaction(this.#replacement);
    const start = this.#start;
    const change = (name: string, before: unknown, after: unknown) => {
      if (after !== before) changes.set(name, after);
    };
    const { msg, args, exc_info } = record;
    change("msg", msg, redaction.within(msg, start));
    change("args", args, redactedArguments(args, redaction, start));
    change("exc_info", exc_info, redaction.within(exc_info, start));
    // Another handler has written the error as it was.
    if (changes.has("exc_info")) change("exc_text", record.exc_text, null);
    for (const key of Object.keys(record)) {
      if (isStandard(key)) continue;
      const before = record[key];
      let after = before;
      for (const name of namesOfField(record, key)) {
        const state = start.next(name);
        if (state !== undefined) after = redaction.of(after, state);
      }
      change(key, before, after);
    }
    return changes;
  }
}

/** Each argument is a place from which the paths begin; so is the one mapping. */
function redactedArguments(args: LogArguments, redaction: Redaction, start: PathState): unknown {
  if (!Array.isArray(args)) return redaction.within(args, start);
  let copy: unknown[] | undefined;
  for (const [index, before] of args.entries()) {
    const after = redaction.within(before, start);
    if (after !== before) (copy ??= [...args])[index] = after;
  }
  return copy ?? args;
}

/** Copies a record, of its class and with its mark; without the message that was merged before. */
function copyOf(record: LogRecord, changes: ReadonlyMap<string, unknown>): LogRecord {
  const copy: LogRecord = Object.create(Object.getPrototypeOf(record));
  for (const key of Object.keys(record)) {
    if (key !== "message") setField(copy, key, changes.has(key) ? changes.get(key) : record[key]);
  }
  // A record may have one of its own, which merges the arguments in another way.
  const own = Object.getOwnPropertyDescriptor(record, "getMessage");
  if (own !== undefined) Object.defineProperty(copy, "getMessage", own);
  return copy;
}
