/**
 * Time zones by name: offsets from UTC, and the zones of IANA's database that the runtime knows.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { type Mktime, timegm, zoneOffset } from "./_civil_time.ts";
import { refuse } from "../../logging/validate.ts";

/** `UTC`, `GMT` and `Z`, in upper or lower case; `+01:00`, `-0700`, `+2`; and both, as `UTC+2`. */
const OFFSET = /^(?:z|(?:utc|gmt)?(?:([+-])(\d{1,2})(?::?(\d\d))?)?)$/i;

/**
 * Returns a function that turns a time of the zone into seconds since the epoch; `undefined` if the
 * name is no offset.
 */
export function offsetZone(name: string): Mktime | undefined {
  const match = name === "" ? null : OFFSET.exec(name);
  if (match === null) return undefined;
  const [, sign, hours = "", minutes = "00"] = match;
  if (sign === undefined) return timegm;
  const offset = zoneOffset(`${sign}${hours.padStart(2, "0")}:${minutes}`);
  return offset === undefined ? undefined : (moment) => timegm(moment) - offset;
}

/**
 * Checks an offset, or a name of IANA's database such as `"America/New_York"`. Returns a function
 * that turns a time of that zone into seconds since the epoch.
 *
 * @throws {TypeError} for a value that is neither
 */
export function checkTimeZone(what: string, name: string, value: unknown): Mktime {
  if (typeof value === "string") {
    const zone = offsetZone(value) ?? ianaZone(value);
    if (zone !== undefined) return zone;
  }
  return refuse(what, name, 'an offset such as "+01:00" or a name such as "Europe/Berlin"', value);
}

/**
 * As {@linkcode checkTimeZone}, for each value of a table; names are found in upper or lower case.
 */
export function checkTimeZones(
  what: string,
  name: string,
  value: unknown,
): (zone: string) => Mktime | undefined {
  if (typeof value !== "object" || value === null) {
    return refuse(what, name, "an object from names to time zones", value);
  }
  const zones = new Map<string, Mktime>();
  for (const [key, zone] of Object.entries(value)) {
    zones.set(key.toLowerCase(), checkTimeZone(what, `${name}.${key}`, zone));
  }
  return (zone) => zones.get(zone.toLowerCase());
}

function ianaZone(timeZone: string): Mktime | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      ...{ timeZone, calendar: "gregory", numberingSystem: "latn", hourCycle: "h23" },
      ...{ year: "numeric", month: "numeric", day: "numeric" },
      ...{ hour: "numeric", minute: "numeric", second: "numeric" },
    });
  } catch {
    return undefined;
  }
  const offsetAt = (seconds: number): number => {
    const parts: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(seconds * 1000)) parts[type] = Number(value);
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
    return timegm({ year, month, day, hour, minute, second }) - seconds;
  };
  return (moment) => {
    const wall = timegm(moment);
    // The first guess may lie on the other side of a change between summer and winter time.
    return wall - offsetAt(wall - offsetAt(wall));
  };
}
