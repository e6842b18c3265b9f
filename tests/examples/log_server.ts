/** The log server that the examples log into. */
import { connector } from "../../src/adapters/auto.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { LogRecordSocketReceiver } from "../../src/receivers/socket_receiver.ts";

/** A receiver on a port of the system's choice, and the records that it got. */
export class LogServer {
  readonly records: LogRecord[] = [];
  readonly #receiver = new LogRecordSocketReceiver("127.0.0.1", 0, { acceptor: connector });

  private constructor() {
    this.#receiver.handleLogRecord = (record) => void this.records.push(record);
  }

  static async start(): Promise<LogServer> {
    const server = new LogServer();
    await server.#receiver.start();
    return server;
  }

  /** Where it listens, as the examples read it. */
  get env(): { LOG_HOST: string; LOG_PORT: string } {
    const { address } = this.#receiver;
    if (address.transport !== "tcp") throw new Error("it listens on TCP");
    return { LOG_HOST: address.hostname, LOG_PORT: String(address.port) };
  }

  /** Resolves when it has all that was sent to it. */
  stop(): Promise<void> {
    return this.#receiver.stop();
  }
}

/** A record as the tests compare it. */
export function lineOf(record: LogRecord): string {
  return `${record.name} ${record.levelname} ${record.getMessage()}`;
}
