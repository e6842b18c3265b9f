/**
 * Receives syslog over UDP (RFC 5426), TCP (RFC 6587), TLS (RFC 5425), RELP and Unix sockets. It reads
 * the formats of RFC 5424 and RFC 3164, and the variants of daemons, of devices and of the
 * `SysLogHandler` of CPython and of this module. Each message becomes a record and is handled as
 * the records of the other receivers are.
 *
 * Browser compatible: an acceptor, which listens, is passed in.
 *
 * @module
 */
import type { DeframerOptions, Framing } from "../wire/length_prefix_framing.ts";
import { checkKnown, checkOneOf, refuse } from "../logging/validate.ts";
import { checkDelimiter, SyslogFrameReader } from "../wire/syslog/syslog_framing.ts";
import { RelpServer } from "../wire/relp_server.ts";
import { type ParseContext, parseSyslog } from "../wire/syslog/syslog_parser.ts";
import { checkTimeZone, checkTimeZones } from "../wire/syslog/time_zone.ts";
import { unframed } from "../wire/datagram_framing.ts";
import { INFO } from "../logging/level.ts";
import { LogRecord } from "../logging/log_record.ts";
import type { DatagramAcceptor, DatagramAddress, StreamAddress } from "../net/connector.ts";
import {
  checkDatagramServer,
  DatagramServer,
  type DatagramServerSettings,
  type DatagramServerStats,
} from "./datagram_server.ts";
import {
  RECEIVER_OPTIONS,
  type ReceiverOptions,
  type ReceiverStats,
  RecordReceiver,
} from "./record_receiver.ts";
import {
  checkStreamServer,
  STREAM_OPTIONS,
  StreamServer,
  type StreamServerOptions,
  type StreamServerSettings,
  type StreamServerStats,
} from "./stream_server.ts";
import { syslogFields } from "./_syslog_fields.ts";

/**
 * 1 MiB: a message is a kilobyte; with a long traceback, a hundred. Each connection may hold so
 * much of a line that never ends.
 */
const DEFAULT_MAX_MESSAGE_BYTES = 1024 * 1024;

/** The `::ffff:` before an IPv4 address on an IPv6 socket. */
const MAPPED = /^::ffff:(?=\d+\.)/i;

/** Options of every {@linkcode SyslogReceiver}: time zones of messages whose time has no offset. */
export interface SyslogTimeOptions {
  /**
   * The time zone of messages that name none, or an unknown one: an offset such as `"+01:00"`, or a
   * name of IANA's data base such as `"Europe/Berlin"`. @default local time
   */
  defaultTimeZone?: string;
  /**
   * The time zones that devices name, as `{ NewYork: "America/New_York", MEZ: "+01:00" }`; in
   * upper or lower case. `UTC` and `GMT` are known without it. @default {{}}
   */
  timeZones?: Readonly<Record<string, string>>;
}

/** The names of the options in {@linkcode SyslogTimeOptions}. */
const TIME_OPTIONS: readonly string[] = ["defaultTimeZone", "timeZones"];

/** The names of the options that say how a stream is split into messages. */
const FRAME_OPTIONS: readonly string[] = ["delimiter", "framing"];

/** The values of `framing`. */
const FRAMINGS = ["counted", "lines", "both", "relp"] as const;

/** The names of all options of a {@linkcode SyslogReceiver}. */
const OPTIONS: readonly string[] = /* @__PURE__ */ RECEIVER_OPTIONS.concat(
  TIME_OPTIONS,
  "transport",
  FRAME_OPTIONS,
  STREAM_OPTIONS,
);

/** Options of a {@linkcode SyslogReceiver} that takes datagrams, one message in each. */
export interface SyslogDatagramReceiverOptions extends ReceiverOptions, SyslogTimeOptions {
  /** The acceptor that binds: the `connector` of `./deno`, `./bun`, `./node` or `./auto`. */
  acceptor: DatagramAcceptor;
  /** `unixgram` with `port` null, else `udp`. @default as `port` says */
  transport?: "udp" | "unixgram";
  /** The largest datagram that is taken, in bytes, 1 to 4294967295. @default {1048576} */
  maxFrameBytes?: number;
}

