/**
 * One handler of a dictionary, without a change of anything that is configured already.
 *
 * Browser compatible.
 *
 * @module
 */
import { closeInBackground } from "../logging/shutdown.ts";
import type { Handler } from "../logging/handler.ts";
import { isPlainObject } from "../text/is_mapping.ts";
import type { ConfigClasses } from "./config_factory.ts";
import { ObjectBuilder } from "./_object_builder.ts";
import { EXTERNALS } from "./_externals.ts";
import { refuseAt } from "./_path_error.ts";

/**
 * Returns the handler that an entry of `handlers` describes. Differs from an entry in a file: its
 * `formatter` may be the entry of a formatter, as there is no other section.
 *
 * @throws {TypeError} if a value has the wrong type, or the class is not in `classes`
 * @throws {RangeError} if a value is out of range
 */
export function makeHandler(
  entry: Readonly<Record<string, unknown>>,
  classes: ConfigClasses,
): Handler {
  if (!isPlainObject(entry)) return refuseAt("handler", "a dictionary", entry);
  const { formatter } = entry;
  const isDescribed = isPlainObject(formatter);
  const handler = isDescribed ? { ...entry, formatter: "formatter" } : entry;
  const config = { handlers: { handler }, formatters: isDescribed ? { formatter } : {} };
  const builder = new ObjectBuilder(config, classes, EXTERNALS);
  try {
    return builder.makeHandlers().get("handler")!;
  } catch (error) {
    for (const begun of builder.begun) closeInBackground(begun);
    throw error;
  }
}
