/**
 * The characters of a code page and their bytes: iconv-lite's, but where CPython's codec differs.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import iconv from "iconv-lite";
import type { Charset } from "../files/text_errors.ts";

/** The difference of a codec of CPython from a table of iconv-lite. */
interface Difference {
  /** The table of iconv-lite. @default the one of the same name */
  readonly table?: string;
  /** Characters that CPython lacks. */
  readonly lacks?: RegExp;
  /** Bytes, in hexadecimal, that CPython does not write. */
  readonly refuses?: RegExp;
  /** Characters with bytes of their own, in hexadecimal. */
  readonly bytes?: Readonly<Record<string, string>>;
  /** Returns the bytes of a character that is not in the table, or that has other bytes there. */
  more?(character: string, found: Uint8Array): Uint8Array | undefined;
}

/** Code pages of Windows and UTF-16 have other characters for these than the Japanese standards. */
const FULL_WIDTH = /[∥－￠￡￢～]/u;

/** The signs of the standard JIS X 0208. */
const SHIFT_JIS_SIGNS = {
  ...{ "¢": "8191", "£": "8192", "¬": "81ca", "‖": "8161", "−": "817c", "〜": "8160" },
} as const;

/** Bytes that are not two from A1 to FF. */
const NO_EUC = /^(?!(?:a[1-9a-f]|[b-f]\w){2}$)/;

const DIFFERENCES: Readonly<Record<string, Difference>> = {
  cp1255: { lacks: /\u05ba/ },
  tis_620: { table: "iso8859_11", lacks: /\u00a0/ },
  shift_jis: { lacks: FULL_WIDTH, refuses: /^(80|87|f[abc])/, bytes: SHIFT_JIS_SIGNS },
  cp932: {
    lacks: /[¥‾]/,
    refuses: /^(3f|f[abc])/,
    bytes: { ...SHIFT_JIS_SIGNS, "\uf8f0": "a0", "\uf8f1": "fd", "\uf8f2": "fe", "\uf8f3": "ff" },
    more: shiftJisExtension,
  },
  euc_jp: {
    lacks: FULL_WIDTH,
    refuses: /^(ad|f[9a-c])/,
    bytes: { "¢": "a1f1", "£": "a1f2", "¬": "a2cc", "‖": "a1c2", "−": "a1dd", "〜": "a1c1" },
  },
  gbk: { lacks: /[\ue000-\uf8ffǹḿ€\u2e80-\u2eff\u2ff0-\u2fff〾\u3400-\u4dbf]/u },
  gb2312: {
    table: "gbk",
    lacks: /[·—\ue000-\uf8ffńňǹɑɡḿⅰ-ⅹ\ufe30-\ufe44]/u,
    refuses: NO_EUC,
    bytes: { "・": "a1a4", "―": "a1aa" },
  },
  gb18030: { bytes: { "ḿ": "8135f437", "\ue5e5": "a3a0", "\ue7c7": "a8bc" } },
  euc_kr: { table: "cp949", refuses: NO_EUC, more: jamoOf },
};

const INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const FIRST_VOWEL = 0x314f;
const FINALS = "ㅤㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";
const FILLER = "ㅤ";

/** KS X 1001, annex 3: a syllable that it lacks is a filler, an initial, a vowel and a final. */
function jamoOf(syllable: string): Uint8Array | undefined {
  const index = syllable.charCodeAt(0) - 0xac00;
  if (index < 0 || index >= 11172) return undefined;
  const initial = INITIALS[Math.trunc(index / 588)]!;
  const vowel = String.fromCharCode(FIRST_VOWEL + Math.trunc(index % 588 / 28));
  return iconv.encode(FILLER + initial + vowel + FINALS[index % 28]!, "cp949");
}

/** The cells of Shift JIS are counted from 8140, 188 for a first byte. */
const FIRST_USER_CELL = 188 * (0xf0 - 0x81);

/** Ranges of cells of IBM's extensions, and how many cells before them NEC's selection has them. */
const NEC_SELECTION = [
  { first: 0xfa40, last: 0xfa49, before: 2082 },
  { first: 0xfa55, last: 0xfa57, before: 2092 },
  { first: 0xfa5c, last: 0xfc4b, before: 2472 },
];

/** CPython writes IBM's extensions as NEC selected them, and characters of users by their number. */
function shiftJisExtension(character: string, found: Uint8Array): Uint8Array | undefined {
  const user = character.charCodeAt(0) - 0xe000;
  if (user >= 0 && user < 1880) return cellBytes(FIRST_USER_CELL + user);
  const [lead = 0, trail = 0] = found;
  const bytes = lead << 8 | trail;
  const range = NEC_SELECTION.find(({ first, last }) => bytes >= first && bytes <= last);
  if (range === undefined) return lead === 0x3f ? undefined : found;
  return cellBytes(188 * (lead - 0x81) + trail - (trail > 0x7f ? 0x41 : 0x40) - range.before);
}

function cellBytes(cell: number): Uint8Array {
  const trail = 0x40 + cell % 188;
  return Uint8Array.of(0x81 + Math.trunc(cell / 188), trail < 0x7f ? trail : trail + 1);
}

/** One code page; `module` is the name of Python's, `name` that of errors. */
export class CodePageCharset implements Charset {
  readonly name: string;
  readonly takesBytes = true;
  readonly #table: string;
  readonly #difference: Difference;
  /** The bytes of characters that were asked for: a page has 24,000 at most, but GB 18030. */
  readonly #known = new Map<string, Uint8Array>();

  constructor(module: string, name: string) {
    this.name = name;
    this.#difference = DIFFERENCES[module] ?? {};
    this.#table = this.#difference.table ?? module;
  }

  findLacking(text: string, from: number): number {
    let at = from;
    for (const character of from === 0 ? text : text.slice(from)) {
      if (character > "\x7f" && this.#bytesOf(character) === undefined) return at;
      at += character.length;
    }
    return -1;
  }

  toBytes(text: string): Uint8Array {
    const bytes: number[] = [];
    for (const character of text) {
      if (character <= "\x7f") bytes.push(character.charCodeAt(0));
      else bytes.push(...this.#bytesOf(character)!);
    }
    return Uint8Array.from(bytes);
  }

  #bytesOf(character: string): Uint8Array | undefined {
    let bytes = this.#known.get(character);
    if (bytes !== undefined) return bytes;
    bytes = this.#encode(character);
    if (bytes !== undefined && this.#known.size < MOST_KNOWN) this.#known.set(character, bytes);
    return bytes;
  }

  #encode(character: string): Uint8Array | undefined {
    const { bytes, lacks, refuses, more } = this.#difference;
    const own = bytes?.[character];
    if (own !== undefined) return Buffer.from(own, "hex");
    if (lacks?.test(character) || /\p{Surrogate}/u.test(character)) return undefined;
    const found = iconv.encode(character, this.#table);
    if (refuses?.test(found.toString("hex"))) return more?.(character, found);
    // It writes "?" for a character that it lacks, and a byte without a meaning for U+FFFD.
    const isLacking = found[0] === 0x3f || (character === "\ufffd" && this.#table !== "gb18030");
    return isLacking ? undefined : found;
  }
}

/** The cap of GB 18030, which has bytes for every character. */
const MOST_KNOWN = 30_000;
