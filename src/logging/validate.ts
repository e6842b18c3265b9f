/**
 * Checks of options. Every error has one form: it names the action that failed, the option, the
 * values that it may have, and its value. A value of the wrong type, or an option that does not
 * exist, is a TypeError; a number out of range is a RangeError.
 *
 * Browser compatible: uses no runtime global.
 *
 * @module
 */
import { withFallback } from "../text/fallback.ts";
import { cutText } from "../text/text_budget.ts";

/** The longest time, in milliseconds, that `setTimeout` can wait on every runtime (24.8 days). */
export const MAX_TIMEOUT_MS: number = 0x7fff_ffff;

/** The most characters of a value in an error: an option may be a whole certificate. */
const MAX_SHOWN = 81;

/** Returns a value as an error message shows it: short, on one line. Never throws. */
export function valueText(value: unknown): string {
  return cutText(withFallback(() => textOf(value), "a value that cannot be shown"), MAX_SHOWN);
}

function textOf(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `function ${value.name}`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value !== "object" || value === null) {
    return Object.is(value, -0) ? "-0" : String(value);
  }
  const name: unknown = value.constructor?.name;
  return name === "Object" || typeof name !== "string" ? "an object" : `an object ${name}`;
}

/** Returns the message for `name`, which must be `expected` and is `value`. */
function message(what: string, name: string, expected: string, value: unknown): string {
  return `Cannot ${what} as '${name}' must be ${expected}: current value is ${valueText(value)}`;
}

/** Throws the TypeError for an option that is of the wrong kind. */
export function refuse(what: string, name: string, expected: string, value: unknown): never {
  throw new TypeError(message(what, name, expected, value));
}

/** Checks that `options` is an object that has no key but those in `known`. */
export function checkKnown(what: string, options: unknown, known: readonly string[]): void {
  // A style in Python's third position, say, has no keys: it would be ignored without an error.
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    const shown = typeof options === "string" ? options : valueText(options);
    throw new TypeError(`Cannot ${what} as 'options' must be an object: current value is ${shown}`);
  }
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      throw new TypeError(
        `Cannot ${what} as there is no option '${key}': the options are ${
          known.join(", ") || "none"
        }`,
      );
    }
  }
}

/** Checks a number from `min` to `max`, both included, and returns it. */
export function checkNumber(
  what: string,
  name: string,
  value: unknown,
  min: number = -Infinity,
  max: number = Infinity,
  kind: string = "a number",
): number {
  // False for NaN.
  const isInRange = typeof value === "number" && value >= min && value <= max;
  if (isInRange && (kind === "a number" || Number.isSafeInteger(value))) return value;
  const range = max < Infinity ? ` from ${min} to ${max}` : min > -Infinity ? ` >= ${min}` : "";
  const text = message(what, name, kind + range, value);
  throw typeof value === "number" ? new RangeError(text) : new TypeError(text);
}

/** Checks a whole number from `min` to `max`, both included, and returns it. */
export function checkInteger(
  what: string,
  name: string,
  value: unknown,
  min?: number,
  max?: number,
): number {
  return checkNumber(what, name, value, min, max, "an integer");
}

/** As {@linkcode checkInteger}, but also allows `Infinity`, for "no limit". */
export function checkLimit(what: string, name: string, value: unknown, min: number = 0): number {
  if (value === Infinity) return value;
  return checkNumber(what, name, value, min, Infinity, "Infinity or an integer");
}

/** Checks a string, not an empty one unless `empty` is true, and returns it. */
export function checkString(what: string, name: string, value: unknown, empty = false): string {
  if (typeof value === "string" && (empty || value !== "")) return value;
  return refuse(what, name, empty ? "a string" : "a string that is not empty", value);
}

/** Checks a boolean and returns it. */
export function checkBoolean(what: string, name: string, value: unknown): boolean {
  return typeof value === "boolean" ? value : refuse(what, name, "true or false", value);
}

