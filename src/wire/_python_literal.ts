/**
 * The value of a Python literal, as Python's `ast.literal_eval()` reads it: text, bytes, numbers,
 * `None`, `True`, `False`, and tuples, lists, sets and dicts of these. CPython's `HTTPHandler` sends
 * `str()` of a record's `args`, so that the message can be merged only when these are read.
 *
 * Data only: nothing in a literal is called or looked up.
 *
 * Browser compatible.
 *
 * @module
 */

/** Deeper than the arguments of any logging call, far from a stack overflow. */
const MAX_DEPTH = 32;

const SPACE = /[ \t\r\n]*/y;
const WORD = /(?:None|True|False)(?![\w.])/y;
/** An integer; Python 2 writes `L` behind a long one. */
const INTEGER = /-?\d{1,4300}L?(?![\w.])/y;
const FLOAT = /-?(?:\d+\.\d*(?:e[+-]?\d+)?|\d+e[+-]?\d+)(?!\w)/iy;
const TEXT = /([ub]?)('(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*")/iy;
const ESCAPE =
  /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([\\'"abfnrtv])|([^]))/g;

const WORDS: Readonly<Record<string, unknown>> = { None: null, True: true, False: false };
const CHARACTERS: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

class NotALiteral extends Error {}

/** Returns the value of a literal, in an object; `undefined` for a text that is none. */
export function pythonLiteral(text: string): { value: unknown } | undefined {
  try {
    const reader = new LiteralReader(text);
    const value = reader.value(0);
    return reader.isAtEnd() ? { value } : undefined;
  } catch (error) {
    if (error instanceof NotALiteral) return undefined;
    throw error;
  }
}

class LiteralReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    this.#match(SPACE);
    return this.#at === this.#text.length;
  }

  value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new NotALiteral();
    this.#match(SPACE);
    if (this.#take("(")) return this.#tuple(depth);
    if (this.#take("[")) return this.#items("]", depth).items;
    if (this.#take("{")) return this.#braces(depth);
    const word = this.#match(WORD);
    if (word !== undefined) return WORDS[word[0]];
    const integer = this.#match(INTEGER);
    if (integer !== undefined) return integerOf(integer[0]);
    const float = this.#match(FLOAT);
    if (float !== undefined) return Number(float[0]);
    const text = this.#match(TEXT);
    if (text !== undefined) return textOf(text[1]!, text[2]!.slice(1, -1));
    throw new NotALiteral();
  }

  /** `(1)` is the number itself, and `(1,)` a tuple. */
  #tuple(depth: number): unknown {
    const { items, hasComma } = this.#items(")", depth);
    return items.length === 1 && !hasComma ? items[0] : items;
  }

  #items(end: string, depth: number): { items: unknown[]; hasComma: boolean } {
    const items: unknown[] = [];
    let hasComma = true;
    while (!this.#take(end)) {
      if (!hasComma) throw new NotALiteral();
      items.push(this.value(depth + 1));
      hasComma = this.#take(",");
    }
    return { items, hasComma };
  }

  #braces(depth: number): unknown {
    if (this.#take("}")) return {};
    const first = this.value(depth + 1);
    if (!this.#take(":")) {
      if (this.#take("}")) return new Set([first]);
      if (!this.#take(",")) throw new NotALiteral();
      return new Set([first, ...this.#items("}", depth).items]);
    }
    const entries: [unknown, unknown][] = [[first, this.value(depth + 1)]];
    while (!this.#take("}")) {
      if (!this.#take(",")) throw new NotALiteral();
      if (this.#take("}")) break;
      const key = this.value(depth + 1);
      if (!this.#take(":")) throw new NotALiteral();
      entries.push([key, this.value(depth + 1)]);
    }
    const hasNames = entries.every(([key]) => typeof key === "string");
    return hasNames ? Object.fromEntries(entries) : new Map(entries);
  }

  #take(character: string): boolean {
    this.#match(SPACE);
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    return match;
  }
}

function integerOf(digits: string): number | bigint {
  const plain = digits.replace("L", "");
  const value = Number(plain);
  return Number.isSafeInteger(value) ? value : BigInt(plain);
}

function textOf(prefix: string, quoted: string): string | Uint8Array {
  const text = quoted.replace(ESCAPE, (whole, x, u, long, octal, short, other) => {
    const hex: string | undefined = x ?? u;
    if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
    if (long !== undefined) return codePoint(parseInt(long, 16));
    if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
    if (short !== undefined) return CHARACTERS[short] ?? short;
    return other === "\n" ? "" : whole;
  });
  if (prefix.toLowerCase() !== "b") return text;
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function codePoint(code: number): string {
  if (code > 0x10ffff) throw new NotALiteral();
  return String.fromCodePoint(code);
}
