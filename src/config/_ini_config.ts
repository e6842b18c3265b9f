/**
 * Configures logging by a file in ConfigParser's grammar, after `_create_formatters`,
 * `_install_handlers` and `_install_loggers` of CPython's `logging.config`.
 *
 * Browser compatible.
 *
 * @module
 */
import { isPlainObject } from "../text/is_mapping.ts";
import { NotALiteralError, readLiteral } from "../text/python_literal.ts";
import type { ConfigClasses } from "./config_factory.ts";
import { argumentConstants } from "./_argument_constants.ts";
import { coreClasses } from "./_core_classes.ts";
import type { Dialect } from "./_dialect.ts";
import type { Dictionary } from "./_dictionary_reader.ts";
import { isWithinLimits, levelAt, NAME_LIMITS } from "./_entry_values.ts";
import { IniFile } from "./_ini_file.ts";
import { ObjectBuilder } from "./_object_builder.ts";
import { pathTo, refuseAt } from "./_path_error.ts";
import { install, type Plan, planBy, type Settings } from "./_plan.ts";
import { argumentNames, MEMORY_HANDLER, pythonClassOf } from "./_positional_arguments.ts";
import { strip } from "./_white_space.ts";

/** The keys of a handler's entry that are no arguments of its class. */
const NO_ARGUMENTS = ["class", "()", ".", "formatter", "filters"];

/** As Python's `int()` reads it. */
const INTEGER = /^[+-]?\d+(?:_\d+)*$/;

/** The settings of {@linkcode configureByIni}. */
export interface IniConfigSettings {
  readonly defaults: Dictionary;
  readonly disablesOthers: boolean;
  readonly classes: ConfigClasses;
  /** The names that arguments may have, besides the constants. */
  readonly externals: Dictionary;
  readonly dialect: Dialect;
}

/** Configures logging; an invalid text changes nothing. */
export function configureByIni(text: string, settings: IniConfigSettings): void {
  const { defaults, disablesOthers, classes, externals, dialect } = settings;
  const reader = new IniConfigReader(new IniFile(text, defaults), settings);
  const builder = new ObjectBuilder(reader.config(), classes, externals, dialect);
  install(planBy(builder, () => reader.plan(builder)), disablesOthers);
}

class IniConfigReader {
  readonly #file: IniFile;
  readonly #classes: ConfigClasses;
  readonly #names: Dictionary;

  readonly #dialect: Dialect;

  constructor(file: IniFile, { classes, externals, dialect }: IniConfigSettings) {
    this.#file = file;
    this.#dialect = dialect;
    this.#classes = { ...coreClasses(), ...classes };
    this.#names = { ...argumentConstants(), ...externals };
  }

