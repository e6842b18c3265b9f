/**
 * The fields of a time in seconds since the epoch, after Python's `time.localtime` and
 * `time.gmtime`.
 *
 * Browser compatible.
 *
 * @module
 */

/** Python's `time.struct_time`. */
export interface StructTime {
  /** The year, four digits. */
  readonly tm_year: number;
  /** 1 to 12. */
  readonly tm_mon: number;
  /** 1 to 31. */
  readonly tm_mday: number;
  /** 0 to 23. */
  readonly tm_hour: number;
  /** 0 to 59. */
  readonly tm_min: number;
  /** 0 to 59. */
  readonly tm_sec: number;
  /** 0 to 6, Monday is 0. */
  readonly tm_wday: number;
  /** 1 to 366. */
  readonly tm_yday: number;
  /** 1 in summer time, else 0. */
  readonly tm_isdst: number;
  /** The name of the time zone. */
  readonly tm_zone: string;
  /** Seconds east of UTC. */
  readonly tm_gmtoff: number;
}

const DAY_MS = 86_400_000;

/** The fields of a time; those that take longer to compute are computed when they are read. */
class BrokenDownTime implements StructTime {
  readonly tm_year: number;
  readonly tm_mon: number;
  readonly tm_mday: number;
  readonly tm_hour: number;
  readonly tm_min: number;
  readonly tm_sec: number;
  readonly tm_wday: number;
  readonly tm_gmtoff: number;
  readonly #ms: number;
  readonly #isLocal: boolean;

  /** `ms` since the epoch; `offset` of local time from UTC in ms. */
  constructor(ms: number, offset: number, isLocal: boolean) {
    const shifted = new Date(ms + offset);
    this.tm_year = shifted.getUTCFullYear();
    this.tm_mon = shifted.getUTCMonth() + 1;
    this.tm_mday = shifted.getUTCDate();
    this.tm_hour = shifted.getUTCHours();
    this.tm_min = shifted.getUTCMinutes();
    this.tm_sec = shifted.getUTCSeconds();
    this.tm_wday = (shifted.getUTCDay() + 6) % 7;
    this.tm_gmtoff = offset / 1000;
    this.#ms = ms;
    this.#isLocal = isLocal;
  }

  get tm_yday(): number {
    const start = new Date(0).setUTCFullYear(this.tm_year, 0, 1);
    const day = new Date(0).setUTCFullYear(this.tm_year, this.tm_mon - 1, this.tm_mday);
    return (day - start) / DAY_MS + 1;
  }

  /** 1 in summer time: the clock is ahead of its position at another time of that year. */
  get tm_isdst(): number {
    if (!this.#isLocal) return 0;
    const january = utcOffsetMs(+new Date(this.tm_year, 0, 1));
    const july = utcOffsetMs(+new Date(this.tm_year, 6, 1));
    return this.tm_gmtoff * 1000 > Math.min(january, july) ? 1 : 0;
  }

  get tm_zone(): string {
    if (!this.#isLocal) return "UTC";
    const parts = new Intl.DateTimeFormat("en-US", { timeZoneName: "short" })
      .formatToParts(this.#ms);
    return parts.find((part) => part.type === "timeZoneName")?.value ?? "";
  }
}

/** Returns the fields of `seconds` since the epoch in UTC. @default {now} */
export function gmtime(seconds: number = Date.now() / 1000): StructTime {
  return new BrokenDownTime(wholeSeconds(seconds), 0, false);
}

/** Returns the fields of `seconds` since the epoch in the local time zone. @default {now} */
export function localtime(seconds: number = Date.now() / 1000): StructTime {
  const ms = wholeSeconds(seconds);
  return new BrokenDownTime(ms, utcOffsetMs(ms), true);
}

function wholeSeconds(seconds: number): number {
  // A received value may be a list, and its conversion to a number can take for ever.
  const ms = typeof seconds === "number" ? Math.floor(seconds) * 1000 : NaN;
  if (Number.isNaN(new Date(ms).getTime())) {
    throw new RangeError(
      `Cannot convert a time as 'seconds' must be a number of seconds since the epoch: ` +
        `current value is ${typeof seconds === "number" ? seconds : typeof seconds}`,
    );
  }
  return ms;
}

/** Returns local time minus UTC in milliseconds, at a time in milliseconds since the epoch. */
export function utcOffsetMs(ms: number): number {
  return -new Date(ms).getTimezoneOffset() * 60_000;
}
