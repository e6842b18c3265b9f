/** pino with pino-socket, whose worker thread writes lines of JSON. */
import { once } from "node:events";
import { loggerNames, MESSAGE } from "../net/record.mjs";
import { load } from "./load.mjs";

const { default: pino } = await load("pino");

/** Opens the worker and waits until it runs. */
export async function open({ port, protocol, loggers }) {
  const transport = pino.transport({
    target: "pino-socket",
    options: { address: "127.0.0.1", port, mode: protocol },
  });
  await once(transport, "ready");
  const root = pino({ level: "info" }, transport);
  const all = loggerNames(loggers).map((name) => root.child({ name }));
  const [log] = all;
  return {
    emit: all.length === 1 ? () => log.info(MESSAGE) : (i) => all[i % all.length].info(MESSAGE),
    flush: () => new Promise((resolve) => transport.flush(() => resolve())),
    async close() {
      transport.end();
      await once(transport, "close");
    },
  };
}
