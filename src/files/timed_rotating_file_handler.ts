/**
 * `TimedRotatingFileHandler`: a file an hour, a day, a week. After CPython's.
 *
 * Runs on Deno (`--allow-read` and `--allow-write` for the folder), Bun and Node.
 *
 * @module
 */
import fs from "node:fs";
import { basename, dirname, join } from "node:path";
import {
  checkBoolean,
  checkInteger,
  checkKnown,
  checkMethods,
  checkString,
  refuse,
  valueText,
} from "../logging/validate.ts";
import { filesToDelete } from "./_files_to_delete.ts";
import {
  computeRollover,
  intervalStart,
  type RolloverUnit,
  rolloverUnit,
  type TimeOfDay,
} from "./rollover_schedule.ts";
import { atOnce } from "../logging/callback.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { strftime } from "../text/strftime.ts";
import {
  BaseRotatingHandler,
  type BaseRotatingHandlerOptions,
  isNoRegularFile,
} from "./base_rotating_handler.ts";
import { demandFile } from "./deno_permission.ts";
import { checkFilename, FILE_HANDLER_OPTIONS, ROTATING_OPTIONS } from "./file_options.ts";

/** A source of time; every `Clock` is one. */
export interface TimeSource {
  /** Seconds since the epoch, as Python's `time.time()`. */
  now(): number;
}

/** Options of {@linkcode TimedRotatingFileHandler}; the mode is always `a`. */
export interface TimedRotatingFileHandlerOptions extends Omit<BaseRotatingHandlerOptions, "mode"> {
  /**
   * The unit of `interval`: seconds `S`, minutes `M`, hours `H` or days `D` since the start of the
   * file; days that end at `midnight` or `atTime`; weeks that end on a Monday `W0` … Sunday `W6`.
   *
   * @default {"h"}
   */
  readonly when?: string;
  /** The number of these units between two roll-overs, from 1. @default {1} */
  readonly interval?: number;
  /** How many old files are kept; 0: all. @default {0} */
  readonly backupCount?: number;
  /** True: days begin, and files are named, in UTC; else in local time. @default {false} */
  readonly utc?: boolean;
  /** For `midnight` and `W0` … `W6`: the time of day of the roll-over. @default {midnight} */
  readonly atTime?: TimeOfDay | null;
  /** The source of time. @default {the system's} */
  readonly clock?: TimeSource;
}

/** The names of the options in {@linkcode TimedRotatingFileHandlerOptions}. */
const OPTIONS = [
  ...["when", "interval", "backupCount", "utc", "atTime", "clock"],
  ...ROTATING_OPTIONS,
  ...FILE_HANDLER_OPTIONS.filter((name) => name !== "mode"),
];

const systemTime: TimeSource = { now: () => Date.now() / 1000 };

/**
 * Rolls the file over with the first record after the end of its interval; the old file gets the
 * start of the interval behind its name: `app.log.2024-03-31`.
 *
 * If a file of that name exists, as when clocks are put back, a number follows the name
 * (`app.log.2024-10-27_02.1`): CPython deletes that file or, from 3.13 on, never rolls over again.
 *
 * @example
 * ```ts
 * import { mkdtempSync, readdirSync, rmSync } from "node:fs";
 * import { getLogger } from "jsr:@logwire/logging";
 * import { TimedRotatingFileHandler } from "jsr:@logwire/logging/file-handlers";
 * import { VirtualClock } from "jsr:@logwire/logging/testing";
 *
 * const folder = mkdtempSync("/tmp/app-");
 * const clock = new VirtualClock(1_711_839_600); // 2024-03-30 23:00 UTC
 * const handler = new TimedRotatingFileHandler(`${folder}/app.log`, {
 *   when: "midnight",
 *   utc: true,
 *   backupCount: 7,
 *   clock, // in a program: leave it out
 * });
 * getLogger("app").addHandler(handler);
 * getLogger("app").warning("before midnight");
 * await clock.advance(3_600_000);
 * getLogger("app").warning("after midnight");
 * await handler.close();
 * console.assert(readdirSync(folder).sort().join() === "app.log,app.log.2024-03-30");
 * rmSync(folder, { recursive: true });
 * ```
 */
export class TimedRotatingFileHandler extends BaseRotatingHandler {
  /** In capitals: `S`, `M`, `H`, `D`, `MIDNIGHT`, `W0` to `W6`. */
  readonly when: string;
  /** Seconds between roll-overs. */
  interval: number;
  /** How many old files are kept; 0: all. */
  backupCount: number;
  /** True: days begin, and files are named, in UTC. */
  utc: boolean;
  /** The time of day of the roll-over; `null` for midnight. */
  atTime: TimeOfDay | null;
  /** The format of the start of an interval behind the file's name, as for `strftime`. */
  suffix: string;
  /** Matches in the names of old files what `suffix` writes: change both or none. */
  extMatch: RegExp;
  /** The weekday of the roll-over, Monday is 0; `null` if `when` has none. */
  readonly dayOfWeek: number | null;
  /** The instant of the next roll-over, in seconds since the epoch. */
  rolloverAt: number;
  readonly #clock: TimeSource;

