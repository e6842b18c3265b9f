/** The file that is written, from the top level. */
export const ASSETS: string;

/** The text of the module. */
export function pageModule(): string;

/** The bytes of the page's files. */
export function pageBytes(assets: Readonly<Record<string, { body: string }>>): number;
