/**
 * The part of a JetStream client that a `JetStreamQueue` uses, as the npm packages
 * `@nats-io/jetstream` and `@nats-io/transport-node` (3.x) have it. The types are structural, so that
 * this package depends on no client.
 *
 * Browser compatible: types alone.
 *
 * @module
 */

/** A client of JetStream: `jetstream(connection)` of `@nats-io/jetstream`. */
export interface JetStreamLike {
  /** Publishes a message; resolves when the stream has stored it, or has it already. */
  publish(
    subject: string,
    payload: Uint8Array,
    options: { msgID: string; timeout: number; expect: { streamName: string } },
  ): Promise<unknown>;
  /** Makes a manager of streams and consumers; `false` asks the server nothing. */
  jetstreamManager(checkAPI?: boolean): Promise<JetStreamManagerLike>;
  /** The consumers of streams. */
  readonly consumers: {
    /** Finds a consumer; rejects where there is none. */
    get(stream: string, name: string): Promise<JetStreamConsumerLike>;
  };
}

/** The manager of a client. */
export interface JetStreamManagerLike {
  /** The streams of the account. */
  readonly streams: {
    /** Describes a stream; rejects where there is none. */
    info(stream: string): Promise<unknown>;
  };
  /** The consumers of streams. */
  readonly consumers: {
    /** Makes a consumer, unless there is the same one. */
    add(stream: string, config: JetStreamConsumerConfig): Promise<unknown>;
  };
}

/** The settings of a consumer that a queue makes. */
export interface JetStreamConsumerConfig {
  /** Its name, which it keeps without a listener. */
  durable_name: string;
  /** Each message is acknowledged by itself. */
  ack_policy: "explicit";
  /** The subject of its messages. */
  filter_subject: string;
}

/** A durable pull consumer. */
export interface JetStreamConsumerLike {
  /** Describes the consumer; `true`: as of when it was found. `ack_wait` is in nanoseconds. */
  info(cached?: boolean): Promise<{ config: { ack_policy?: string; ack_wait?: number } }>;
  /** Asks for at most so many messages, for so many milliseconds. */
  fetch(options: { max_messages: number; expires: number }): Promise<JetStreamMessagesLike>;
}

/** Messages as they arrive. */
export interface JetStreamMessagesLike extends AsyncIterable<JetStreamMessageLike> {
  /** Asks for no more; those that are here are still given. */
  close(): Promise<unknown>;
}

/** A message that was delivered. */
export interface JetStreamMessageLike {
  /** The number of the message in its stream. */
  readonly seq: number;
  /** The headers, if there are any. */
  readonly headers?: { get(name: string): string } | undefined;
  /** The bytes of the message. */
  readonly data: Uint8Array;
  /** When it was stored, in nanoseconds since the epoch. */
  readonly timestampNanos: bigint;
  /** Says that it is done with. */
  ack(): void;
  /** Says that it is being handled, so that the server waits on. */
  working(): void;
  /** Says that it must not be delivered again, as it is no good. */
  term(): void;
}
