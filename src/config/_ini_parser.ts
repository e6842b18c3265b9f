/**
 * Reads a text in the grammar of Python's `configparser.ConfigParser`, with its defaults: sections
 * in brackets, options with `=` or `:`, values that go on in lines which are indented more, lines of
 * comments after `#` or `;`, and each section and option once.
 *
 * Follows `RawConfigParser._read()` of CPython 3.13. Takes time linear in the text.
 *
 * Browser compatible.
 *
 * @module
 */
import { valueText } from "../logging/validate.ts";
import { IniError } from "./_ini_error.ts";
import { strip, stripEnd, stripStart } from "./_white_space.ts";

/** The section whose options every section has. */
export const DEFAULT_SECTION = "DEFAULT";

/** The options of a section by name, not interpolated. */
export type IniOptions = Map<string, string>;

/** The most lines that an error names: a text that is no such file has thousands. */
const MAX_NAMED_LINES = 3;

/** Returns the sections of a text by name; `DEFAULT` is always among them. */
export function parseIni(text: string): Map<string, IniOptions> {
  const reader = new IniReader();
  const lines = text.split("\n");
  // Behind the last line feed is no line.
  if (lines.at(-1) === "") lines.pop();
  for (const line of lines) reader.read(line);
  return reader.sections();
}

/** The name of an option, as `optionxform()` has it. */
export function optionName(name: string): string {
  return name.toLowerCase();
}

class IniReader {
  readonly #sections = new Map<string, Map<string, string[]>>([[DEFAULT_SECTION, new Map()]]);
  /** The lines that are no option, at most so many as an error names, and their number. */
  readonly #wrong: string[] = [];
  #wrongCount = 0;
  #lineNumber = 0;
  #section: string | undefined;
  /** An empty name is that of no option that a line could continue. */
  #option = "";
  #indent = 0;

  /** Takes the next line. */
  read(line: string): void {
    this.#lineNumber++;
    const clean = strip(line);
    if (clean === "") return void this.#value()?.push("");
    if (clean.startsWith("#") || clean.startsWith(";")) return;
    const indent = line.length - stripStart(line).length;
    const value = this.#value();
    if (value !== undefined && indent > this.#indent) return void value.push(clean);
    this.#indent = indent;
    const end = clean.lastIndexOf("]");
    if (clean.startsWith("[") && end > 1) this.#begin(clean.slice(1, end));
    else this.#add(clean);
  }

  /** Returns the sections that were read; throws if a line did not belong to the grammar. */
  sections(): Map<string, IniOptions> {
    if (this.#wrong.length > 0) {
      const more = this.#wrongCount - this.#wrong.length;
      const rest = more > 0 ? ` and ${more} more lines` : "";
      throw new IniError("ParsingError", `there is no option in ${this.#wrong.join(", ")}${rest}`);
    }
    const join = (lines: string[]) => stripEnd(lines.join("\n"));
    return new Map([...this.#sections].map(([name, options]) => [
      name,
      new Map([...options].map(([option, lines]) => [option, join(lines)])),
    ]));
  }

  /** The value that lines may continue. */
  #value(): string[] | undefined {
    if (this.#section === undefined || this.#option === "") return undefined;
    return this.#sections.get(this.#section)!.get(this.#option);
  }

  #begin(name: string): void {
    if (name !== DEFAULT_SECTION) {
      if (this.#sections.has(name)) {
        const place = `line ${this.#lineNumber}`;
        const problem = `section ${valueText(name)} in ${place} exists already`;
        throw new IniError("DuplicateSectionError", problem);
      }
      this.#sections.set(name, new Map());
    }
    this.#section = name;
    this.#option = "";
  }

  #add(line: string): void {
    // A byte order mark, which some editors write, is no white space in Python; it would not be seen.
    const shown = () => valueText(line).replace("\ufeff", "\\ufeff");
    const place = () => `line ${this.#lineNumber}, ${shown()}`;
    if (this.#section === undefined) {
      throw new IniError("MissingSectionHeaderError", `there is no section before ${place()}`);
    }
    const at = line.search(/[=:]/);
    if (at < 1 && this.#wrongCount++ < MAX_NAMED_LINES) this.#wrong.push(place());
    if (at < 0) return;
    this.#option = optionName(stripEnd(line.slice(0, at)));
    const options = this.#sections.get(this.#section)!;
    if (options.has(this.#option)) {
      const name = `[${this.#section}].${this.#option}`;
      throw new IniError("DuplicateOptionError", `'${name}' in ${place()} exists already`);
    }
    options.set(this.#option, [strip(line.slice(at + 1))]);
  }
}
