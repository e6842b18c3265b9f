/**
 * The filter of the page: which kept records are shown. All conditions must hold. A text is searched
 * as it is; nothing in it is a pattern.
 *
 * @module
 */
import { getLevelNamesMapping } from "../logging/level_names.ts";
import { fieldTexts, type KeptRecord } from "./_kept_record.ts";

/** The most values of a parameter: a link stays short, and a search fast. */
const MAX_VALUES = 64;

/** The most characters of a value. */
const MAX_LENGTH = 4096;

/** A mistake in the parameters of a request. */
export class ParameterError extends Error {
  /** Makes an error. */
  constructor(message: string) {
    super(message);
    this.name = "ParameterError";
  }
}

interface FieldCondition {
  readonly key: string;
  /** `undefined`: any value. */
  readonly value: string | undefined;
}

/** The conditions on a record; see the module. */
export class RecordFilter {
  readonly #level: number;
  readonly #loggers: readonly string[];
  readonly #withoutLoggers: readonly string[];
  readonly #hosts: ReadonlySet<string>;
  readonly #text: string;
  readonly #fields: readonly FieldCondition[];
  readonly #from: number;
  readonly #to: number;

  /**
   * Reads the conditions from the parameters of a request, as `level=WARNING`.
   *
   * @throws {ParameterError} for a value that cannot be read
   */
  constructor(parameters: URLSearchParams = new URLSearchParams()) {
    this.#level = levelOf(parameters.get("level"));
    this.#loggers = valuesOf(parameters, "logger");
    this.#withoutLoggers = valuesOf(parameters, "-logger");
    this.#hosts = new Set(valuesOf(parameters, "host"));
    this.#text = (valuesOf(parameters, "text")[0] ?? "").toLowerCase();
    this.#fields = valuesOf(parameters, "field").map((condition) => {
      const colon = condition.indexOf(":");
      if (colon < 0) return { key: condition, value: undefined };
      return { key: condition.slice(0, colon), value: condition.slice(colon + 1) };
    });
    this.#from = timeOf(parameters, "from") ?? -Infinity;
    this.#to = timeOf(parameters, "to") ?? Infinity;
  }

  /** Returns true if a record meets all conditions; the cheap ones come first. */
  matches(kept: KeptRecord): boolean {
    const { logger, time } = kept;
    if (kept.levelno < this.#level || time < this.#from || time >= this.#to) return false;
    if (this.#hosts.size > 0 && !this.#hosts.has(kept.host)) return false;
    if (this.#loggers.length > 0 && !this.#loggers.some((name) => isBelow(logger, name))) {
      return false;
    }
    if (this.#withoutLoggers.some((name) => isBelow(logger, name))) return false;
    if (this.#text !== "" && !this.#hasText(kept)) return false;
    return this.#fields.length === 0 || this.#hasFields(kept);
  }

  #hasText({ message, logger, error }: KeptRecord): boolean {
    const text = this.#text;
    return message.toLowerCase().includes(text) || logger.toLowerCase().includes(text) ||
      (error !== "" && error.toLowerCase().includes(text));
  }

  #hasFields(kept: KeptRecord): boolean {
    if (kept.fields === "") return false;
    const texts = fieldTexts(kept);
    return this.#fields.every(({ key, value }) =>
      value === undefined ? texts.has(key) : texts.get(key) === value
    );
  }
}

/** Returns true for the logger itself and those below it. */
function isBelow(logger: string, name: string): boolean {
  return logger === name || (logger.startsWith(name) && logger[name.length] === ".");
}

function valuesOf(parameters: URLSearchParams, name: string): string[] {
  const values = parameters.getAll(name).filter((value) => value !== "");
  if (values.length > MAX_VALUES) {
    throw new ParameterError(`'${name}' is given ${values.length} times: at most ${MAX_VALUES}`);
  }
  for (const { length } of values) {
    if (length > MAX_LENGTH) {
      throw new ParameterError(`'${name}' has ${length} characters: at most ${MAX_LENGTH}`);
    }
  }
  return values;
}

function levelOf(level: string | null): number {
  if (level === null || level === "") return -Infinity;
  const known = getLevelNamesMapping().get(level.toUpperCase()) ?? Number(level);
  if (Number.isFinite(known)) return known;
  throw new ParameterError("'level' must be the name of a level, or a number");
}

/** Returns a time in milliseconds since the epoch, if there is one. */
export function timeOf(parameters: URLSearchParams, name: string): number | undefined {
  const value = parameters.get(name);
  if (value === null || value === "") return undefined;
  const time = Number(value);
  if (Number.isFinite(time)) return time;
  throw new ParameterError(`'${name}' must be a number of milliseconds since the epoch`);
}