  /**
   * Opens the file, unless `delay` is true. The interval of an existing file began when it was last
   * written.
   *
   * @param filename a path or a `file:` URL
   * @throws {TypeError | RangeError} when an option has a bad value
   * @throws {Error} the system's, when the file cannot be opened
   */
  constructor(filename: string | URL, options: TimedRotatingFileHandlerOptions = {}) {
    checkKnown(WHAT, options, OPTIONS);
    const {
      when = "h",
      interval = 1,
      backupCount = 0,
      utc = false,
      atTime = null,
      clock = systemTime,
      ...others
    } = options;
    const unit = checkWhen(when);
    checkInteger(WHAT, "interval", interval, 1);
    checkInteger(WHAT, "backupCount", backupCount, 0);
    checkBoolean(WHAT, "utc", utc);
    checkTimeOfDay(atTime);
    checkMethods(WHAT, "clock", clock, ["now"]);
    // Asked before opening, which may create the file with a time that is not the clock's.
    const before = modifiedAt(checkFilename(WHAT, filename));
    super(filename, { ...others, mode: "a" });
    this.when = unit.when;
    this.interval = unit.seconds * interval;
    this.backupCount = backupCount;
    this.utc = utc;
    this.atTime = atTime;
    this.suffix = unit.suffix;
    this.extMatch = unit.extMatch;
    this.dayOfWeek = unit.when.startsWith("W") ? Number(unit.when[1]) : null;
    this.#clock = clock;
    this.rolloverAt = this.computeRollover(before ?? this.#now());
  }

  /** The time in whole seconds. */
  #now(): number {
    return Math.trunc(this.#clock.now());
  }

  /** The instant of the next roll-over after `currentTime`; both in seconds since the epoch. */
  computeRollover(currentTime: number): number {
    return computeRollover(currentTime, this);
  }

  /** True if the interval has ended. */
  override shouldRollover(_record?: LogRecord): boolean {
    const now = this.#now();
    if (now < this.rolloverAt) return false;
    if (!isNoRegularFile(this.baseFilename)) return true;
    this.rolloverAt = this.computeRollover(now);
    return false;
  }

  /** The paths of the old files beyond `backupCount`, oldest first. */
  getFilesToDelete(): string[] {
    const folder = dirname(this.baseFilename);
    const naming = {
      baseName: basename(this.baseFilename),
      extMatch: this.extMatch,
      gzip: this.gzip,
      ...(typeof this.namer === "function" &&
        { namer: (name: string) => basename(atOnce(this.namer!(join(folder, name)), "namer()")) }),
    };
    demandFile(folder);
    return filesToDelete(fs.readdirSync(folder), naming, this.backupCount)
      .map((name) => join(folder, name));
  }

  /**
   * Renames the file after its interval, begins a new file, and removes those beyond `backupCount`.
   */
  override doRollover(): void {
    const now = this.#now();
    const dest = this.#freeName(intervalStart(this.rolloverAt, now, this));
    this.rotateAndCompress(dest);
    this.rolloverAt = this.computeRollover(now);
    if (this.backupCount > 0) this.#deleteOldFiles();
  }

  #freeName(start: Parameters<typeof strftime>[1]): string {
    const name = this.rotation_filename(`${this.baseFilename}.${strftime(this.suffix, start)}`);
    const rotated = this.rotatedFiles;
    let free = name;
    for (let number = 1; rotated.exists(free); number++) free = `${name}.${number}`;
    return free;
  }

  /** A file that cannot be removed stops neither the others nor the log; the first is reported. */
  #deleteOldFiles(): void {
    const failures: unknown[] = [];
    try {
      for (const path of this.getFilesToDelete()) {
        try {
          this.rotatedFiles.remove(path);
        } catch (error) {
          failures.push(error);
        }
      }
    } catch (error) {
      failures.push(error);
    }
    if (failures.length > 0) this.reportFault(failures[0]);
  }
}

const WHAT = "create a timed rotating file handler";

function checkWhen(when: string): RolloverUnit {
  const unit = rolloverUnit(checkString(WHAT, "when", when));
  if (unit !== undefined) return unit;
  throw new RangeError(
    `Cannot ${WHAT} as 'when' must be S, M, H, D, midnight or W0 to W6 (0 is Monday): ` +
      `current value is ${valueText(when)}`,
  );
}

function checkTimeOfDay(atTime: TimeOfDay | null): void {
  if (atTime === null) return;
  if (typeof atTime !== "object") refuse(WHAT, "atTime", "an object such as { hour: 12 }", atTime);
  checkKnown(`${WHAT} with 'atTime'`, atTime, ["hour", "minute", "second"]);
  const { hour = 0, minute = 0, second = 0 } = atTime;
  checkInteger(WHAT, "atTime.hour", hour, 0, 23);
  checkInteger(WHAT, "atTime.minute", minute, 0, 59);
  checkInteger(WHAT, "atTime.second", second, 0, 59);
}

/** When a file was last written, in whole seconds since the epoch; `undefined` if there is none. */
function modifiedAt(filename: string): number | undefined {
  const stats = fs.statSync(filename, { throwIfNoEntry: false });
  return stats && Math.trunc(stats.mtimeMs / 1000);
}
