/**
 * EventTime of the Forward protocol: the time of an event to the nanosecond.
 *
 * Pure: uses no runtime global.
 *
 * @module
 */
import { unixNano } from "../unix_nano.ts";

const MAX_UINT32 = 0xffff_ffff;
const NANOS = 1_000_000_000;

/** A time; see the module. */
export class EventTime {
  /** Seconds since the epoch, from 0 to 4294967295: until the year 2106. */
  readonly seconds: number;
  /** Nanoseconds of the second, from 0 to 999999999. */
  readonly nanoseconds: number;

  /** Makes a time of its parts. */
  constructor(seconds: number, nanoseconds: number) {
    this.seconds = seconds;
    this.nanoseconds = nanoseconds;
  }

  /** The time of so many seconds since the epoch; 0 for what is no time that it can hold. */
  static from(seconds: unknown): EventTime {
    const nano = unixNano(seconds);
    const whole = Number(nano / BigInt(NANOS));
    return whole > MAX_UINT32
      ? new EventTime(0, 0)
      : new EventTime(whole, Number(nano % BigInt(NANOS)));
  }

  /** Reads the bytes of the extension; `undefined` if there are not eight. */
  static of(bytes: Uint8Array): EventTime | undefined {
    if (bytes.length !== 8) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new EventTime(view.getUint32(0), view.getUint32(4));
  }

  /** The eight bytes of the extension, big-endian. */
  bytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(8);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, this.seconds);
    view.setUint32(4, this.nanoseconds);
    return bytes;
  }

  /** Seconds since the epoch. */
  get time(): number {
    return Number(`${this.seconds}.${String(this.nanoseconds).padStart(9, "0")}`);
  }
}