/** Options of a {@linkcode SyslogReceiver} that takes streams of messages. */
export interface SyslogStreamReceiverOptions
  extends ReceiverOptions, StreamServerOptions, SyslogTimeOptions {
  /** `unix` with `port` null, else `tcp`. */
  transport: "tcp" | "unix";
  /**
   * The end of a message that is not octet-counted: an LF, a NUL, or whichever comes first.
   * CPython's `SysLogHandler` sends a NUL, and LFs inside a message with a traceback: `nul` keeps
   * such a message whole, if no sender ends messages with an LF. @default {"either"}
   */
  delimiter?: "lf" | "nul" | "either";
  /**
   * How messages are framed (RFC 6587): `counted`, by octet counting alone, whatever the delimiter
   * is; `lines`, by the delimiter alone; `both`, by octet counting if a message begins with a
   * number, a space and `<`, else by the delimiter. A line of a text may begin so too, if the
   * sender sends line feeds and does not count octets, as CPython does: `lines` takes no number for
   * a count.
   *
   * `relp`: by RELP alone. Messages are acknowledged when `handleLogRecord()` has handled all that
   * arrived with them and the handlers that they reached have flushed.
   *
   * @default "lines" for the delimiter "lf", else "both"
   */
  framing?: "counted" | "lines" | "both" | "relp";
  /** The largest message that is taken, in bytes, 1 to 4294967295. @default {1048576} */
  maxFrameBytes?: number;
}

/** Options of {@linkcode SyslogReceiver}. */
export type SyslogReceiverOptions = SyslogDatagramReceiverOptions | SyslogStreamReceiverOptions;

/**
 * The counts of a {@linkcode SyslogReceiver} so far: a snapshot. With datagrams there are no
 * connections, and with streams nothing is dropped.
 */
export interface SyslogReceiverStats
  extends ReceiverStats, StreamServerStats, DatagramServerStats {}

/**
 * Receives syslog messages; each becomes a record:
 *
 * - `name`: the application's name (APP-NAME, or TAG), or `"syslog"`
 * - `levelno`, `levelname`: CRITICAL for the severities emergency, alert and critical, ERROR,
 *   WARNING, INFO for notice and informational, DEBUG
 * - `msg`: the text; `args` is null, so a `%` in it is never a placeholder
 * - `created`: the message's time, or else that of its arrival
 * - `facility` (0 to 23), `severity` (0 to 7), `hostname`, `app_name`, `procid`, `msgid` (strings),
 *   `structured_data` (maps SD-ID to name to value, or to an array if a name is repeated): null if
 *   the message does not have it
 * - `sender_address`: the IP address that it came from, whatever the message says; null for a Unix
 *   socket, or if the acceptor does not name it
 *
 * A time without a year is taken for the latest one that is at most a day ahead. A message loses a
 * field that its RFC does not allow, such as a time on the 30th of February, and keeps the others.
 * From Cisco's devices `hostname` may be the node of IOS-XR, and `app_name` is the mnemonic
 * (`%SYS-5-CONFIG_I`); numbers of messages and the time since the start are left out.
 *
 * Anything is a message: at worst all of it is the text, of facility user and severity notice (RFC
 * 3164 section 4.3.3). Text that is no UTF-8 is read as Latin-1. In a stream each message may be
 * octet-counted or delimited; bytes that are no frames, or a message over `maxFrameBytes`, close
 * their connection and no other.
 *
 * A sender chooses every field, also the name; `logname` gives all messages to one logger.
 *
 * @example
 * ```ts
 * import { SyslogReceiver } from "jsr:@logwire/logging/receiver";
 * import { MemoryNetwork } from "jsr:@logwire/logging/testing";
 *
 * // In a program: import { connector } from "jsr:@logwire/logging/deno" (or /bun, /node, /auto).
 * const connector = new MemoryNetwork();
 * const { clock } = connector;
 *
 * const receiver = new SyslogReceiver("localhost", 5140, { acceptor: connector, clock });
 * receiver.handleLogRecord = (record) => {
 *   console.assert(record.name === "su" && record.levelname === "CRITICAL");
 *   console.assert(record.getMessage() === "'su root' failed for lonvick");
 *   console.assert(record.hostname === "mymachine");
 * };
 * await receiver.start();
 *
 * const to = { transport: "udp", hostname: "localhost", port: 5140 } as const;
 * const socket = await connector.openDatagram(to);
 * const text = "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick";
 * await socket.send(new TextEncoder().encode(text));
 * await socket.close();
 *
 * // It waits for more to come, 200 milliseconds of which pass on the network's own clock.
 * await Promise.all([receiver.stop(), clock.advance(200)]);
 * console.assert(receiver.stats.received === 1);
 * ```
 */
