/** winston with winston-syslog; `eol` is what keeps its messages apart over TCP. */
import { loggerNames, MESSAGE } from "../net/record.mjs";
import { load } from "./load.mjs";

const { default: winston } = await load("winston");
const { Syslog } = await load("winston-syslog");

/** One transport for every logger. */
export function open({ port, protocol, loggers }) {
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
  const all = loggerNames(loggers).map((name) => root.child({ name }));
  const [log] = all;
  return Promise.resolve({
    emit: all.length === 1 ? () => log.info(MESSAGE) : (i) => all[i % all.length].info(MESSAGE),
    flush: () => Promise.resolve(),
    close() {
      root.close();
      return Promise.resolve();
    },
  });
}
