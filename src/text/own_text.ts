/**
 * Copies of texts. An engine may make a part of a text as a view of it, which keeps the whole one in
 * memory: a name of twenty characters would then hold the message of a mebibyte that it came in.
 *
 * Pure: uses no runtime global.
 *
 * @module
 */

/** Returns a text that keeps no other one in memory. */
export function ownText(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}
