/** Writes events of each level, and prints the counters of its handler: `event_program.ts NAME DLL`. */
import { writeSync } from "node:fs";
import process from "node:process";
import { getLogger, type LogRecord } from "../../mod.ts";
import { NTEventLogHandler } from "../../src/windows/nt_event_log_handler.ts";

const [, , appname = "", dllname = ""] = process.argv;

class Own extends NTEventLogHandler {
  override getMessageID({ levelno }: LogRecord): number {
    return levelno === 50 ? 0xc000_0007 : super.getMessageID(null as unknown as LogRecord);
  }
  override getEventCategory({ levelno }: LogRecord): number {
    return levelno;
  }
}

const handler = new Own(appname, dllname === "" ? {} : { dllname });
const log = getLogger("wine");
log.setLevel("DEBUG");
log.addHandler(handler);
log.debug("low on %s", "ink");
log.info("Größe 日本 😀");
log.warning('a tab\tand "quotes"\nin two lines');
log.error("a lone \ud800 and a NUL \0.");
log.critical("out of ink");
log.warning("x".repeat(40_000));
await handler.close();
log.error("too late");
writeSync(1, JSON.stringify(handler.stats));
