/**
 * The time of a record in nanoseconds, as intakes of logs take it.
 *
 * Browser compatible.
 *
 * @module
 */

/** The most seconds that 64 bits of nanoseconds hold: until the year 2554. */
const MAX_SECONDS = 18_446_744_073;

/**
 * Returns nanoseconds since the epoch: the decimal digits of `seconds` as they are printed, so that
 * no digit is of the binary fraction. 0, which says "unknown" in OTLP, for what is no time after the
 * epoch, or after the year 2554.
 */
export function unixNano(seconds: unknown): bigint {
  if (typeof seconds !== "number" || !(seconds > 0 && seconds < MAX_SECONDS)) return 0n;
  const ms = Math.round(seconds * 1000);
  if (ms / 1000 === seconds) return BigInt(ms) * 1_000_000n;
  const text = String(seconds);
  const [whole = "0", fraction = ""] = (text.includes("e") ? seconds.toFixed(9) : text).split(".");
  return BigInt(whole + fraction.slice(0, 9).padEnd(9, "0"));
}
