/**
 * The errors of a file in ConfigParser's grammar.
 *
 * Browser compatible.
 *
 * @module
 */

/** The exceptions of Python's `configparser` that a file may raise. */
export type IniErrorName =
  | "DuplicateOptionError"
  | "DuplicateSectionError"
  | "InterpolationDepthError"
  | "InterpolationMissingOptionError"
  | "InterpolationSyntaxError"
  | "MissingSectionHeaderError"
  | "ParsingError";

/** A text that is no such file, or a value of it that cannot be interpolated. */
export class IniError extends SyntaxError {
  /** The name of CPython's exception. */
  override readonly name: IniErrorName;

  /** `problem` follows "as" in the message. */
  constructor(name: IniErrorName, problem: string) {
    super(`Cannot configure logging as ${problem}`);
    this.name = name;
  }
}
