/**
 * The value of a Python literal, as Python's `ast.literal_eval()` reads it: text, bytes, numbers,
 * `None`, `True`, `False`, and tuples, lists, sets and dicts of these. CPython's `HTTPHandler` sends
 * `str()` of a record's `args`, and a file for `fileConfig()` has the arguments of its handlers as
 * literals, which may also be names of a table.
 *
 * Data only: nothing in a literal is called or looked up but in that table. Differs: a character may
 * not be written by its Unicode name (`\N{…}`), and complex numbers are refused.
 *
 * Browser compatible: imports nothing, uses no runtime global.
 *
 * @module
 */

/** Deeper than the arguments of any logging call, far from a stack overflow. */
const MAX_DEPTH = 32;

/** The most characters of a text that an error shows. */
const MAX_SHOWN = 40;

const SPACE = /[ \t\f]*(?:#[^\n]*)?/y;
/** Before and behind everything lines may be empty. */
const EMPTY_LINES = /(?:[ \t\f\r\n]|#[^\n]*)*/y;
/** Inside brackets a line may end anywhere. */
const LINES = /(?:[ \t\f\r\n]|\\\r?\n|#[^\n]*)*/y;
const WORD = /[A-Za-z_]\w*(?:[ \t]*\.[ \t]*[A-Za-z_]\w*)*(?![\w.])/y;
/** These calls make an empty value, and so are literals. */
const EMPTY = /(tuple|list|set|dict)[ \t]*\([ \t]*\)/y;
const SIGNS = /[+-](?:[ \t]*[+-])*/y;
/** An integer; Python 2 writes `L` behind a long one. Python refuses one of more digits. */
const INTEGER =
  /(?:0x(?:_?[\da-f])+|0o(?:_?[0-7])+|0b(?:_?[01])+|0(?:_?0)*|[1-9](?:_?\d){0,4299})L?(?![\w.])/iy;
const DIGITS = String.raw`\d(?:_?\d)*`;
const FLOAT = new RegExp(
  String.raw`(?:(?:(?:${DIGITS})?\.${DIGITS}|${DIGITS}\.)(?:e[+-]?${DIGITS})?|` +
    String.raw`${DIGITS}e[+-]?${DIGITS})(?![\w.])`,
  "iy",
);
const TEXT = new RegExp(
  String.raw`(br|rb|[rbu])?(?:'''((?:[^\\]|\\[^])*?)'''|"""((?:[^\\]|\\[^])*?)"""|` +
    String.raw`'(?!'')((?:[^'\\\n]|\\[^])*)'|"(?!"")((?:[^"\\\n]|\\[^])*)")`,
  "iy",
);
const ESCAPE =
  /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([\\'"abfnrtv])|(\r\n|[^]))/g;

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

/** A text is no literal; the message says where, and what stands there. */
export class NotALiteralError extends Error {}

/** Returns the value of a literal, in an object; `undefined` for a text that is none. */
export function pythonLiteral(text: string): { value: unknown } | undefined {
  try {
    return { value: readLiteral(text, {}) };
  } catch (error) {
    if (error instanceof NotALiteralError) return undefined;
    throw error;
  }
}

/**
 * Returns the value of a literal, in which the names of `names` stand for their values.
 *
 * @throws {NotALiteralError} if the text is no literal
 */
export function readLiteral(text: string, names: Readonly<Record<string, unknown>>): unknown {
  const reader = new LiteralReader(text, names);
  return reader.whole();
}

class LiteralReader {
  readonly #text: string;
  readonly #names: Readonly<Record<string, unknown>>;
  #at = 0;

  constructor(text: string, names: Readonly<Record<string, unknown>>) {
    this.#text = text;
    this.#names = names;
  }

  /** The value of the whole text; values with commas between them are a tuple. */
  whole(): unknown {
    this.#match(EMPTY_LINES);
    const first = this.#value(0);
    const items = [first];
    let isTuple = false;
    while (this.#take(",", 0)) {
      isTuple = true;
      this.#match(SPACE);
      if (this.#at === this.#text.length || this.#text[this.#at] === "\n") break;
      items.push(this.#value(0));
    }
    this.#match(EMPTY_LINES);
    if (this.#at < this.#text.length) this.#refuse("the end");
    return isTuple ? items : first;
  }

  #value(depth: number): unknown {
    if (depth > MAX_DEPTH) this.#refuse("fewer brackets within brackets");
    this.#match(depth === 0 ? SPACE : LINES);
    if (this.#take("(", depth)) return this.#tuple(depth);
    if (this.#take("[", depth)) return this.#items("]", depth).items;
    if (this.#take("{", depth)) return this.#braces(depth);
    if (TEXT_START.test(this.#text.slice(this.#at, this.#at + 3))) return this.#texts(depth);
    const empty = this.#match(EMPTY);
    if (empty !== undefined) return emptyOf(empty[1]!);
    const at = this.#at;
    const word = this.#match(WORD);
    if (word !== undefined) {
      const name = word[0].replace(/[ \t]/g, "");
      if (Object.hasOwn(WORDS, name)) return WORDS[name];
      if (Object.hasOwn(this.#names, name)) return this.#names[name];
      this.#at = at;
      this.#refuse("a literal or a name that is known");
    }
    return this.#number();
  }

  #number(): number | bigint {
    const signs = this.#match(SIGNS)?.[0] ?? "";
    if (signs !== "") this.#match(SPACE);
    const isNegative = signs.split("-").length % 2 === 0;
    const integer = this.#match(INTEGER);
    if (integer !== undefined) return integerOf(integer[0], isNegative);
    const float = this.#match(FLOAT);
    if (float === undefined) this.#refuse("a literal");
    const value = Number(float[0].replaceAll("_", ""));
    return isNegative ? -value : value;
  }

  /** Texts that stand side by side are one. */
  #texts(depth: number): string | Uint8Array {
    const parts: (string | Uint8Array)[] = [];
    for (;;) {
      const at = this.#at;
      const text = this.#match(TEXT);
      if (text === undefined) break;
      const [, prefix = "", ...quoted] = text;
      const part = textOf(prefix, quoted.find((one) => one !== undefined) ?? "");
      if (part === undefined || parts.length > 0 && typeof part !== typeof parts[0]) {
        this.#at = at;
        break;
      }
      parts.push(part);
      this.#match(depth === 0 ? SPACE : LINES);
    }
    // A quote that is left is that of a text that does not end, or has a wrong escape.
    if (parts.length === 0 || TEXT_START.test(this.#text.slice(this.#at, this.#at + 3))) {
      this.#refuse("a literal");
    }
    if (typeof parts[0] === "string") return parts.join("");
    return Uint8Array.from((parts as Uint8Array[]).flatMap((part) => [...part]));
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
      if (!hasComma) this.#refuse(`"," or "${end}"`);
      items.push(this.#value(depth + 1));
      hasComma = this.#take(",");
    }
    return { items, hasComma };
  }

  #braces(depth: number): unknown {
    if (this.#take("}")) return {};
    const first = this.#value(depth + 1);
    if (!this.#take(":")) {
      if (this.#take("}")) return new Set([first]);
      if (!this.#take(",")) this.#refuse('":", "," or "}"');
      return new Set([first, ...this.#items("}", depth).items]);
    }
    const entries: [unknown, unknown][] = [[first, this.#value(depth + 1)]];
    while (!this.#take("}")) {
      if (!this.#take(",")) this.#refuse('"," or "}"');
      if (this.#take("}")) break;
      const key = this.#value(depth + 1);
      if (!this.#take(":")) this.#refuse('":"');
      entries.push([key, this.#value(depth + 1)]);
    }
    const hasNames = entries.every(([key]) => typeof key === "string");
    return hasNames ? Object.fromEntries(entries) : new Map(entries);
  }

  /** Takes a character, behind spaces; behind the ends of lines, too, unless `depth` is 0. */
  #take(character: string, depth: number = 1): boolean {
    this.#match(depth === 0 ? SPACE : LINES);
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

  #refuse(expected: string): never {
    const rest = this.#text.slice(this.#at, this.#at + MAX_SHOWN);
    const shown = rest === "" ? "the end" : JSON.stringify(rest);
    throw new NotALiteralError(`expected ${expected}, and found ${shown} at offset ${this.#at}`);
  }
}

const TEXT_START = /^(?:br|rb|[rbu])?['"]/i;

function emptyOf(type: string): unknown {
  return type === "dict" ? {} : type === "set" ? new Set() : [];
}

function integerOf(digits: string, isNegative: boolean): number | bigint {
  const plain = digits.replace(/[_L]/gi, "").toLowerCase();
  const value = Number(plain);
  // Not -0: Python's integers have none.
  if (Number.isSafeInteger(value)) return isNegative && value !== 0 ? -value : value;
  return isNegative ? -BigInt(plain) : BigInt(plain);
}

/** The value of what stands between the quotes; `undefined` if that is wrong. */
function textOf(prefix: string, quoted: string): string | Uint8Array | undefined {
  const isBytes = /b/i.test(prefix);
  if (isBytes && /[^\0-\x7f]/.test(quoted)) return undefined;
  const text = /r/i.test(prefix) ? quoted : unescaped(quoted, isBytes);
  if (text === undefined || !isBytes) return text;
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function unescaped(quoted: string, isBytes: boolean): string | undefined {
  let isRight = true;
  const text = quoted.replace(ESCAPE, (whole, x, u, long, octal, short, other) => {
    if (isBytes && (u ?? long) !== undefined) return whole;
    const hex: string | undefined = x ?? u;
    if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
    if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
    if (short !== undefined) return CHARACTERS[short] ?? short;
    if (other === "\n" || other === "\r\n") return "";
    const code = long === undefined ? NaN : parseInt(long, 16);
    if (code <= 0x10ffff) return String.fromCodePoint(code);
    // An escape of a character that is not complete, or that a table of names is needed for.
    if (long !== undefined || other === "x" || !isBytes && /[uUN]/.test(other)) isRight = false;
    return whole;
  });
  return isRight ? text : undefined;
}
