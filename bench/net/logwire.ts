/** The subject itself: the public API, the runtime's own connector, the handlers' defaults. */
import { DatagramHandler, getLogger, INFO, SocketHandler } from "../../mod.ts";
import { connector as ofRuntime } from "../../src/adapters/auto.ts";
import type { Connector, DatagramConnector } from "../../src/net/connector.ts";
import { loggerNames, MESSAGE } from "./record.mjs";
import type { Subject, Target } from "./subject.ts";

/** One handler at the root logger, as in CPython's cookbook. */
export function open(
  { port, protocol, loggers }: Target,
  connector: Connector & DatagramConnector = ofRuntime,
): Promise<Subject> {
  const options = { connector, onEvent: () => {} };
  const handler = protocol === "tcp"
    ? new SocketHandler("127.0.0.1", port, options)
    : new DatagramHandler("127.0.0.1", port, options);
  const root = getLogger();
  root.setLevel(INFO);
  root.addHandler(handler);
  const all = loggerNames(loggers).map((name) => getLogger(name));
  const [log = root] = all;
  const subject: Subject = {
    emit: all.length === 1
      ? () => log.info(MESSAGE)
      : (i) => (all[i % all.length] ?? log).info(MESSAGE),
    flush: () => handler.flush(),
    close: () => handler.close(),
    account: () => handler.stats,
  };
  return Promise.resolve(subject);
}
