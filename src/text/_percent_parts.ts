/**
 * The conversions of a `%` format, one after the other. Those of the short formats that were used
 * last are kept: most programs have few formats, and use each of them often.
 *
 * Browser compatible.
 *
 * @module
 */

/** A conversion as it is written, and the text before it. */
export interface PercentPart {
  /** The text before it. */
  readonly before: string;
  /** Its key; `null` if the parenthesis of the key is not closed. */
  readonly key: string | null | undefined;
  /** `s`, `d` or `%` if it is that letter alone, as most are; else `""`. A `%` takes no value. */
  readonly bare: "s" | "d" | "%" | "";
  /** Some of `-`, `+`, a space, `#` and `0`. */
  readonly flags: string;
  /** The least number of characters: digits, `*` or nothing. */
  readonly width: string;
  /** The number of digits or characters: digits, `*` or nothing. */
  readonly precision: string | undefined;
  /** The character that ends it; `undefined` if only text is left, `""` if the format ends early. */
  readonly letter: string | undefined;
  /** The position behind it. */
  readonly end: number;
}

const pattern = /([-+ #0]*)(\*|\d*)(?:\.(\*|\d*))?[hlL]?(.?)/suy;

/** Longer formats are not kept, so that the memory has a bound: 200 KB. */
const MAX_LENGTH = 200;

/** The most formats that are kept: few programs have more. */
const MAX_FORMATS = 512;

/**
 * Where formats are made of data, and each is used once, to look one up and to keep it takes longer
 * than to read it. Once that many were not found, only one of so many is kept, and while none is
 * found only one of so many is looked up. A prime number: no format is always passed over
 * because formats take turns.
 */
const PATIENCE = 31;

const kept = /* @__PURE__ */ new Map<string, readonly PercentPart[]>();
let misses = 0;
let missesInARow = 0;

/**
 * Returns the conversions of a format, the last one without a letter, if the format is kept; else
 * the caller reads them one by one.
 */
export function keptParts(format: string): readonly PercentPart[] | undefined {
  if (format.length > MAX_LENGTH) return undefined;
  if (missesInARow > MAX_FORMATS && ++missesInARow % PATIENCE !== 0) return undefined;
  const found = kept.get(format);
  if (found !== undefined) {
    missesInARow = 0;
    return found;
  }
  missesInARow++;
  if (++misses > MAX_FORMATS && misses % PATIENCE !== 0) return undefined;
  if (kept.size === MAX_FORMATS) kept.clear();
  // A slice of a long text holds the whole of it in memory, so what is kept is a copy. Of the name
  // of a property an engine has one copy, also for literals: so the look-up compares no characters.
  const copy = Object.keys({ [` ${format}`.slice(1)]: 0 })[0]!;
  const parts = percentParts(copy);
  kept.set(copy, parts);
  return parts;
}

/** Returns all conversions of a format, the last one without a letter. */
export function percentParts(format: string): readonly PercentPart[] {
  const parts: PercentPart[] = [];
  for (let at = 0, part;; at = part.end) {
    parts.push(part = readPart(format, at));
    if (part.letter === undefined) return parts;
  }
}

/** Reads the next conversion of the format, from the position `at` on. */
export function readPart(format: string, at: number): PercentPart {
  const percent = format.indexOf("%", at);
  if (percent < 0) return shortPart(format.slice(at), "", format.length);
  const before = format.slice(at, percent);
  at = percent + 1;
  const next = format[at];
  if (next === "s" || next === "d" || next === "%") return shortPart(before, next, at + 1);
  let key: string | null | undefined;
  if (next === "(") {
    const end = keyEnd(format, at);
    key = end === undefined ? null : format.slice(at + 1, end - 1);
    at = end ?? format.length;
  }
  pattern.lastIndex = at;
  // It takes the empty text too.
  const [all, flags, width, precision, letter] = pattern.exec(format) as unknown as [
    ...[all: string, flags: string, width: string, precision: string | undefined, letter: string],
  ];
  // `%s` and `%d` come here behind a key alone.
  const bare = all === "s" || all === "d" ? all : "";
  return { before, key, bare, flags, width, precision, letter, end: at + all.length };
}

/** Returns a conversion that is a letter alone, or the text behind all conversions. */
function shortPart(before: string, bare: PercentPart["bare"], end: number): PercentPart {
  const letter = bare || undefined;
  return { before, key: undefined, bare, flags: "", width: "", precision: undefined, letter, end };
}

/** Returns the position behind the parenthesis that closes the one at `at`, if there is one. */
function keyEnd(format: string, at: number): number | undefined {
  for (let depth = 0; at < format.length;) {
    const character = format[at++];
    if (character === "(") depth++;
    else if (character === ")" && --depth === 0) return at;
  }
  return undefined;
}