/** Checks that a value is one of a few words and returns it. */
export function checkOneOf<Word extends string>(
  what: string,
  name: string,
  value: unknown,
  words: readonly Word[],
): Word {
  if ((words as readonly unknown[]).includes(value)) return value as Word;
  return refuse(what, name, words.map((word) => JSON.stringify(word)).join(" or "), value);
}

/** Checks that a value is a function, or undefined. */
export function checkFunction(what: string, name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "function") {
    refuse(what, name, "a function", value);
  }
}

/** Checks that a value is an object with all of these methods. */
export function checkMethods(
  what: string,
  name: string,
  value: unknown,
  methods: readonly string[],
  suchAs: string = "",
): void {
  const object = value as Record<string, unknown> | null | undefined;
  if (object == null || methods.some((method) => typeof object[method] !== "function")) {
    const names = methods.map((method) => `${method}()`).join(" and ");
    refuse(what, name, `an object with ${names}${suchAs}`, value);
  }
}

/** A host name, or an IP address: one of IPv6 has two colons at least. */
const HOST = /^([^\s:/\\?#@[\]]+|[\da-f.]*:[\da-f.]*:[\da-f.:]*(%\w+)?)$/i;

/** Checks a host name or an IP address, which stands alone, and returns it. */
export function checkHost(what: string, name: string, value: unknown): string {
  const expected =
    "a host name or IP address alone (no scheme, port or brackets; a path has no port)";
  return HOST.test(checkString(what, name, value))
    ? value as string
    : refuse(what, name, expected, value);
}

/** The field names of a `TlsOptions`. */
const TLS_OPTIONS = ["ca", "cert", "key", "serverName"] as const;

/** Checks the shape of TLS options (or undefined): an adapter sees only well-formed ones. */
export function checkTlsOptions(what: string, name: string, value: unknown): void {
  if (value === undefined) return;
  if (typeof value !== "object" || value === null) refuse(what, name, "an object", value);
  checkKnown(`${what} with '${name}'`, value, TLS_OPTIONS);
  const { ca, ...texts } = value as Record<string, unknown>;
  if (ca !== undefined && !(Array.isArray(ca) && ca.every((pem) => typeof pem === "string"))) {
    refuse(what, `${name}.ca`, "an array of PEM strings", ca);
  }
  for (const [field, text] of Object.entries(texts)) {
    if (text !== undefined) checkString(what, `${name}.${field}`, text);
  }
}

/** The address of `host`, `port` and `tls`, in the shape of a `StreamAddress`. */
type StreamTarget<Tls> =
  | { transport: "unix"; path: string }
  | { transport: "tcp"; hostname: string; port: number; tls?: Tls };

/** Checks the address of a stream, and returns it: with `port` null the Unix socket at `host`. */
export function checkStreamTarget<Tls extends object>(
  what: string,
  host: string,
  port: number | null,
  minPort: number,
  tls: Tls | undefined,
): StreamTarget<Tls> {
  checkTlsOptions(what, "tls", tls);
  if (port === null) {
    if (tls === undefined) return { transport: "unix", path: checkString(what, "host", host) };
    throw new TypeError(`Cannot ${what} as 'tls' needs a port: a Unix socket has no TLS`);
  }
  checkHost(what, "host", host);
  checkInteger(what, "port", port, minPort, 65535);
  return { transport: "tcp", hostname: host, port, ...(tls === undefined ? {} : { tls }) };
}

/** The address of `host` and `port`, in the shape of a `DatagramAddress`. */
type DatagramTarget =
  | { transport: "unixgram"; path: string }
  | { transport: "udp"; hostname: string; port: number };

/** As {@linkcode checkStreamTarget}, for datagrams. */
export function checkDatagramTarget(
  what: string,
  host: string,
  port: number | null,
  minPort: number,
): DatagramTarget {
  if (port === null) return { transport: "unixgram", path: checkString(what, "host", host) };
  checkHost(what, "host", host);
  checkInteger(what, "port", port, minPort, 65535);
  return { transport: "udp", hostname: host, port };
}
