// @ts-self-types="./record.d.mts"
/**
 * The records that the benches log, and how a sink knows them again; peers/records.py logs the same.
 * All but the constant text carry their number, so that the sink can check that each arrives once
 * and in order.
 */

/** The text of the constant record: the first one of the Python documentation's example. */
export const MESSAGE = "Jackdaws love my big sphinx of quartz.";

/** The text of records with arguments. */
export const ARGS = "request %d took %d ms";

/** The text of records with an error. */
export const FAILED = "request %d failed";

/** The kinds of record, those first that programs log most. */
export const KINDS = ["args", "extra", "text", "error", "const"];

/** The names of `count` loggers, CPython's "myapp.area1" first. */
export function loggerNames(count) {
  return Array.from({ length: count }, (_, i) => `myapp.area${i + 1}`);
}

/** Logs record `i` with `log(logger, i)`, the loggers in turn. */
export function inTurn(loggers, log) {
  const [only] = loggers;
  return loggers.length === 1 ? (i) => log(only, i) : (i) => log(loggers[i % loggers.length], i);
}

/** The second argument of record `i`. */
export function tookOf(i) {
  return i % 977;
}

/** The changing text of record `i`. */
export function textOf(i) {
  return `${MESSAGE} ${i}`;
}

/** The fields of record `i`. */
export function fieldsOf(i) {
  return {
    path: `/api/v1/sphinxes/${i}`,
    user: `user${i % 50}`,
    status: 200 + i % 5,
    cached: i % 2 === 0,
  };
}

/** An error whose stack has ten frames: V8 keeps no more. */
export function makeError() {
  const feed = (left) => {
    if (left === 0) throw new Error("not a sphinx");
    water(left - 1);
  };
  const water = (left) => feed(left);
  try {
    feed(4);
  } catch (error) {
    return error;
  }
}

/**
 * The expectations of a sink for records of a kind, a KEY=PATTERN or KEY~PATTERN each (see sink.c).
 * `format` is that of the lines: "pickle", "json", "logtape" or "log4js". With `fixed` every record
 * is number `fixed`, as the controls send it.
 */
export function expectations(kind, { format = "pickle", loggers = 1, fixed } = {}) {
  const all = format === "pickle" ? inPickle(kind, loggers) : inText(kind, format);
  return fixed === undefined ? all : all.map((text) => expand(text, fixed));
}

function inPickle(kind, loggers) {
  const level = `levelno=${kind === "error" ? 40 : 20}`;
  return [...messages[kind].map((text) => `msg=${text}`), level, ...others[kind](loggers)];
}

const messages = {
  const: [MESSAGE],
  text: [`${MESSAGE} %i`],
  args: ["request %i took %t ms"],
  extra: ["request %i took %t ms"],
  error: ["request %i failed"],
};
const name = (loggers) => `name=myapp.area${loggers === 1 ? "1" : "%l"}`;
const others = {
  const: (loggers) => [name(loggers)],
  text: (loggers) => [name(loggers)],
  args: (loggers) => [name(loggers)],
  extra: (loggers) => [
    ...[name(loggers), "path=/api/v1/sphinxes/%i", "user=user%u", "status=%s", "cached=%c"],
  ],
  error: (loggers) => [name(loggers), "exc_text~not a sphinx"],
};

/** log4js leaves the merging to its server, and sends arguments and texts apart. */
const unmerged = {
  ...messages,
  args: ['["7",%i,%t]', '"request %%d took %%d ms"'],
  extra: ['["7",%i,%t,', '"request %%d took %%d ms"'],
  error: ['["7",%i,', '"request %%d failed"'],
};
const fields = {
  json: [
    ...['"path":"/api/v1/sphinxes/%i"', '"user":"user%u"', '"status":%s', '"cached":%c'],
  ],
  log4js: ['"/api/v1/sphinxes/%i"', '"user%u"', '"status":%s', '"cached":%c'],
  logtape: ['path="/api/v1/sphinxes/%i"', 'user="user%u"', 'status="%s"', 'cached="%c"'],
};

function inText(kind, format) {
  const all = [...(format === "log4js" ? unmerged : messages)[kind]];
  if (kind === "extra") all.push(...fields[format]);
  if (kind === "error") all.push("not a sphinx");
  return all.map((text) => `text~${text}`);
}

/** The text of a pattern for record `i`. */
export function expand(pattern, i, loggers = 1) {
  return pattern.replace(
    /%([ituscl%])/g,
    (_, directive) => String(directives[directive](i, loggers)),
  );
}

const directives = {
  "i": (i) => i,
  "t": tookOf,
  "u": (i) => i % 50,
  "s": (i) => 200 + i % 5,
  "c": (i) => i % 2 === 0,
  "l": (i, loggers) => i % loggers + 1,
  "%": () => "%",
};
