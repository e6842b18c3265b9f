/**
 * pino's levels on Python's scale: the number less 10, at least 5, or as an option says by label.
 *
 * Browser compatible.
 *
 * @module
 */
import { isPlainObject } from "../text/is_mapping.ts";
import { checkLevel, getLevelName } from "../logging/level_names.ts";
import { refuse } from "../logging/validate.ts";

/** The numbers of pino's own labels. */
const PINO_LEVELS: Readonly<Record<string, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
};

/** The least number: 0 is Python's NOTSET, and no level of a record. */
const LEAST = 5;

/** A level of Python's scale, and its name where that scale has none. */
export interface PythonLevel {
  readonly levelno: number;
  readonly levelname: string | undefined;
}

/** Checks the option `pythonLevels`: labels of pino → levels of Python. */
export function checkLevels(what: string, levels: unknown): Map<string, number> {
  if (!isPlainObject(levels)) refuse(what, "pythonLevels", "an object", levels);
  return new Map(
    Object.entries(levels).map(([label, level]) => {
      try {
        return [label, checkLevel(level)];
      } catch {
        refuse(what, `pythonLevels.${label}`, "an integer or the name of a level", level);
      }
    }),
  );
}

/** Translates the levels of one logger. */
export class PinoLevels {
  #numbers = new Map<string, number>();
  #labels = new Map<number, string>();
  readonly #chosen: ReadonlyMap<string, number>;

  /** `chosen` are the levels that an option gives to labels. */
  constructor(chosen: ReadonlyMap<string, number>) {
    this.#chosen = chosen;
    this.setLabels({});
  }

  /** Takes the labels of the logger with their numbers; they win over pino's own. */
  setLabels(values: Readonly<Record<string, number>>): void {
    const all = Object.entries({ ...PINO_LEVELS, ...values });
    this.#numbers = new Map(all);
    this.#labels = new Map(all.map(([label, number]) => [number, label]));
  }

  /** Returns the level that a number or a label says; `undefined` if it says none. */
  level(value: unknown): PythonLevel | undefined {
    if (typeof value === "number") return this.#of(value, this.#labels.get(value));
    if (typeof value !== "string") return undefined;
    for (const label of [value, value.toLowerCase()]) {
      const number = this.#numbers.get(label);
      if (number !== undefined || this.#chosen.has(label)) return this.#of(number ?? NaN, label);
    }
    const levelno = getLevelName(value.toUpperCase());
    return typeof levelno === "number" ? { levelno, levelname: undefined } : undefined;
  }

  #of(number: number, label: string | undefined): PythonLevel {
    const chosen = label === undefined ? undefined : this.#chosen.get(label);
    return {
      levelno: chosen ?? Math.max(LEAST, Math.trunc(number - 10)),
      levelname: label?.toUpperCase(),
    };
  }
}
