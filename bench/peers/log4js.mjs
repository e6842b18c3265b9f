/**
 * log4js with its TCP appender: JSON between `__LOG4JS__`s. It has no fields of a call: they are sent
 * as one more argument. Text and arguments are sent apart; the server merges them.
 */
import {
  ARGS,
  FAILED,
  fieldsOf,
  inTurn,
  loggerNames,
  makeError,
  MESSAGE,
  textOf,
  tookOf,
} from "../net/record.mjs";
import { load } from "./load.mjs";

const { default: log4js } = await load("log4js");

const error = makeError();
const calls = {
  args: (log, i) => log.info(ARGS, i, tookOf(i)),
  extra: (log, i) => log.info(ARGS, i, tookOf(i), fieldsOf(i)),
  text: (log, i) => log.info(textOf(i)),
  error: (log, i) => log.error(FAILED, i, error),
  const: (log) => log.info(MESSAGE),
};

/** One appender for every logger. */
export function open({ port, loggers, kind }) {
  log4js.configure({
    appenders: { tcp: { type: "tcp", host: "127.0.0.1", port } },
    categories: { default: { appenders: ["tcp"], level: "info" } },
  });
  return Promise.resolve({
    emit: inTurn(loggerNames(loggers).map((name) => log4js.getLogger(name)), calls[kind]),
    flush: () => Promise.resolve(),
    close: () => new Promise((resolve) => log4js.shutdown(() => resolve())),
  });
}
