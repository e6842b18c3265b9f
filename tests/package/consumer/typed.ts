/** Compiled with the consumer's settings from the published types, and then run on Node. */
import { Formatter, getLogger, Handler, type LogRecord, SocketHandler } from "@logwire/logging";
import { MemoryNetwork } from "@logwire/logging/testing";

class Lines extends Handler {
  readonly lines: string[] = [];

  override emit(record: LogRecord): void {
    this.lines.push(this.format(record));
  }
}

const connector = new MemoryNetwork();
const log = getLogger("typed");
log.propagate = false;
{
  await using lines = new Lines();
  await using handler = new SocketHandler("localhost", 9020, {
    connector,
    whileDisconnected: "queue",
  });
  lines.setFormatter(new Formatter("%(name)s: %(message)s"));
  log.addHandler(lines);
  log.addHandler(handler);
  log.warning("low on %s", "ink");
  if (lines.lines.join() !== "typed: low on ink") throw new Error(lines.lines.join());
}
// Disposing of the handler has flushed it.
if (connector.peer.received.length === 0) throw new Error("nothing was sent");
