/**
 * From pino's lines to the records that a handler gets.
 *
 * Browser compatible.
 *
 * @module
 */
import { addFields } from "../logging/extra_fields.ts";
import type { Handler } from "../logging/handler.ts";
import { INFO, type Level } from "../logging/level.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { reportError } from "../logging/report_error.ts";
import { checkString } from "../logging/validate.ts";
import { isPlainObject } from "../text/is_mapping.ts";
import { parseExactly } from "./_exact_json.ts";
import { foreignRecord, handOver } from "./_foreign_record.ts";
import { type PinoError, pinoError } from "./_pino_error.ts";
import { checkLevels, PinoLevels } from "./_pino_levels.ts";
import { pinoTime } from "./_pino_time.ts";

/** How pino's lines are read. */
export interface PinoOptions {
  /** The name of records whose line has no `name`. @default {"pino"} */
  name?: string;
  /**
   * The level of a label of pino, as a number or a name of Python's: `{ audit: "WARNING" }`. A
   * label that is not in it has pino's number less 10, at least 5. @default {{}}
   */
  pythonLevels?: Readonly<Record<string, Level>>;
  /** pino's `messageKey`. @default what the logger says of itself, else "msg" */
  messageKey?: string;
  /** pino's `errorKey`. @default what the logger says of itself, else "err" */
  errorKey?: string;
  /**
   * pino's `nestedKey`: the fields in it become fields of the record, and its error that of the
   * record. @default undefined: what is nested stays one field
   */
  nestedKey?: string;
}

/** The names of the options of {@linkcode PinoOptions}. */
export const PINO_OPTIONS = [
  "name",
  "pythonLevels",
  "messageKey",
  "errorKey",
  "nestedKey",
] as const;

/** A snapshot of the lines that were read. */
export interface PinoStats {
  /** All lines. Each has become a record, also those that the other counters count. */
  lines: number;
  /** Lines that were no JSON object; their records have the line as the text. */
  notJson: number;
  /** Of the others, lines whose level is absent or unknown; their records are at level INFO. */
  withoutLevel: number;
}

/** The facts about a line that pino gives beside its text, to a destination that asks for them. */
export interface PinoMetadata {
  readonly level?: unknown;
  /** The value of the time as JSON. */
  readonly time?: unknown;
}

/** The message by which a pino logger describes itself to its stream. */
interface PinoConfig {
  levels?: { values?: Record<string, number> };
  messageKey?: unknown;
  errorKey?: unknown;
}

/** Options that are checked. */
export interface PinoSettings extends Omit<PinoOptions, "pythonLevels"> {
  readonly pythonLevels: ReadonlyMap<string, number>;
}

/** Checks the values of options; `what` names the action in errors. */
export function checkPinoOptions(what: string, options: PinoOptions): PinoSettings {
  for (const key of ["name", "messageKey", "errorKey", "nestedKey"] as const) {
    if (options[key] !== undefined) checkString(what, key, options[key]);
  }
  return { ...options, pythonLevels: checkLevels(what, options.pythonLevels ?? {}) };
}

/** Reads lines of one logger. */
export class PinoReader {
  readonly stats: PinoStats = { lines: 0, notJson: 0, withoutLevel: 0 };
  readonly #handler: Handler;
  readonly #name: string;
  readonly #settings: PinoSettings;
  readonly #levels: PinoLevels;
  #messageKey: string;
  #errorKey: string;

  constructor(handler: Handler, settings: PinoSettings) {
    this.#handler = handler;
    this.#settings = settings;
    this.#name = settings.name ?? "pino";
    this.#levels = new PinoLevels(settings.pythonLevels);
    this.#messageKey = settings.messageKey ?? "msg";
    this.#errorKey = settings.errorKey ?? "err";
  }

