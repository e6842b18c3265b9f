/** log4js with its TCP appender: JSON between `__LOG4JS__`s. */
import { loggerNames, MESSAGE } from "../net/record.mjs";
import { load } from "./load.mjs";

const { default: log4js } = await load("log4js");

/** One appender for every logger. */
export function open({ port, loggers }) {
  log4js.configure({
    appenders: { tcp: { type: "tcp", host: "127.0.0.1", port } },
    categories: { default: { appenders: ["tcp"], level: "info" } },
  });
  const all = loggerNames(loggers).map((name) => log4js.getLogger(name));
  const [log] = all;
  return Promise.resolve({
    emit: all.length === 1 ? () => log.info(MESSAGE) : (i) => all[i % all.length].info(MESSAGE),
    flush: () => Promise.resolve(),
    close: () => new Promise((resolve) => log4js.shutdown(() => resolve())),
  });
}
