/**
 * JSON for servers that refuse text with half of a surrogate pair.
 *
 * Browser compatible.
 *
 * @module
 */

/** A lone surrogate as `JSON.stringify()` escapes it; pairs are never escaped. */
const LONE = /((?:^|[^\\])(?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g;

/** Returns JSON in which every lone surrogate is U+FFFD, as UTF-8 has it. */
export function wellFormedJson(json: string): string {
  if (!json.includes("\\ud")) return json;
  // Twice: a match takes the character before it, which may be the end of another one.
  return json.replace(LONE, "$1\ufffd").replace(LONE, "$1\ufffd");
}
