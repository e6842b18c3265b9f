/**
 * winston with winston-syslog; `eol` is what keeps its messages apart over TCP. Its callers merge
 * arguments into the text themselves: the `splat` format that does it is off unless asked for.
 */
import {
  fieldsOf,
  inTurn,
  loggerNames,
  makeError,
  MESSAGE,
  textOf,
  tookOf,
} from "../net/record.mjs";
import { load } from "./load.mjs";

const { default: winston } = await load("winston");
const { Syslog } = await load("winston-syslog");

const error = makeError();
const calls = {
  args: (log, i) => log.info(`request ${i} took ${tookOf(i)} ms`),
  extra: (log, i) => log.info(`request ${i} took ${tookOf(i)} ms`, fieldsOf(i)),
  text: (log, i) => log.info(textOf(i)),
  error: (log, i) => log.error(`request ${i} failed`, error),
  const: (log) => log.info(MESSAGE),
};

/** One transport for every logger. */
export function open({ port, protocol, loggers, kind }) {
  const transport = new Syslog({
    host: "127.0.0.1",
    port,
    protocol: protocol === "tcp" ? "tcp4" : "udp4",
    ...(protocol === "tcp" && { eol: "\n" }),
  });
  const root = winston.createLogger({
    levels: winston.config.syslog.levels,
    level: "info",
    transports: [transport],
  });
  return Promise.resolve({
    emit: inTurn(loggerNames(loggers).map((name) => root.child({ name })), calls[kind]),
    flush: () => Promise.resolve(),
    close() {
      root.close();
      return Promise.resolve();
    },
  });
}
