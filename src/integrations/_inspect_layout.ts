/**
 * The lines of an object as text: one line if it is short, else a line for each property, and
 * columns for a long list. After `reduceToSingleString` and `groupArrayElements` of Node.js
 * (lib/internal/util/inspect.js).
 *
 * Browser compatible.
 *
 * @module
 */

/** The length from which an object is broken into lines, as in Node. */
export const BREAK_LENGTH = 80;
/** The innermost levels of an object that may share a line, as in Node. */
const COMPACT = 3;
/** The most columns of a list, as in Node. */
const MOST_COLUMNS = 15;
/** The shortest list that is set in columns, as in Node. */
const LEAST_IN_COLUMNS = 7;

/** The text of an object, in parts. */
export interface Parts {
  /** The text before the brace, or an empty one. */
  base: string;
  braces: readonly [open: string, close: string];
  /** The items and properties. */
  output: string[];
  /** The spaces before each line. */
  indent: number;
  /** The levels within this object. */
  inner: number;
  /** The elements, if it is a list whose elements are set in columns. */
  list?: ArrayLike<unknown> | undefined;
  /** The text for the elements that are not shown, which is the last of `output`. */
  hasMore: boolean;
}

/** Joins the parts to the text of the object. */
export function layOut({ base, braces, output, indent, inner, list, hasMore }: Parts): string {
  const isShortList = list === undefined || output.length < LEAST_IN_COLUMNS;
  const lines = isShortList ? output : columnsOf(output, indent, list, hasMore);
  const before = base === "" ? "" : `${base} `;
  if (inner < COMPACT && lines === output) {
    const used = output.length + indent + braces[0].length + base.length + 10;
    const joined = output.join(", ");
    // Each item counts with its separator and once more, as in Node.
    const total = joined.length - 2 * Math.max(0, output.length - 1) + 2 * output.length + used -
      output.length;
    if (total <= BREAK_LENGTH && !base.includes("\n") && !joined.includes("\n")) {
      return `${before}${braces[0]} ${joined} ${braces[1]}`;
    }
  }
  const newLine = `\n${" ".repeat(indent)}`;
  return `${before}${braces[0]}${newLine}  ${lines.join(`,${newLine}  `)}${newLine}${braces[1]}`;
}

/** Returns the lines of a list in columns, or the same array if columns do not suit it. */
function columnsOf(
  output: string[],
  indent: number,
  list: ArrayLike<unknown>,
  hasMore: boolean,
): string[] {
  const count = hasMore ? output.length - 1 : output.length;
  const lengths = output.slice(0, count).map((text) => text.length);
  const total = lengths.reduce((sum, length) => sum + length + 2, 0);
  const longest = Math.max(...lengths);
  const width = longest + 2;
  const isNarrow = width * 3 + indent < BREAK_LENGTH && (total / width > 5 || longest <= 6);
  if (!isNarrow) return output;
  const bias = Math.sqrt(width - total / output.length);
  const biased = Math.max(width - 3 - bias, 1);
  const columns = Math.min(
    // A character is some 2.5 times as high as it is wide: the result looks like a square.
    Math.round(Math.sqrt(2.5 * biased * count) / biased),
    Math.floor((BREAK_LENGTH - indent) / width),
    COMPACT * 4,
    MOST_COLUMNS,
  );
  if (columns <= 1) return output;
  const widths = Array.from({ length: columns }, (_, column) => {
    let most = 0;
    for (let at = column; at < count; at += columns) most = Math.max(most, lengths[at] ?? 0);
    return most + 2;
  });
  const isNumeric = Array.from({ length: output.length }, (_, at) => typeof list[at])
    .every((type) => type === "number" || type === "bigint");
  const lines: string[] = [];
  for (let at = 0; at < count; at += columns) {
    const row = output.slice(at, Math.min(at + columns, count));
    lines.push(
      row.map((text, column) => {
        const isLast = column === row.length - 1;
        const space = widths[column] ?? 0;
        if (isNumeric) return isLast ? text.padStart(space - 2) : `${text}, `.padStart(space);
        return isLast ? text : `${text}, `.padEnd(space);
      }).join(""),
    );
  }
  if (hasMore) lines.push(output[count] ?? "");
  return lines;
}

/** The escapes of characters that have a short one. */
const ESCAPES: Record<string, string> = {
  ...{ "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r" },
  ...{ "\\": "\\\\", "'": "\\'" },
};

/** Returns a string in quotes, those that it does not contain itself, with escapes. */
export function quote(text: string): string {
  const hasSingle = text.includes("'");
  const mark = !hasSingle
    ? "'"
    : !text.includes('"')
    ? '"'
    : !text.includes("`") && !text.includes("${")
    ? "`"
    : "'";
  const escaped = text.replace(
    // deno-lint-ignore no-control-regex -- control characters are what is escaped
    /[\x00-\x1f\x27\x5c\x7f-\x9f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    (char) => char === "'" && mark !== "'" ? char : ESCAPES[char] ?? codeOf(char),
  );
  return mark + escaped + mark;
}

function codeOf(char: string): string {
  const hex = char.charCodeAt(0).toString(16);
  return char > "\xff" ? `\\u${hex}` : `\\x${hex.toUpperCase().padStart(2, "0")}`;
}
