/**
 * LogTape with @logtape/syslog, on Node, Deno and Bun: RFC 5424 lines. Fields are sent as structured
 * data, which is off unless asked for; of an error that is its name and message, without a stack.
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

const { configure, dispose, getLogger } = await load("@logtape/logtape");
const { getSyslogSink } = await load("@logtape/syslog");

const ARGS = "request {number} took {took} ms";
const error = makeError();
const calls = {
  args: (log, i) => log.info(ARGS, { number: i, took: tookOf(i) }),
  extra: (log, i) => {
    const { path, user, status, cached } = fieldsOf(i);
    log.info(ARGS, { number: i, took: tookOf(i), path, user, status, cached });
  },
  text: (log, i) => log.info(textOf(i)),
  error: (log, i) => log.error("request {number} failed", { number: i, error }),
  const: (log) => log.info(MESSAGE),
};

/** One sink for every logger. */
export async function open({ port, protocol, loggers, kind }) {
  const includeStructuredData = kind === "extra" || kind === "error";
  const options = { hostname: "127.0.0.1", port, protocol, includeStructuredData };
  await configure({
    sinks: { syslog: getSyslogSink(options) },
    loggers: [
      { category: "myapp", sinks: ["syslog"], lowestLevel: "info" },
      { category: ["logtape", "meta"], sinks: [] },
    ],
  });
  return {
    emit: inTurn(loggerNames(loggers).map((name) => getLogger(name.split("."))), calls[kind]),
    flush: () => Promise.resolve(),
    close: () => dispose(),
  };
}
