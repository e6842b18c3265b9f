/** LogTape with @logtape/syslog, on Node, Deno and Bun: RFC 5424 lines. */
import { loggerNames, MESSAGE } from "../net/record.mjs";
import { load } from "./load.mjs";

const { configure, dispose, getLogger } = await load("@logtape/logtape");
const { getSyslogSink } = await load("@logtape/syslog");

/** One sink for every logger. */
export async function open({ port, protocol, loggers }) {
  await configure({
    sinks: { syslog: getSyslogSink({ hostname: "127.0.0.1", port, protocol }) },
    loggers: [
      { category: "myapp", sinks: ["syslog"], lowestLevel: "info" },
      { category: ["logtape", "meta"], sinks: [] },
    ],
  });
  const all = loggerNames(loggers).map((name) => getLogger(name.split(".")));
  const [log] = all;
  return {
    emit: all.length === 1 ? () => log.info(MESSAGE) : (i) => all[i % all.length].info(MESSAGE),
    flush: () => Promise.resolve(),
    close: () => dispose(),
  };
}
