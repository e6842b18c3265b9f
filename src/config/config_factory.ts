/**
 * Factories and classes that make the objects of a configuration, by Python's names.
 *
 * Browser compatible.
 *
 * @module
 */
import type { ClassFactory } from "../logging/class_factory.ts";
import type { Handler } from "../logging/handler.ts";

/**
 * Python's keyword arguments, by name and not yet checked, as a dictionary gives them to a factory.
 */
export type ConfigKeywords = Readonly<Record<string, unknown>>;

/** Gives a factory objects that its keywords only name or describe. */
export interface ConfigContext {
  /**
   * The handlers of the dictionary that `keyword` names, by one name or a list of names; it makes
   * them if they do not exist yet. None if the keyword is absent.
   *
   * @throws {TypeError} if there is no such handler, or if it needs the handler that is being made
   */
  handlers(keyword: string): Handler[];
  /**
   * The object that `keyword` describes: a name in `classes` or a dictionary with `()` is made into
   * an object; any other value is returned as it is.
   *
   * @throws {TypeError} if the name is not in `classes`, or the object cannot be made
   */
  object(keyword: string): unknown;
  /**
   * As `object()`, but for a name it returns the class or the function of that name in `classes`,
   * and does not call it.
   *
   * @throws {TypeError} if the name is not in `classes`, or the object cannot be made
   */
  named(keyword: string): unknown;
}

/** Makes a formatter, a filter or a handler of the keywords that a dictionary has for it. */
export type ConfigFactory = (keywords: ConfigKeywords, context: ConfigContext) => unknown;

/**
 * A class in the place of a factory; it is constructed with `new`. If its constructor names one or
 * two parameters, these are the keywords and the context, as for a factory; if it inherits the
 * constructor of a class of this library, it gets the arguments of that constructor. A class that
 * is derived from `QueueHandler` always gets a queue and the options.
 */
export type ConfigClass = new (...args: never[]) => unknown;

/** Factories and classes by the name that a dictionary gives at `class` or at `()`. */
export type ConfigClasses = Readonly<Record<string, ConfigFactory | ConfigClass>>;

/** A factory that knows its class. */
export type ClassRow = ClassFactory<ConfigKeywords, ConfigContext, unknown>;