  /** Takes what a logger says of itself; returns false for another message. Never throws. */
  configure(message: unknown): boolean {
    const { code, config } = (message ?? {}) as { code?: unknown; config?: PinoConfig };
    if (code !== "PINO_CONFIG" || !isPlainObject(config)) return false;
    const { levels, messageKey, errorKey } = config as PinoConfig;
    if (isPlainObject(levels?.values)) this.#levels.setLabels(levels.values);
    if (typeof messageKey === "string") this.#messageKey = this.#settings.messageKey ?? messageKey;
    if (typeof errorKey === "string") this.#errorKey = this.#settings.errorKey ?? errorKey;
    return true;
  }

  /** Gives the handler a record of each line in `text`. Never throws. */
  read(text: string, metadata: PinoMetadata = {}): void {
    try {
      for (const line of text.split("\n")) {
        if (line.trim() === "") continue;
        this.stats.lines++;
        handOver(this.#handler, this.#record(line, metadata));
      }
    } catch (error) {
      reportError(null, error);
    }
  }

  #record(line: string, metadata: PinoMetadata): LogRecord {
    const object = parsed(line);
    if (object === undefined) {
      this.stats.notJson++;
      const message = line.replace(/\r$/, "");
      const level = this.#levels.level(metadata.level) ?? { levelno: INFO };
      return foreignRecord({ name: this.#name, message, ...level });
    }
    const fields: Record<string, unknown> = { ...object };
    /** Takes a field out, if the record has an attribute for such a value. */
    const take = <Value>(key: string, use: (value: unknown) => Value | undefined) => {
      const value = Object.hasOwn(fields, key) ? use(fields[key]) : undefined;
      if (value !== undefined) delete fields[key];
      return value;
    };
    const level = take("level", (value) => this.#levels.level(value)) ??
      this.#levels.level(metadata.level);
    if (level === undefined) this.stats.withoutLevel++;
    const nested = this.#nested(take);
    const { error, rest } = this.#error(nested, take);
    const message = take(this.#messageKey, messageText) ?? "";
    const record = foreignRecord({
      name: take("name", nonEmptyText) ?? this.#name,
      levelno: level?.levelno ?? INFO,
      levelname: level?.levelname,
      message,
      created: take("time", pinoTime) ?? pinoTime(parsedValue(metadata.time)),
      process: take("pid", (value) => Number.isInteger(value) ? value as number : undefined),
      errorText: error,
      fields,
    });
    for (const more of [nested, rest]) if (more !== undefined) addFields(record, more);
    return record;
  }

  #nested(take: Take): Record<string, unknown> | undefined {
    const { nestedKey } = this.#settings;
    if (nestedKey === undefined) return undefined;
    const found = take(nestedKey, (value) => isPlainObject(value) ? value : undefined);
    return found && { ...found };
  }

  /** Takes the error out of the nested fields, or of the others, as text and a field of its rest. */
  #error(
    nested: Record<string, unknown> | undefined,
    take: Take,
  ): { error?: string; rest?: Record<string, unknown> } {
    const key = this.#errorKey;
    let found: PinoError | undefined;
    if (nested !== undefined && Object.hasOwn(nested, key)) {
      found = pinoError(nested[key]);
      if (found !== undefined) delete nested[key];
    }
    found ??= take(key, pinoError);
    if (found === undefined) return {};
    return { error: found.text, ...(found.rest && { rest: { [key]: found.rest } }) };
  }
}

type Take = <Value>(key: string, use: (value: unknown) => Value | undefined) => Value | undefined;

function parsed(line: string): Record<string, unknown> | undefined {
  // A line that is only part of an object, or a text that the program wrote itself.
  if (!line.startsWith("{")) return undefined;
  // pino writes `{,` where `formatters.level` returns an object without properties.
  const value = parsedValue(line.startsWith("{,") ? `{${line.slice(2)}` : line);
  return isPlainObject(value) ? value : undefined;
}

function parsedValue(json: unknown): unknown {
  if (typeof json !== "string" || json === "") return undefined;
  try {
    return parseExactly(json);
  } catch {
    return undefined;
  }
}

function messageText(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "bigint" ? String(value) : JSON.stringify(value, digits) ?? "";
}

/** `JSON.stringify` throws for a bigint. */
function digits(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

function nonEmptyText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