  /** The formatters and handlers, as a dictionary has them. */
  config(): Dictionary {
    const entries = (section: string, make: (own: string) => Dictionary) => {
      const kind = section.replace(/s$/, "");
      return this.#keys(section).map((key) => [key, make(this.#section(`${kind}_${key}`))]);
    };
    return {
      formatters: Object.fromEntries(entries("formatters", (own) => this.#formatter(own))),
      handlers: Object.fromEntries(entries("handlers", (own) => this.#handler(own))),
    };
  }

  /** Makes every handler, and changes no logger. */
  plan(builder: ObjectBuilder): Plan {
    const handlers = builder.makeHandlers();
    const names = this.#list("loggers", "keys");
    if (!names.includes("root")) refuseAt("[loggers].keys", 'a list with "root"', names.join());
    let root = this.#settings(builder, this.#section("logger_root"));
    const loggers = new Map<string, Settings>();
    names.splice(names.indexOf("root"), 1);
    // A name that is repeated changes nothing.
    for (const name of new Set(names)) {
      const section = this.#section(`logger_${name}`);
      const qualname = this.#required(section, "qualname");
      if (!isWithinLimits(qualname)) {
        refuseAt(`[${section}].qualname`, `a name of ${NAME_LIMITS}`, qualname);
      }
      const settings = this.#settings(builder, section);
      // As `getLogger()` has it, both are names of the root.
      if (qualname === "" || qualname === "root") root = replaced(root, settings);
      else loggers.set(qualname, replaced(loggers.get(qualname), settings));
    }
    return { handlers, loggers, root };
  }

  #settings(builder: ObjectBuilder, section: string): Settings {
    const path = `[${section}]`;
    const level = this.#file.get(section, "level");
    const propagate = this.#file.get(section, "propagate") ?? "1";
    const isRoot = section === "logger_root";
    if (!isRoot && !INTEGER.test(strip(propagate))) {
      refuseAt(pathTo(path, "propagate"), "an integer: 0 is false", propagate);
    }
    return {
      level: level === undefined ? undefined : levelAt(builder.reader, { level }, path),
      propagate: isRoot ? undefined : /[1-9]/.test(propagate),
      handlers: builder.handlersAt(
        [...new Set(this.#list(section, "handlers"))],
        pathTo(path, "handlers"),
      ),
      filters: [],
    };
  }

  #formatter(section: string): Dictionary {
    const raw = (option: string) => this.#file.raw(section, option);
    const [format, datefmt, style, defaults] = ["format", "datefmt", "style", "defaults"].map(raw);
    return {
      class: this.#file.get(section, "class") ?? "",
      // As in CPython an empty text is none.
      ...(format ? { format } : {}),
      ...(datefmt ? { datefmt } : {}),
      ...(style === undefined ? {} : { style }),
      ...(defaults === undefined ? {} : { defaults: this.#dict(section, "defaults", defaults) }),
    };
  }

  #handler(section: string): Dictionary {
    const name = this.#className(this.#required(section, "class"));
    const known = pythonClassOf(name, this.#classes);
    const level = this.#file.get(section, "level");
    const target = known === MEMORY_HANDLER ? this.#file.get(section, "target") : undefined;
    return {
      ...this.#arguments(section, name, known),
      class: name,
      formatter: this.#file.get(section, "formatter") ?? "",
      ...(level === undefined ? {} : { level }),
      ...(target ? { target } : {}),
    };
  }

  /** CPython looks in `logging` first: `StreamHandler` and `handlers.SocketHandler` are there. */
  #className(name: string): string {
    const inLogging = `logging.${name}`;
    return Object.hasOwn(this.#classes, inLogging) ? inLogging : name;
  }

  /** The arguments by name. */
  #arguments(section: string, name: string, known: string | undefined): Dictionary {
    const own = `[${section}].args`;
    const positional = this.#literal(section, "args", this.#file.get(section, "args") ?? "()");
    const kwargs = this.#file.get(section, "kwargs") ?? "{}";
    const named = this.#dict(section, "kwargs", kwargs);
    if (!Array.isArray(positional)) refuseAt(own, "a tuple such as (sys.stdout,)", positional);
    const names = argumentNames(known) ?? [];
    if (positional.length > names.length) {
      const most = known === undefined
        ? `empty, as the order of the arguments of ${name} is unknown: name them in 'kwargs'`
        : `at most ${names.length} values (${names.join(", ")})`;
      refuseAt(own, most, positional);
    }
    const given = positional.map((value, index) => [names[index]!, value] as const);
    for (const key of Object.keys(named)) {
      const path = `[${section}].kwargs.${key}`;
      if (NO_ARGUMENTS.includes(key)) refuseAt(path, "an argument of the class", named[key]);
      if (given.some(([name]) => name === key)) {
        refuseAt(path, "given once, in 'args' or in 'kwargs'", named[key]);
      }
    }
    return { ...Object.fromEntries(given), ...named };
  }

  #dict(section: string, option: string, text: string): Dictionary {
    const value = this.#literal(section, option, text);
    const path = `[${section}].${option}`;
    return isPlainObject(value) ? value : refuseAt(path, "a dict with texts for keys", value);
  }

  #literal(section: string, option: string, text: string): unknown {
    try {
      return readLiteral(text, this.#names);
    } catch (error) {
      if (!(error instanceof NotALiteralError)) throw error;
      const message =
        `'[${section}].${option}' must be Python literals, as nothing is evaluated: ` +
        error.message;
      throw new TypeError(`Cannot configure logging as ${message}`, { cause: error });
    }
  }

  #keys(section: string): string[] {
    return [...new Set(this.#list(section, "keys"))];
  }

  /** A list of names; the lists of CPython are empty where the text is. */
  #list(section: string, option: string): string[] {
    const text = this.#required(this.#section(section), option);
    const names = text === "" ? [] : text.split(",").map(strip);
    const most = this.#dialect.maxNames(section);
    if (names.length <= most) return names;
    return refuseAt(`[${section}].${option}`, `a list of at most ${most} names`, names);
  }

  #section(name: string): string {
    if (!this.#file.has(name)) throw missing(`a section [${name}]`);
    return name;
  }

  #required(section: string, option: string): string {
    const value = this.#file.get(section, option);
    if (value === undefined) throw missing(`an option '${option}' in [${section}]`);
    return value;
  }
}

function missing(needed: string): TypeError {
  return new TypeError(`Cannot configure logging as the file needs ${needed}`);
}

/** The settings of a logger that another section configures again. */
function replaced(before: Settings | undefined, after: Settings): Settings {
  return { ...after, level: after.level ?? before?.level };
}
