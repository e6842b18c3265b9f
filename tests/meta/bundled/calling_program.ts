/** Logs from methods, whose names a minifier keeps; `callers()` is what the records say of them. */
import { captureCaller, getLogger, Handler, LoggerAdapter, type LogRecord } from "../../../mod.ts";

class CallerHandler extends Handler {
  readonly names: unknown[] = [];

  override emit(record: LogRecord): void {
    this.names.push(record.funcName);
  }
}

const handler = new CallerHandler();
const log = getLogger("bundled");
log.propagate = false;
log.addHandler(handler);

const program = {
  plain(): void {
    log.error("x");
  },
  keyword(): void {
    log.log(40, "x", { stack_info: true });
  },
  adapted(): void {
    new LoggerAdapter(new LoggerAdapter(log)).exception("x");
  },
};

/** The functions that the records name. */
export function callers(): unknown[] {
  captureCaller(true);
  program.plain();
  program.keyword();
  program.adapted();
  captureCaller(false);
  return handler.names;
}
