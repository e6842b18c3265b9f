// deno-lint-ignore-file no-console -- the console is what is tested
/** Logs by winston and by the console to a handler that prints level, text and place. */
exports.logByWinston = ({ winston, logging, winstonTransport, captureConsole }) => {
  const { log: print } = console;
  class Printer extends logging.Handler {
    emit(record) {
      print(record.name, record.levelname, record.getMessage(), record.filename);
    }
  }
  const handler = new Printer();
  const logger = winston.createLogger({ transports: [winstonTransport(handler)] });
  logger.http("not sent");
  logger.warn("50% done", { left: 2 });

  logging.captureCaller(true);
  const log = logging.getLogger("console");
  log.propagate = false;
  log.setLevel("INFO");
  log.addHandler(handler);
  const restore = captureConsole(log);
  console.error("low on %s", "ink");
  restore();
  logger.end();
};
