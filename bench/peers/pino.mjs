/** pino with pino-socket, whose worker thread writes lines of JSON. */
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
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

const { default: pino } = await load("pino");

const error = makeError();
const calls = {
  args: (log, i) => log.info(ARGS, i, tookOf(i)),
  extra: (log, i) => log.info(fieldsOf(i), ARGS, i, tookOf(i)),
  text: (log, i) => log.info(textOf(i)),
  error: (log, i) => log.error(error, FAILED, i),
  const: (log) => log.info(MESSAGE),
};

/** The worker connects before it is ready, and without a server waits for that for ever. */
const NOT_READY_MS = 500;

/** Opens the worker and waits until it is ready; not so long where no server may be there. */
export async function open({ port, protocol, loggers, kind, deaf }) {
  const transport = pino.transport({
    target: "pino-socket",
    options: { address: "127.0.0.1", port, mode: protocol },
  });
  const ready = once(transport, "ready");
  await (deaf ? Promise.race([ready, setTimeout(NOT_READY_MS)]) : ready);
  const root = pino({ level: "info" }, transport);
  return {
    emit: inTurn(loggerNames(loggers).map((name) => root.child({ name })), calls[kind]),
    flush: () => new Promise((resolve) => transport.flush(() => resolve())),
    async close() {
      transport.end();
      await once(transport, "close");
    },
  };
}
