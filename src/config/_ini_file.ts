/**
 * The values of a file in ConfigParser's grammar: those of a section, or else of `DEFAULT`, with
 * `%(name)s` replaced, after CPython's `BasicInterpolation`.
 *
 * Differs: values that are longer than two million characters together are refused, as a few lines of
 * references could fill the memory, and a long list in `DEFAULT` the time.
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

/** The most characters, and references, of all values that are asked for: a file has some thousand. */
const MAX_STEPS = 2_000_000;

const REFERENCE = /%\(([^)]+)\)s/y;

/** A file that was read. */
export class IniFile {
  readonly #sections: ReadonlyMap<string, IniOptions>;
  #steps = MAX_STEPS;

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
    const value = this.#sections.get(section)?.get(option) ??
      this.#sections.get(DEFAULT_SECTION)!.get(option);
    this.#charge(value?.length ?? 0, section, option);
    return value;
  }

  /**
   * The value, interpolated; `undefined` if there is none.
   *
   * @throws {IniError} if it cannot be interpolated
   */
  get(section: string, option: string): string | undefined {
    const value = this.raw(section, option);
    if (value === undefined) return undefined;
    const parts: string[] = [];
    this.#add(parts, section, option, value, 1);
    return parts.join("");
  }

  /** After CPython's `_interpolate_some()`. */
  #add(parts: string[], section: string, option: string, value: string, depth: number): void {
    const path = `[${section}].${option}`;
    if (depth > MAX_DEPTH) {
      const problem = `'${path}' needs more than ${MAX_DEPTH} steps to be interpolated`;
      throw new IniError("InterpolationDepthError", problem);
    }
    const push = (part: string) => {
      this.#charge(part.length, section, option);
      parts.push(part);
    };
    for (let at = 0; at < value.length;) {
      const percent = value.indexOf("%", at);
      const end = percent < 0 ? value.length : percent;
      if (end > at) push(value.slice(at, end));
      if (percent < 0) return;
      at = percent + 2;
      if (value[percent + 1] === "%") {
        push("%");
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
      const name = optionName(reference[1]!);
      const found = this.raw(section, name);
      if (found === undefined) {
        const problem = `'${path}' refers to an option that does not exist: ${valueText(name)}`;
        throw new IniError("InterpolationMissingOptionError", problem);
      }
      if (found.includes("%")) this.#add(parts, section, option, found, depth + 1);
      else push(found);
    }
  }
  #charge(length: number, section: string, option: string): void {
    this.#steps -= length + 1;
    if (this.#steps >= 0) return;
    const problem =
      `the values up to '[${section}].${option}' have more than ${MAX_STEPS} characters`;
    throw new IniError("InterpolationDepthError", problem);
  }
}
