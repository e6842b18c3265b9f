/**
 * Control characters, written as Python's `repr()` writes them: `\n`, `\x1b`. A line feed in a text
 * would begin a line that looks like another record, and an escape sequence would control the
 * reader's terminal. A backslash is not changed.
 *
 * Browser compatible.
 *
 * @module
 */

/** C0, DEL, C1, and the two line separators of Unicode, at which programs also break lines. */
// deno-lint-ignore no-control-regex -- the pattern looks for them
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/;
const CONTROLS = /* @__PURE__ */ new RegExp(CONTROL, "g");

/** The text before every line of a traceback, so that none begins like a record. */
const INDENT = "  ";

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Returns true if the text has a control character. */
export function hasControls(text: string): boolean {
  return CONTROL.test(text);
}

/** Returns the text with its control characters escaped. */
export function escapeControls(text: string): string {
  return CONTROL.test(text) ? text.replace(CONTROLS, escaped) : text;
}

function escaped(character: string): string {
  const hex = character.charCodeAt(0).toString(16);
  return SHORT[character] ?? (hex.length > 2 ? "\\u" + hex : "\\x" + hex.padStart(2, "0"));
}

/** As {@linkcode escapeControls}, but TAB stays. */
export function escapeLine(text: string): string {
  return CONTROL.test(text) ? text.split("\t").map(escapeControls).join("\t") : text;
}

/** Escapes a traceback or a stack: its lines stay lines, each indented, and TAB stays. */
export function indentedLines(text: string): string {
  const lines = text.replace(/\r?\n$/, "").split(/\r?\n/);
  return lines.map((line) => INDENT + escapeLine(line)).join("\n");
}
