/** `HTTPHandler` with its defaults and newline-delimited JSON: arguments and four fields of `extra`. */
import { getLogger, HTTPHandler, INFO } from "../../mod.ts";
import { connector } from "../../src/adapters/auto.ts";
import { ARGS, fieldsOf, tookOf } from "./record.mjs";
import type { Subject, Target } from "./subject.ts";

/** One handler at the root logger. */
export function open({ port, batchMs = 0 }: Target): Promise<Subject> {
  const handler = new HTTPHandler(`127.0.0.1:${port}`, "/intake", {
    body: "ndjson",
    batchMs,
    exitNotifier: connector,
    onEvent: () => {},
  });
  const root = getLogger();
  root.setLevel(INFO);
  root.addHandler(handler);
  const log = getLogger("myapp.area1");
  return Promise.resolve({
    emit: (i) => log.info(ARGS, i, tookOf(i), { extra: fieldsOf(i) }),
    flush: () => handler.flush(),
    close: () => handler.close(),
    account: () => handler.stats,
  });
}
