/**
 * A configuration that came over a network: a dictionary in JSON, or a file for `fileConfig()`. It
 * may name the classes of a table, the two standard streams, and files below one folder; it may
 * neither call a factory nor set an attribute.
 *
 * Browser compatible.
 *
 * @module
 */
import { isPlainObject } from "../text/is_mapping.ts";
import type { ConfigClasses } from "./config_factory.ts";
import { configureByDictionary } from "./_dictionary_config.ts";
import { REFERENCE } from "./_dictionary_reader.ts";
import { type Dialect, DICTIONARY, INI } from "./_dialect.ts";
import { isWithinLimits, NAME_LIMITS } from "./_entry_values.ts";
import { STREAMS } from "./_externals.ts";
import { configureByIni } from "./_ini_config.ts";
import { pathTo, refuseAt } from "./_path_error.ts";

/** A configuration has a handful of levels; one that is much deeper is meant to fill the stack. */
const MAX_DEPTH = 32;

/** The entries of a list or a dictionary: loggers stay for as long as the program runs. */
const MAX_ENTRIES = 1000;

/** Each handler may open a file, of which a system lets a program have 1024 at once, or 256. */
const MAX_HANDLERS = 100;

/** A roll-over tries the name of each old file, and holds up the program meanwhile. */
const MAX_BACKUPS = 1000;

/** These keys call factories, set attributes, or change what an object inherits. */
const FORBIDDEN_KEYS = ["()", ".", "__proto__"];

/**
 * These arguments reach beyond data: settings of the runtime's `fetch`, which may name a proxy or a
 * Unix socket, and a file that Windows loads.
 */
const FORBIDDEN_ARGUMENTS = ["context", "dllname"];

/** The socket of the local syslog daemon. */
const LOCAL_SYSLOG = "/dev/log";

/** The classes and the folder that a received configuration may use. */
export interface Allowed {
  readonly classes: ConfigClasses;
  /** The folder of its files; `undefined`: it may name none. */
  readonly folder: string | undefined;
}

/** Configures logging as a received text says; an invalid text changes nothing. */
export function configureReceived(text: string, { classes, folder }: Allowed): void {
  // CPython tries JSON first, and then the other; no file for fileConfig() begins with a brace.
  if (!/^\s*\{/.test(text)) {
    const dialect = confined(INI, folder);
    const settings = { defaults: {}, disablesOthers: true, classes, externals: STREAMS, dialect };
    return configureByIni(text, settings);
  }
  const config: unknown = JSON.parse(text);
  checkReceived(config, "", 0);
  configureByDictionary(config, classes, STREAMS, confined(DICTIONARY, folder));
}

/** Refuses keys and references that reach more than data, classes and the standard streams. */
function checkReceived(value: unknown, path: string, depth: number): void {
  if (depth > MAX_DEPTH) refuseAt(path, "nested less deeply", value);
  if (typeof value === "string") return checkReference(value, path);
  const most = maxEntriesOf(path);
  if (typeof value === "object" && value !== null && Object.keys(value).length > most) {
    refuseAt(path, `of at most ${most} entries in a received configuration`, value);
  }
  if (Array.isArray(value)) {
    value.forEach((item, at) => checkReceived(item, pathTo(path, String(at)), depth + 1));
  } else if (isPlainObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      const own = pathTo(path, key);
      if (FORBIDDEN_KEYS.includes(key)) refuseAt(own, "absent in a received configuration", item);
      if (!isWithinLimits(key)) refuseAt(path, `a dictionary with keys of ${NAME_LIMITS}`, key);
      checkReceived(item, own, depth + 1);
    }
  }
}

function maxEntriesOf(section: string): number {
  return section === "handlers" ? MAX_HANDLERS : MAX_ENTRIES;
}

function checkReference(text: string, path: string): void {
  const [, protocol, name = ""] = REFERENCE.exec(text) ?? [];
  if (protocol === undefined || protocol === "ext" && Object.hasOwn(STREAMS, name)) return;
  const streams = "ext://sys.stdout or ext://sys.stderr, where it is a reference";
  refuseAt(path, `${streams} in a received configuration`, text);
}

/** A dialect whose objects get paths below `folder` only. */
function confined(dialect: Dialect, folder: string | undefined): Dialect {
  const below = (value: unknown, path: string) => pathBelow(folder, value, path);
  return {
    hasReferences: dialect.hasReferences,
    maxNames: maxEntriesOf,
    pathOf: (section, name) => dialect.pathOf(section, name),
    arguments(given, path) {
      // A dictionary was checked as a whole; the literals of a file are known here first.
      if (!dialect.hasReferences) checkReceived(given, path, 0);
      const { filename, address, host, port, backupCount } = given;
      for (const name of FORBIDDEN_ARGUMENTS) {
        if (given[name]) {
          refuseAt(pathTo(path, name), "absent in a received configuration", given[name]);
        }
      }
      if (typeof backupCount === "number" && backupCount > MAX_BACKUPS) {
        const most = `at most ${MAX_BACKUPS} in a received configuration`;
        refuseAt(pathTo(path, "backupCount"), most, backupCount);
      }
      return {
        ...given,
        ...("filename" in given ? { filename: below(filename, pathTo(path, "filename")) } : {}),
        // These are paths of sockets.
        ...(typeof address === "string" && address !== LOCAL_SYSLOG
          ? { address: below(address, pathTo(path, "address")) }
          : Array.isArray(address) && address[1] === null
          ? { address: [below(address[0], pathTo(path, "address.0")), null] }
          : {}),
        ...(port === null ? { host: below(host, pathTo(path, "host")) } : {}),
      };
    },
  };
}

/**
 * The names of devices on Windows, in every folder, with or without an extension; and the names of
 * which Windows drops the end, so that `".. "` may be `..`.
 */
const WINDOWS_NAME = /^(?:con|prn|aux|nul|conin\$|conout\$|com\d|lpt\d)\s*(?:\.|$)|[. ]$/i;

/** Returns the path; a relative one begins at the folder. */
function pathBelow(folder: string | undefined, value: unknown, path: string): string {
  if (folder === undefined) return refuseAt(path, "absent, as the listener has no 'folder'", value);
  const start = folder.endsWith("/") ? folder : `${folder}/`;
  const given = typeof value === "string" ? value : "";
  const relative = given.startsWith(start) ? given.slice(start.length) : given;
  // A colon begins the path of a drive or of a stream, and a backslash is a slash on Windows.
  // deno-lint-ignore no-control-regex -- a name with one is never meant
  const isPlain = !/[\x00-\x1f\x7f\\:]/.test(relative);
  const parts = relative.split("/");
  if (isPlain && !parts.some((part) => part === "" || WINDOWS_NAME.test(part))) {
    return start + relative;
  }
  return refuseAt(path, `a plain path below ${folder}`, value);
}
