/** The collector as the tests of the page see it. */

/** A record that a test sends. */
export interface SentRecord {
  /** Milliseconds since the epoch; now unless given. */
  time?: number;
  level?: "DEBUG" | "INFO" | "WARNING" | "ERROR" | "CRITICAL";
  logger?: string;
  host?: string;
  message: string;
  /** A traceback. */
  error?: string;
  /** The fields that Python's `extra` adds. */
  fields?: Record<string, unknown>;
  pathname?: string;
  lineno?: number;
  function?: string;
}

/** The server that a test starts. */
export interface PageServer {
  /** The address of the page, with its token. */
  readonly address: string;
  /** The address of a listener, as the page names it. */
  readonly listener: string;
  /** The messages in the collector's files, oldest first: more than one request finds. */
  readonly filed: readonly string[];
  /** Receives these records, in this order. */
  log(records: readonly SentRecord[]): void | Promise<void>;
  /** Keeps these records as if they had been received, without a socket: for many of them. */
  keep(records: readonly SentRecord[]): void;
  /** Ends every stream, as a network that fails does. */
  dropStreams(): void;
  stop(): Promise<void>;
}
