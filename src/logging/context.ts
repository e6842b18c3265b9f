/**
 * The fields that belong to whatever is running, and so to every record that it logs. Only a seam:
 * what tells one flow from another is the runtime's, and stands behind the sub-path `./context`.
 *
 * Browser compatible.
 *
 * @module
 */

/** Fields for records, by name: context that an adapter or `withContext()` adds to each. */
export type Extra = Readonly<Record<string, unknown>>;

/** Tells the fields of what is running; `null` until there were any. A live binding. */
export let readContext: (() => Extra | undefined) | null = null;

/** Sets {@linkcode readContext}. */
export function setContextReader(reader: () => Extra | undefined): void {
  readContext = reader;
}
