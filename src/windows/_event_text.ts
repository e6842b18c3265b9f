/**
 * The text of an event: one string of UTF-16 that ends with a NUL, of a limited length.
 *
 * Pure.
 *
 * @module
 */

/** The most UTF-16 code units of a string of an event (Microsoft's page of `ReportEventW`). */
export const MAX_EVENT_CHARACTERS = 31_839;

/** A text as the event log takes it. */
export interface EventText {
  /** The text. */
  readonly text: string;
  /** True if its end was cut off. */
  readonly isCut: boolean;
}

/**
 * Replaces what the event log cannot hold: a NUL, which would end the text, by `\x00`; a lone
 * surrogate by U+FFFD; and what is beyond the limit by a note that says how much was cut off.
 */
export function eventText(text: string): EventText {
  const whole = text.toWellFormed().replaceAll("\0", "\\x00");
  if (whole.length <= MAX_EVENT_CHARACTERS) return { text: whole, isCut: false };
  const note = (cut: number) => `… (${cut} characters cut off)`;
  const kept = MAX_EVENT_CHARACTERS - note(whole.length).length;
  // A surrogate pair is not cut in half.
  const start = whole.slice(0, kept).replace(/[\ud800-\udbff]$/, "");
  return { text: start + note(whole.length - start.length), isCut: true };
}

/** The bytes of a C string of Windows: UTF-16 code units, and a NUL. */
export function wideString(text: string): Uint16Array {
  // A buffer of its own: V8 may move the bytes of a small array that has none.
  const units = new Uint16Array(new ArrayBuffer(2 * (text.length + 1)));
  for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
  return units;
}
