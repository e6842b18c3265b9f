/**
 * The values of a file in ConfigParser's grammar: those of a section, or else of `DEFAULT`, with
 * `%(name)s` replaced, after CPython's `BasicInterpolation`.
 *
 * Differs: an interpolation of more than a million steps is refused, as a few lines of references
 * could fill the memory.
 *
 * Browser compatible.
 *
 * @module
 */
import { valueText } from "../logging/validate.ts";
import { pythonStr } from "../text/python_repr.ts";
import { IniError } from "./_ini_error.ts";
import { DEFAULT_SECTION, type IniOptions, optionName, parseIni } from "./_ini_parser.ts";
import { refuseAt } from "./_path_error.ts";

/** CPython's `MAX_INTERPOLATION_DEPTH`. */
const MAX_DEPTH = 10;

/** The most references and characters of one interpolation. */
const MAX_STEPS = 1_000_000;

const REFERENCE = /%\(([^)]+)\)s/y;

/** A file that was read. */
export class IniFile {
  readonly #sections: ReadonlyMap<string, IniOptions>;

  /**
   * Reads a text; an option that no section has is looked up in its `DEFAULT`, then in `defaults`.
   *
   * @throws {IniError} if the text is no such file
   */
  constructor(text: string, defaults: Readonly<Record<string, unknown>> = {}) {
    const sections = parseIni(text);
    const own = sections.get(DEFAULT_SECTION)!;
    const given: IniOptions = new Map();
    for (const [name, value] of Object.entries(defaults)) {
      const option = optionName(name);
      if (value === null || value === undefined || given.has(option)) {
        refuseAt(`defaults.${name}`, value ? "given once" : "a text", value);
      }
      given.set(option, pythonStr(value));
    }
    this.#sections = new Map([...sections, [DEFAULT_SECTION, new Map([...given, ...own])]]);
  }

  /** True if there is a section of this name. */
  has(section: string): boolean {
    return this.#sections.has(section);
  }

  /** The value as it is written; `undefined` if there is none. */
  raw(section: string, option: string): string | undefined {
    return this.#sections.get(section)?.get(option) ??
      this.#sections.get(DEFAULT_SECTION)!.get(option);
  }

  /**
   * The value, interpolated; `undefined` if there is none.
   *
   * @throws {IniError} if it cannot be interpolated
   */
  get(section: string, option: string): string | undefined {
    const value = this.raw(section, option);
    return value === undefined ? undefined : new Interpolation(this, section).of(option, value);
  }
}

/** The interpolation of one value. */
class Interpolation {
  readonly #file: IniFile;
  readonly #section: string;
  readonly #parts: string[] = [];
  #steps = MAX_STEPS;

  constructor(file: IniFile, section: string) {
    this.#file = file;
    this.#section = section;
  }

  of(option: string, value: string): string {
    this.#add(option, value, 1);
    return this.#parts.join("");
  }

  /** After CPython's `_interpolate_some()`. */
  #add(option: string, value: string, depth: number): void {
    const path = `[${this.#section}].${option}`;
    if (depth > MAX_DEPTH) {
      const problem = `'${path}' needs more than ${MAX_DEPTH} steps to be interpolated`;
      throw new IniError("InterpolationDepthError", problem);
    }
    for (let at = 0; at < value.length;) {
      const percent = value.indexOf("%", at);
      const end = percent < 0 ? value.length : percent;
      if (end > at) this.#push(value.slice(at, end), path);
      if (percent < 0) return;
      at = percent + 2;
      if (value[percent + 1] === "%") {
        this.#push("%", path);
        continue;
      }
      REFERENCE.lastIndex = percent;
      const reference = REFERENCE.exec(value);
      if (reference === null) {
        const shown = valueText(value.slice(percent));
        const problem = `'${path}' must have %% or %(name)s where it has ${shown}`;
        throw new IniError("InterpolationSyntaxError", problem);
      }
      at = REFERENCE.lastIndex;
      this.#addReferred(option, optionName(reference[1]!), path, depth);
    }
  }

  #addReferred(option: string, name: string, path: string, depth: number): void {
    const found = this.#file.raw(this.#section, name);
    if (found === undefined) {
      const problem = `'${path}' refers to an option that does not exist: ${valueText(name)}`;
      throw new IniError("InterpolationMissingOptionError", problem);
    }
    if (found.includes("%")) this.#add(option, found, depth + 1);
    else this.#push(found, path);
  }

  #push(part: string, path: string): void {
    this.#steps -= part.length + 1;
    if (this.#steps < 0) {
      const problem = `'${path}' has more than ${MAX_STEPS} characters when it is interpolated`;
      throw new IniError("InterpolationDepthError", problem);
    }
    this.#parts.push(part);
  }
}