export class SyslogReceiver extends RecordReceiver {
  /** @ignore */
  protected override readonly server: StreamServer | DatagramServer;
  readonly #zones: Omit<ParseContext, "now">;
  /** The zero of `relativeCreated`, in seconds since the epoch. */
  readonly #start: number;

  /**
   * Opens nothing: `start()` does. The port of syslog is 514, and 6514 over TLS.
   *
   * @param host the host name or IP address to listen at; with `port` null the path of a Unix
   * socket
   * @param port from 0 to 65535, 0 for a free one that the system chooses; or null
   * @throws {TypeError | RangeError} when a value is bad or an option unknown
   */
  constructor(host: string, port: number | null, options: SyslogReceiverOptions) {
    const what = "create SyslogReceiver";
    checkKnown(what, options, OPTIONS);
    const { maxFrameBytes = DEFAULT_MAX_MESSAGE_BYTES, defaultTimeZone, timeZones = {} } = options;
    const zoneNamed = checkTimeZones(what, "timeZones", timeZones);
    const zones = defaultTimeZone === undefined
      ? { zoneNamed }
      : { zoneNamed, mktime: checkTimeZone(what, "defaultTimeZone", defaultTimeZone) };
    const settings = checkServer(what, host, port, options);
    super(what, { ...options, maxFrameBytes }, settings.messages);
    this.server = "bindAt" in settings
      ? new DatagramServer(this.pipeline, settings)
      : new StreamServer(this.pipeline, settings);
    this.#zones = zones;
    const { created, relativeCreated } = new LogRecord("", INFO, "", 0, "", null, null);
    this.#start = created - relativeCreated / 1000;
  }

  /**
   * The address that it listens at; before `start()` the one that it was given, even with port 0.
   */
  get address(): StreamAddress | DatagramAddress {
    return this.server.address;
  }

  /** The counts so far. */
  override get stats(): SyslogReceiverStats {
    const none = { connections: 0, open: 0, refused: 0, dropped: 0 };
    return { ...super.stats, ...none, ...this.server.stats };
  }

  /** The fields of the record of a message. Override it to read other formats. */
  override unPickle(payload: Uint8Array, sender?: string): Record<string, unknown> {
    const now = this.clock.now();
    const message = parseSyslog(payload, { now, ...this.#zones });
    return syslogFields(message, now, this.#start, sender?.replace(MAPPED, ""));
  }

  /** The name of this receiver in lines on stderr. */
  protected override describe(): string {
    return `syslog ${super.describe()}`;
  }
}

/** Tells one message from the next. */
interface MessageFraming {
  readonly messages: Pick<Framing, "reader">;
}

/** Checks how and where to listen. */
function checkServer(
  what: string,
  host: string,
  port: number | null,
  options: SyslogReceiverOptions,
): (DatagramServerSettings | StreamServerSettings) & MessageFraming {
  const { transport = port === null ? "unixgram" : "udp" } = options;
  const transports = port === null ? ["unixgram", "unix"] as const : ["udp", "tcp"] as const;
  checkOneOf(what, "transport", transport, transports);
  if (isStream(options)) {
    const { delimiter = "either", framing } = options;
    checkDelimiter(what, delimiter);
    const settings = checkStreamServer(what, host, port, options);
    if (framing !== undefined) checkOneOf(what, "framing", framing, FRAMINGS);
    if (framing === "relp") {
      return { ...settings, messages: { reader: (limits) => new RelpServer(limits) } };
    }
    const reader = (limits?: DeframerOptions) => new SyslogFrameReader(limits, delimiter, framing);
    return { ...settings, messages: { reader } };
  }
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && (FRAME_OPTIONS.includes(name) || STREAM_OPTIONS.includes(name))) {
      refuse(what, name, `absent with transport "${transport}"`, value);
    }
  }
  return { ...checkDatagramServer(what, host, port, options.acceptor), messages: unframed };
}

function isStream(options: SyslogReceiverOptions): options is SyslogStreamReceiverOptions {
  return options.transport === "tcp" || options.transport === "unix";
}
