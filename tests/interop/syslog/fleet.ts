/** Many senders into one daemon, each in a way of its own, that log nothing but numbers. */
import type { SysLogHandler } from "../../../src/handlers/sys_log_handler.ts";
import { Logger } from "../../../src/logging/logger.ts";
import type { SyslogDaemon } from "./daemon.ts";
import { LIMIT_MS, until } from "../../until.ts";
import type { Way } from "./ways.ts";

/** One of them. */
export class Sender {
  readonly name: string;
  readonly handler: SysLogHandler;
  readonly way: Way;
  /** True if its messages are lost when the daemon has no room for them. */
  readonly isUdp: boolean;
  /** The numbers that the daemon has written, in its order. */
  readonly arrived: number[] = [];
  /** The number of logged messages. */
  logged = 0;
  /** The number of messages logged before each loss of its connection. */
  readonly loggedAtLoss: number[] = [];
  readonly #logger: Logger;

  constructor(daemon: SyslogDaemon, way: Way, index: number) {
    this.name = `sender-${index}`;
    const format = way.framing === "nul" ? "cpython" : way.isLocal ? "rfc3164" : "rfc5424";
    this.handler = way.open(daemon.inputs, {
      format,
      whileDisconnected: "queue",
      onEvent: ({ type }) => {
        if (type === "disconnected") this.loggedAtLoss.push(this.logged);
      },
    });
    this.handler.retryStart = 0.1;
    this.handler.retryMax = 0.5;
    if (format === "cpython") this.handler.ident = `${this.name}: `;
    this.way = way;
    this.isUdp = way.name === "UDP";
    this.#logger = new Logger(this.name, 1);
    this.#logger.addHandler(this.handler);
  }

  /** Logs so many, in one turn of the event loop. */
  log(count: number): void {
    for (let i = 0; i < count; i++) this.#logger.info("#%d", this.logged++);
  }

  /** Resolves when the kernel has taken what was logged; rejects if that takes too long. */
  async flushed(): Promise<void> {
    const signal = AbortSignal.timeout(LIMIT_MS);
    await this.handler.flush({ signal });
    const { queued } = this.handler.stats;
    if (signal.aborted) throw new Error(`${this.name} could not send ${queued} of ${this.logged}`);
  }

  /** Resolves when all counts as sent: when the connection that carried it is a second old. */
  async sent(): Promise<void> {
    const { handler, name } = this;
    await until(() => handler.stats.queued === 0, () => `${name} to keep its connection`);
  }

  /** Resolves when a connection was lost. */
  async lost(): Promise<void> {
    await until(() => this.loggedAtLoss.length > 0, () => `${this.name} to lose its connection`);
  }

  /** Resolves when a dial has failed. */
  async refused(): Promise<void> {
    const { handler, name } = this;
    await until(() => handler.stats.connectFailures > 0, () => `a failed dial of ${name}`);
  }
}

/** All of them; at the end each closes its handler. */
export class Fleet implements AsyncDisposable {
  readonly senders: Sender[];
  readonly #daemon: SyslogDaemon;
  #seen = 0;

  constructor(daemon: SyslogDaemon, ways: Way[]) {
    this.#daemon = daemon;
    this.senders = ways.map((way, index) => new Sender(daemon, way, index));
  }

  /** Resolves when the daemon has written what all, or some, have logged. */
  async arrived(senders: Sender[] = this.senders): Promise<void> {
    await this.#daemon.until(() => {
      this.update();
      return senders.every(({ arrived, logged }) => arrived.at(-1) === logged - 1);
    }, "last record");
    await Promise.all(senders.map((sender) => sender.sent()));
  }

  /** Gives each sender the messages of its own that the daemon has written. */
  update(): void {
    const { messages } = this.#daemon;
    for (; this.#seen < messages.length; this.#seen++) {
      const { appName, message } = messages[this.#seen]!;
      const sender = this.senders.find(({ name }) => name === appName);
      if (sender === undefined) throw new Error(`who has sent ${JSON.stringify(message)}?`);
      sender.arrived.push(Number(/^#(\d+)$/.exec(message)?.[1]));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.senders.map(({ handler }) => handler.close()));
  }
}
