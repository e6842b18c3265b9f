/**
 * The time of a message as text. All but the fraction is kept for the next message: most messages
 * have the same second as the one before.
 *
 * Browser compatible: where local time comes from is a parameter.
 *
 * @module
 */
import { writePadded } from "../../text/digits.ts";
import type { StructTime } from "../../text/struct_time.ts";
import { encodeUtf8 } from "../../text/utf8.ts";
import { valueText } from "../../logging/validate.ts";

/** The years 0000 to 9999, in seconds since the epoch: RFC 3339 writes four digits. */
const FIRST_SECOND = -62_167_219_200;
const LAST_SECOND = 253_402_300_799;

const MICROSECONDS = 1_000_000;
const MICROSECOND_DIGITS = 6;

/** The position of the fraction in RFC 5424's TIMESTAMP. */
const FRACTION = 20;

const LETTER_Z = 0x5a;

/** The months, as RFC 3164 (section 4.1.2) writes them. */
export const MONTHS: readonly string[] =
  /* @__PURE__ */ "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
    .split(" ");

function checkTime(created: number): void {
  // A received value may be a list, and to compare that can take for ever.
  if (typeof created === "number" && created >= FIRST_SECOND && created < LAST_SECOND) return;
  throw new RangeError(
    `Cannot write a time as 'created' must be in the years 0 to 9999, in seconds since the epoch: ` +
      `current value is ${valueText(created)}`,
  );
}

/** Keeps RFC 5424's TIMESTAMP, in UTC, in one place: `2026-02-03T04:05:06.789000Z`. */
export class UtcTimestamp {
  /** The bytes of a timestamp. */
  static readonly SIZE = 27;
  readonly #out: Uint8Array;
  readonly #at: number;
  #second = NaN;

  /** Makes one that is written at `at`. */
  constructor(out: Uint8Array, at: number) {
    this.#out = out;
    this.#at = at;
  }

  /** Writes `created`, in seconds since the epoch, to the nearest microsecond. */
  write(created: number): void {
    checkTime(created);
    let second = Math.floor(created);
    // The difference is exact, and so is the product for any time after 1970.
    let micros = Math.round((created - second) * MICROSECONDS);
    if (micros === MICROSECONDS) {
      micros = 0;
      second++;
    }
    if (second !== this.#second) {
      encodeUtf8(new Date(second * 1000).toISOString(), this.#out, this.#at);
      this.#second = second;
    }
    const end = writePadded(micros, MICROSECOND_DIGITS, this.#out, this.#at + FRACTION);
    this.#out[end] = LETTER_Z;
  }
}

/** Writes RFC 3164's TIMESTAMP, in local time: `Feb  3 04:05:06`. */
export class LocalTimestamps {
  readonly #localtime: (seconds: number) => StructTime;
  #second = NaN;
  #text = "";

  /** Makes one; `localtime` returns the fields of a time in seconds since the epoch. */
  constructor(localtime: (seconds: number) => StructTime) {
    this.#localtime = localtime;
  }

  /** Formats `created`, in seconds since the epoch, without their fraction. */
  format(created: number): string {
    checkTime(created);
    const second = Math.floor(created);
    if (second !== this.#second) {
      const time = this.#localtime(second);
      const day = String(time.tm_mday).padStart(2);
      const clock = [time.tm_hour, time.tm_min, time.tm_sec].map(twoDigits).join(":");
      this.#text = `${MONTHS[time.tm_mon - 1]} ${day} ${clock}`;
      this.#second = second;
    }
    return this.#text;
  }
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
