/** The subject itself: the public API, the runtime's own connector, the handlers' defaults. */
import { DatagramHandler, getLogger, INFO, type Logger, SocketHandler } from "../../mod.ts";
import { connector as ofRuntime } from "../../src/adapters/auto.ts";
import type { SocketHandlerOptions } from "../../src/handlers/socket_handler.ts";
import type { Connector, DatagramConnector } from "../../src/net/connector.ts";
import {
  ARGS,
  FAILED,
  fieldsOf,
  inTurn,
  type Kind,
  loggerNames,
  makeError,
  MESSAGE,
  textOf,
  tookOf,
} from "./record.mjs";
import type { Subject, Target } from "./subject.ts";

/** The call that logs record `i` of a kind. */
export function logger(kind: Kind): (log: Logger, i: number) => void {
  const exc_info = makeError();
  const calls: Record<Kind, (log: Logger, i: number) => void> = {
    args: (log, i) => log.info(ARGS, i, tookOf(i)),
    extra: (log, i) => log.info(ARGS, i, tookOf(i), { extra: fieldsOf(i) }),
    text: (log, i) => log.info(textOf(i)),
    error: (log, i) => log.error(FAILED, i, { exc_info }),
    const: (log) => log.info(MESSAGE),
  };
  return calls[kind];
}

/** One handler at the root logger, as in CPython's cookbook. */
export function open(
  { port, protocol, loggers, kind, batchMs }: Target,
  connector: Connector & DatagramConnector = ofRuntime,
  more: Pick<SocketHandlerOptions, "spool" | "whileDisconnected"> = {},
): Promise<Subject> {
  const gathering = batchMs === undefined ? {} : { batchMs };
  const options = { connector, onEvent: () => {}, ...gathering, ...more };
  const handler = protocol === "tcp"
    ? new SocketHandler("127.0.0.1", port, options)
    : new DatagramHandler("127.0.0.1", port, options);
  const root = getLogger();
  root.setLevel(INFO);
  root.addHandler(handler);
  const subject: Subject = {
    emit: inTurn(loggerNames(loggers).map((name) => getLogger(name)), logger(kind)),
    flush: () => handler.flush(),
    close: () => handler.close(),
    account: () => handler.stats,
  };
  return Promise.resolve(subject);
}
