/**
 * Factories and classes that make the objects of a configuration, by Python's names.
 *
 * Browser compatible.
 *
 * @module
 */
import type { ClassFactory } from "../logging/class_factory.ts";
import type { Handler } from "../logging/handler.ts";

/** Python's keyword arguments, by name and not yet checked, as a dictionary gives them to a factory. */
export type ConfigKeywords = Readonly<Record<string, unknown>>;

/** Objects that a factory may ask for beyond its keywords. */
export interface ConfigContext {
  /**
   * The handlers of the dictionary that `keyword` names, which is one name or a list of names; made
   * first where they are not yet. None if the keyword is absent.
   *
   * @throws {TypeError} where there is no such handler, or it needs the one at hand itself
   */
  handlers(keyword: string): Handler[];
  /**
   * The object that `keyword` describes: made, where it is a name in `classes` or a dictionary with
   * `()`; else the value itself.
   *
   * @throws {TypeError} where the name is not in `classes`, or the object cannot be made
   */
  object(keyword: string): unknown;
  /**
   * As `object()`, but a name stands for the class or the function that has it in `classes`, which
   * is not called.
   *
   * @throws {TypeError} where the name is not in `classes`, or the object cannot be made
   */
  named(keyword: string): unknown;
}

/** Makes a formatter, a filter or a handler of the keywords that a dictionary has for it. */
export type ConfigFactory = (keywords: ConfigKeywords, context: ConfigContext) => unknown;

/**
 * A class in the place of a factory, which is constructed with `new`. Where its constructor names
 * one or two parameters, these are the keywords and the context, as for a factory; where it
 * inherits the constructor of a class of this library, it gets the arguments of that one. A class
 * that is derived from `QueueHandler` always gets a queue and the options.
 */
export type ConfigClass = new (...args: never[]) => unknown;

/** Factories and classes by the name that stands in the dictionary, of a class or behind `()`. */
export type ConfigClasses = Readonly<Record<string, ConfigFactory | ConfigClass>>;

/** A row of a table that knows its class. */
export type ClassRow = ClassFactory<ConfigKeywords, ConfigContext, unknown>;
