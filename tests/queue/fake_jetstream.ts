/** A JetStream in memory, whose publishing and delivering a test steers. */
import type {
  JetStreamConsumerConfig,
  JetStreamConsumerLike,
  JetStreamLike,
  JetStreamManagerLike,
  JetStreamMessageLike,
  JetStreamMessagesLike,
} from "../../src/queue/jetstream_client.ts";

/** A message that was published. */
export interface Published {
  readonly subject: string;
  readonly id: string;
  readonly payload: Uint8Array;
  /** The server acknowledges it. */
  ack(): void;
  /** Publishing fails. */
  fail(error: Error): void;
}

/** An error of a server or a client, with a name and a code. */
export function failure(message: string, more: { name?: string; code?: number } = {}): Error {
  return Object.assign(new Error(message), more);
}

/** Messages that a test delivers. */
class FakeMessages implements JetStreamMessagesLike {
  readonly #messages: JetStreamMessageLike[] = [];
  #wake = () => {};
  #end: { error?: Error } | undefined;
  #setOver: () => void = () => {};
  readonly #over = new Promise<void>((resolve) => this.#setOver = resolve);

  push(message: JetStreamMessageLike): void {
    this.#messages.push(message);
    this.#wake();
  }

  end(error?: Error): void {
    this.#end ??= error === undefined ? {} : { error };
    this.#wake();
  }

  /** As the client's own: resolves once all is iterated. */
  close(): Promise<void> {
    this.end();
    return this.#over;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<JetStreamMessageLike> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) yield message;
      else if (this.#end?.error) throw this.#end.error;
      else if (this.#end) return this.#setOver();
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}

/** A client and its server. */
export class FakeJetStream implements JetStreamLike {
  /** Everything that was published so far. */
  readonly published: Published[] = [];
  /** Says whether the server acknowledges by itself. */
  acknowledges = true;
  /** The server's answer to a request for the stream, or for a consumer. */
  infoError: Error | undefined;
  consumerError: Error | undefined;
  /** How often it was asked for the stream. */
  infos = 0;
  readonly added: JetStreamConsumerConfig[] = [];
  config: { ack_policy?: string; ack_wait?: number } = { ack_policy: "explicit", ack_wait: 30e9 };
  /** The most messages of each request. */
  readonly requests: number[] = [];
  /** Holds each request up. */
  gate: Promise<void> = Promise.resolve();
  /** The answers of the listener, such as `ack 1`. */
  readonly answers: string[] = [];
  messages: FakeMessages | undefined;

  publish(
    subject: string,
    payload: Uint8Array,
    { msgID }: { msgID: string },
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const ack = () => resolve({});
      this.published.push({ subject, id: msgID, payload, ack, fail: reject });
      if (this.acknowledges) ack();
    });
  }

  jetstreamManager(): Promise<JetStreamManagerLike> {
    return Promise.resolve({
      streams: {
        info: () => {
          this.infos++;
          return this.infoError ? Promise.reject(this.infoError) : Promise.resolve({});
        },
      },
      consumers: {
        add: (_stream: string, config: JetStreamConsumerConfig) => {
          this.consumerError = undefined;
          return Promise.resolve(this.added.push(config));
        },
      },
    });
  }

  readonly consumers = {
    get: (): Promise<JetStreamConsumerLike> =>
      this.consumerError === undefined
        ? Promise.resolve(this.#consumer)
        : Promise.reject(this.consumerError),
  };

  readonly #consumer: JetStreamConsumerLike = {
    info: () => Promise.resolve({ config: this.config }),
    fetch: async ({ max_messages }) => {
      this.requests.push(max_messages);
      await this.gate;
      return this.messages = new FakeMessages();
    },
  };

  /** Delivers a message to the listener. */
  deliver(seq: number, data: Uint8Array, id = `id-${seq}`): void {
    const answer = (what: string) => () => void this.answers.push(`${what} ${seq}`);
    this.messages!.push({
      seq,
      headers: { get: () => id },
      data,
      timestampNanos: 1n,
      ack: answer("ack"),
      working: answer("working"),
      term: answer("term"),
    });
  }
}
