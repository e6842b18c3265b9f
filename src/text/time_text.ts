/**
 * A time in seconds since the epoch as text by `strftime`. The text is kept for the next time: most
 * have the same second as the one before.
 *
 * Browser compatible.
 *
 * @module
 */
import { strftime } from "./strftime.ts";
import { gmtime, localtime, type StructTime, utcOffsetMs } from "./struct_time.ts";

/** Has the function that returns the fields of a time in seconds since the epoch. */
export interface HasConverter {
  /** `localtime`, `gmtime` or a function of the program. */
  converter(seconds: number): StructTime;
}

/** Keeps the text of the last second. */
export class TimeText {
  #converter: unknown;
  #format: string | undefined;
  #second = NaN;
  #offset = 0;
  #text = "";

  /** Formats `seconds` by `format`, with the fields that the converter of `owner` returns. */
  format(owner: HasConverter, format: string, seconds: number): string {
    const { converter } = owner;
    // A received value may be a list, and its conversion to a number can take for ever.
    const second = typeof seconds === "number" ? Math.floor(seconds) : NaN;
    // The time zone of the process may change at any time. `%z` shows the offset, too.
    const offset = converter === localtime ? utcOffsetMs(second * 1000) : 0;
    if (
      second === this.#second && offset === this.#offset &&
      format === this.#format &&
      converter === this.#converter
    ) return this.#text;
    const text = strftime(format, converter.call(owner, seconds));
    // Another converter may count its calls, and two time zones of one offset have two names.
    if ((converter === localtime || converter === gmtime) && !format.includes("Z")) {
      this.#converter = converter;
      this.#format = format;
      this.#second = second;
      this.#offset = offset;
      this.#text = text;
    }
    return text;
  }
}
