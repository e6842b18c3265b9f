/**
 * The files of the page, by their names.
 *
 * @module
 */

/** The files; `index.html` is the page itself. */
export const assets: Readonly<Record<string, { type: string; body: string }>> = {
  "index.html": {
    type: "text/html; charset=utf-8",
    body: '<!doctype html><html lang="en"><meta charset="utf-8"><title>logwire</title></html>\n',
  },
};
