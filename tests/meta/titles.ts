/** The titles of the tests as data, for the tests of the tests. */

/** The titles in this text, as they are written. */
export function titlesIn(code: string): string[] {
  const found = code.matchAll(/\btest\(\s*(["'`])((?:(?!\1)[^\\]|\\.)*)\1/g);
  return [...found].map(([, , title = ""]) => title);
}
