/**
 * Text of a record, split into what is shown as it is and the characters that a reader would not
 * see or that change how other text is shown: controls (ANSI escapes begin with one), marks of the
 * writing direction, and characters without width. These get a visible form.
 */

/** A part of a text. `mark` is set where the text stands for characters that have no form. */
export interface TextPart {
  text: string;
  /** The code points that `text` stands for, such as `U+001B`. */
  mark?: string;
}

/** Names of characters that have no picture in Unicode. */
const NAMES: Readonly<Record<number, string>> = {
  0x00ad: "SHY",
  0x061c: "ALM",
  0x180e: "MVS",
  0x200b: "ZWSP",
  0x200e: "LRM",
  0x200f: "RLM",
  0x2028: "LSEP",
  0x2029: "PSEP",
  0x202a: "LRE",
  0x202b: "RLE",
  0x202c: "PDF",
  0x202d: "LRO",
  0x202e: "RLO",
  0x2060: "WJ",
  0x2066: "LRI",
  0x2067: "RLI",
  0x2068: "FSI",
  0x2069: "PDI",
  0xfeff: "BOM",
};

/** The zero-width joiners are left: emoji and Persian need them. */
const UNSEEN =
  // deno-lint-ignore no-control-regex -- controls are what it finds
  /[\0-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** Splits a text. With `lines`, line feeds and tabs stay as they are. */
export function visibleParts(text: string, lines: boolean): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const { 0: character, index } of text.matchAll(UNSEEN)) {
    if (lines && (character === "\n" || character === "\t")) continue;
    if (index > end) parts.push({ text: text.slice(end, index) });
    const [form, mark] = [formOf(character.codePointAt(0)!), codeOf(character)];
    const last = parts.at(-1);
    // A run of marks is one part, so that a text of nothing else makes no thousand elements.
    if (last?.mark !== undefined && index === end) {
      last.text += form;
      if (last.mark.length < 80) last.mark += ` ${mark}`;
    } else parts.push({ text: form, mark });
    end = index + character.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/** The whole as one text, for titles and labels. */
export function visibleText(text: string): string {
  return visibleParts(text, false).map(({ text }) => text).join("");
}

/** Escapes as programs write them, as many fonts lack Unicode's pictures of controls. */
function formOf(code: number): string {
  if (code === 0x0a) return "⏎";
  if (code === 0x09) return "\\t";
  if (code === 0x0d) return "\\r";
  if (code < 0xa0) return `\\x${code.toString(16).padStart(2, "0")}`;
  return `⟨${NAMES[code] ?? code.toString(16).toUpperCase()}⟩`;
}

function codeOf(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
}
