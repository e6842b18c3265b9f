/**
 * The logger for a name that a sender chose. `getLogger()` would make a logger, and a place-holder
 * for every prefix of the name, and none of them is ever freed.
 *
 * Browser compatible.
 *
 * @module
 */
import { manager, root } from "./get_logger.ts";
import { Logger } from "./logger.ts";

/**
 * Returns the logger of that name, or the nearest ancestor that exists. Makes none. Each name above
 * a logger has an entry in the hierarchy, so the search ends at the first name without one: it is
 * as long as the program's own names are deep, whatever the name is.
 */
export function nearestLogger(name: string): Logger {
  if (name === "" || name === root.name) return root;
  const { loggerDict } = manager;
  const own = loggerDict.get(name);
  if (own instanceof Logger) return own;
  let nearest = root;
  for (let dot = name.indexOf(".", 1); dot > 0; dot = name.indexOf(".", dot + 1)) {
    const found = loggerDict.get(name.slice(0, dot));
    if (found === undefined) break;
    if (found instanceof Logger) nearest = found;
  }
  return nearest;
}
