/**
 * What makes the objects of a configuration, in the place of Python's classes, which it names.
 *
 * Browser compatible.
 *
 * @module
 */
import { checkKnown } from "../core/options.ts";
import type { Handler } from "../logging/handler.ts";
import { NullHandler } from "../logging/null_handler.ts";
import { StreamHandler } from "../logging/stream_handler.ts";
import type { TextStream } from "../logging/text_stream.ts";

/** What a dictionary gives a factory: Python's keyword arguments, by name and not yet checked. */
export type Keywords = Readonly<Record<string, unknown>>;

/** What a factory may ask for beyond its keywords. */
export interface ConfigContext {
  /**
   * The handlers of the dictionary that `keyword` names, which is one name or a list of names; made
   * first where they are not yet. None if the keyword is absent.
   *
   * @throws {TypeError} where there is no such handler, or it needs the one at hand itself
   */
  handlers(keyword: string): Handler[];
}

/** Makes a formatter, a filter or a handler of the keywords that a dictionary has for it. */
export type ConfigFactory = (keywords: Keywords, context: ConfigContext) => unknown;

/** Factories by the name that stands in the dictionary, of a class or behind `()`. */
export type ConfigClasses = Readonly<Record<string, ConfigFactory>>;

/** The classes that need nothing but what every program has. */
export const coreClasses: ConfigClasses = {
  "logging.NullHandler": (keywords) => {
    checkKnown("create NullHandler", keywords, []);
    return new NullHandler();
  },
  "logging.StreamHandler": (keywords) => {
    checkKnown("create StreamHandler", keywords, ["stream"]);
    return new StreamHandler((keywords.stream ?? null) as TextStream | null);
  },
};
