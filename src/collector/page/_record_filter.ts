/**
 * The filter of records, and its form in the page's address and in requests: the same parameters in
 * both. A parameter that cannot be understood is left out, so that an old link still opens.
 */

/** The conditions that a record meets, all of them; an empty one is met by every record. */
export interface RecordFilter {
  /** This level and those above: a name or a number. */
  readonly level: string;
  /** These loggers and those below them, any of them. */
  readonly loggers: readonly string[];
  /** Not these loggers, nor those below them. */
  readonly notLoggers: readonly string[];
  /** Any of these hosts. */
  readonly hosts: readonly string[];
  /** A text in the message, the logger or the error; its case does not matter. */
  readonly text: string;
  /** `key:value`, or `key` for a field of any value. */
  readonly fields: readonly string[];
  /** The range of times, in milliseconds since the epoch. */
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** The filter that every record passes. */
export const NO_FILTER: RecordFilter = {
  level: "",
  loggers: [],
  notLoggers: [],
  hosts: [],
  text: "",
  fields: [],
  from: undefined,
  to: undefined,
};

/** The parts of a filter that are lists of names. */
export type FilterList = "loggers" | "notLoggers" | "hosts" | "fields";

/** The parameter that has each list. */
const LIST_PARAMETERS: Readonly<Record<FilterList, string>> = {
  loggers: "logger",
  notLoggers: "-logger",
  hosts: "host",
  fields: "field",
};

/** Reads the filter of a query string. */
export function readFilter(query: string): RecordFilter {
  const parameters = new URLSearchParams(query);
  const list = (name: FilterList) => distinct(parameters.getAll(LIST_PARAMETERS[name]));
  return {
    level: parameters.get("level") ?? "",
    loggers: list("loggers"),
    notLoggers: list("notLoggers"),
    hosts: list("hosts"),
    text: parameters.get("text") ?? "",
    fields: list("fields"),
    from: readTime(parameters.get("from")),
    to: readTime(parameters.get("to")),
  };
}

/** The parameters of a filter: of those that are not empty. */
export function toParameters(filter: RecordFilter): URLSearchParams {
  const parameters = new URLSearchParams();
  if (filter.level !== "") parameters.set("level", filter.level);
  for (const [name, parameter] of Object.entries(LIST_PARAMETERS)) {
    for (const value of filter[name as FilterList]) parameters.append(parameter, value);
  }
  if (filter.text !== "") parameters.set("text", filter.text);
  if (filter.from !== undefined) parameters.set("from", String(filter.from));
  if (filter.to !== undefined) parameters.set("to", String(filter.to));
  return parameters;
}

/** True if two filters have the same parameters. */
export function isSameFilter(one: RecordFilter, other: RecordFilter): boolean {
  return toParameters(one).toString() === toParameters(other).toString();
}

/** True if every record passes. */
export function isEmptyFilter(filter: RecordFilter): boolean {
  return toParameters(filter).size === 0;
}

/** The filter with a name added to a list, or removed if the list has it. */
export function toggled(filter: RecordFilter, list: FilterList, name: string): RecordFilter {
  const names = filter[list];
  const changed = names.includes(name) ? names.filter((one) => one !== name) : [...names, name];
  const next = { ...filter, [list]: changed };
  // A logger is either wanted or not.
  if (list === "loggers") next.notLoggers = filter.notLoggers.filter((one) => one !== name);
  if (list === "notLoggers") next.loggers = filter.loggers.filter((one) => one !== name);
  return next;
}

function distinct(values: string[]): string[] {
  return [...new Set(values.filter((value) => value !== ""))];
}

function readTime(text: string | null): number | undefined {
  if (text === null || text.trim() === "") return undefined;
  const time = Number(text);
  return Number.isFinite(time) && Math.abs(time) <= 8.64e15 ? time : undefined;
}
