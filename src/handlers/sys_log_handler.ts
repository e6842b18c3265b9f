/**
 * `./sys-log-handler`: `SysLogHandler` sends records to a syslog daemon over UDP, TCP, TLS or a
 * Unix socket: as CPython's `logging.handlers.SysLogHandler` writes them, or with the headers of
 * RFC 3164 or RFC 5424.
 *
 * Choose it when rsyslog, syslog-ng or another syslog daemon collects your logs. A daemon gets the
 * text, the level and the facility of a record; only RFC 5424 carries the fields of `extra`, if
 * `structuredDataId` is given.
 *
 * | to            | `address`, `socktype`                      | Deno                  | Bun | Node              | `format` (and its `framing`)                       |
 * | ------------- | ------------------------------------------ | --------------------- | --- | ----------------- | -------------------------------------------------- |
 * | TLS           | `["host", 6514]`, `"stream"`, and `tls: …` | yes                   | yes | yes               | `"rfc5424"` (`"octet-counting"`)                   |
 * | TCP           | `["host", 601]`, `"stream"`                | yes                   | yes | yes               | `"rfc5424"` (`"octet-counting"`)                   |
 * |               | `["host", 514]`, `"stream"`                | yes                   | yes | yes               | `"cpython"` (`"nul"`), `"rfc3164"` (`"lf"`)        |
 * | RELP          | `["host", 2514]`, `"stream"`, and `framing: "relp"`, with `tls` or without | yes | yes | yes | any (`"relp"`) |
 * | UDP           | `["host", 514]`                            | yes                   | yes | yes               | any                                                |
 * | `/dev/log`    | `"/dev/log"`                               | with `--unstable-net` | yes | with `unix-dgram` | `"cpython"`, `"rfc3164"`: daemons read these there |
 * | a Unix stream | `"/run/log"`                               | yes                   | yes | yes               | `"cpython"` (`"nul"`), `"rfc3164"` (`"lf"`)        |
 *
 * A Cloudflare Worker can use the rows of TCP and TLS.
 *
 * ## Options
 *
 * - `connector` (required) opens sockets and connections: import it from `./deno`, `./bun`,
 *   `./node` or `./auto`. `failover(connector, others)` of `./failover` goes on at another daemon,
 *   over streams.
 * - `socktype`: `"datagram"` or `"stream"`. Without it a host gets UDP; a Unix socket gets
 *   datagrams or, if it takes none, a stream.
 * - `tls`: `true` for the system's certificate authorities, or `{ ca, cert, key, serverName }` in
 *   PEM.
 * - `facility`: a name such as `"local0"`, or a number from 0 to 23. The default is `LOG_USER`.
 * - `format`: `"cpython"` (the default) writes `<12>`, `handler.ident` and the text. Give it an
 *   `ident` such as `"shop: "`: without one, daemons take the first word of the text for the name
 *   of a program or a host. `"rfc3164"` and `"rfc5424"` write time, host and program (`hostname`,
 *   `appName`, `procid`, `msgid`).
 * - `structuredDataId`, such as `"shop@32473"` with your own enterprise number: the fields of
 *   `extra` are sent under it. A field whose name RFC 5424 does not allow is renamed: `user name`
 *   becomes `user_name`.
 * - `framing` separates the messages on a stream. Use `"rfc5424"` with its octet counting over TCP
 *   and TLS: a message arrives whole, line feeds and all. `"lf"` and `"nul"` write a line feed as
 *   `#012`; the `"nul"` of `"cpython"` does not, and most daemons then break a traceback into one
 *   message a line. `"relp"` is a protocol of its own, see below.
 * - `maxDatagramBytes`: a longer message is cut between two characters and counted in
 *   `handler.truncated`. `"cpython"` drops and counts it instead, unless this option is given.
 * - `timeout` is Python's, in seconds.
 * - `whileDisconnected`, `maxQueuedBytes`, `maxQueuedRecords`, `overflow`, `connectTimeoutMs`
 *   (1,000 ms), `writeTimeoutMs` (30,000 ms), `closeTimeoutMs` (5,000 ms), `exitTimeoutMs`
 *   (1,000 ms), `batchMs` (0 ms), `connection` and `onEvent` are those of `./socket-handler`.
 *
 * ## When the daemon is away
 *
 * Over TCP, TLS and Unix streams the handler dials again after 1, 2, 4, 8, 16, 30, 30 … seconds.
 * In `"drop"` mode (the default, as CPython) records in between are dropped and counted; in
 * `"queue"` mode they wait. A message that a failure cut is sent again, whole, and a message may
 * arrive twice. Over UDP a lost message is not noticed.
 *
 * ## RELP
 *
 * Over TCP and TLS a message counts as sent when the kernel of this machine has it; what the
 * kernels hold when the daemon is killed is lost, and nobody counts it. With `framing: "relp"` a
 * message counts as sent when the daemon has acknowledged it. At most 128 messages wait for that;
 * what was not acknowledged when a connection ends goes again, in order, to the next one, and may
 * arrive twice. `handler.stats.unacknowledged` is how many records were taken to be written and are
 * not settled, a batch at a time; `flush()` and `close()` wait for the acknowledgements.
 *
 * - `whileDisconnected` is `"queue"`, unless you give it.
 * - A daemon that acknowledges nothing for `writeTimeoutMs`, or breaks the protocol, loses its
 *   connection. A message that it refuses, or on which alone it ends three sessions, is dropped and
 *   counted in `stats.dropped.refused`.
 * - The session must be open within `connectTimeoutMs`: that includes the daemon's answer.
 * - RELP has no port of its own: 2514 is usual.
 *
 * A stock rsyslog acknowledges a message when it is in its main queue, in memory, and loses what is
 * there when it is killed. The `main_queue` below has it write first.
 *
 * ## When the program ends
 *
 * A program that returns waits up to `closeTimeoutMs` until the queue is sent. `process.exit()`,
 * `Deno.exit()` and an uncaught error write the queue to an open connection as `./socket-handler`
 * describes, and wait up to `exitTimeoutMs` for the daemon to read it; the rest is counted as lost
 * and reported in one line on stderr. Over RELP all that was not acknowledged counts as lost then,
 * although it may arrive. After a signal without a listener nothing is sent. `await
 * handler.close()` waits, and is final.
 *
 * ## Errors
 *
 * - The constructor throws a `TypeError` or `RangeError` for a bad value, for an unknown option,
 *   and for an option that the format has no place for.
 * - `records are not delivered: …` on stderr is the start of an outage. Its end is
 *   `the outage is over` or `closed during the outage`; `the process ends` says how many are lost.
 * - A text that UTF-8 cannot hold, or a priority that is not known, drops that record alone: it
 *   counts as `stats.dropped.error` and goes to `handleError()`.
 * - `ConnectionError` `unsupported`: the runtime has no Unix datagrams; the message says what is
 *   missing.
 *
 * ## The daemon's side
 *
 * The tests log into rsyslog (with the packages `rsyslog-gnutls` and `rsyslog-relp`) and syslog-ng with these
 * settings:
 *
 * ```conf
 * # /etc/rsyslog.d/logwire.conf
 * global(maxMessageSize="128k") # else 8 KiB: a longer message arrives in pieces
 * module(load="imudp")
 * module(load="imtcp")
 * input(type="imudp" port="514")
 * input(type="imtcp" port="514" addtlFrameDelimiter="0") # CPython's NUL as well
 * input(type="imtcp" port="601")
 * input(type="imtcp" port="6514"
 *   streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon"
 *   streamDriver.caFile="/etc/ssl/logs/ca.pem"
 *   streamDriver.certFile="/etc/ssl/logs/server.pem"
 *   streamDriver.keyFile="/etc/ssl/logs/server.key")
 * ```
 *
 * ```conf
 * # /etc/rsyslog.d/logwire-relp.conf
 * main_queue(queue.type="Direct") # else a message is acknowledged before it is written
 * module(load="imrelp") # of the package rsyslog-relp
 * input(type="imrelp" port="2514" maxDataSize="128k") # a longer message is cut
 * ```
 *
 * ```conf
 * # /etc/syslog-ng/conf.d/logwire.conf
 * options { log-msg-size(131072); }; # else 64 KiB: a longer message ends the connection
 * source s_logwire {
 *   network(transport("udp") port(514) flags(syslog-protocol) keep-hostname(yes));
 *   network(transport("tcp") port(514) flags(syslog-protocol) keep-hostname(yes));
 *   syslog(transport("tcp") port(601) keep-hostname(yes));
 *   syslog(transport("tls") port(6514) keep-hostname(yes) tls(
 *     cert-file("/etc/ssl/logs/server.pem") key-file("/etc/ssl/logs/server.key") peer-verify(no)));
 * };
 * log { source(s_logwire); destination(d_syslog); }; # Debian's name for /var/log/syslog
 * ```
 *
 * The `SyslogReceiver` of `./receiver` takes all of this in place of a daemon.
 *
 * Differs from CPython: the constructor connects nothing and `close()` is final; a lost or refused
 * TCP connection is dialled again, with the back-off, the queue and the counters of
 * `SocketHandler`.
 *
 * Browser compatible: it sends only through its `connector`.
 *
 * @example Log to a daemon on this machine, over UDP
 * ```ts
 * import { getLogger } from "jsr:@logwire/logging";
 * import { SysLogHandler } from "jsr:@logwire/logging/sys-log-handler";
 * import { MemoryNetwork } from "jsr:@logwire/logging/testing";
 *
 * // In a program: import { connector } from "jsr:@logwire/logging/deno" (or /bun, /node, /auto).
 * const connector = new MemoryNetwork();
 *
 * await using handler = new SysLogHandler(["localhost", 514], {
 *   connector,
 *   facility: "local0",
 *   format: "rfc5424",
 *   structuredDataId: "app@32473",
 * });
 * getLogger("myapp.area1").addHandler(handler);
 * getLogger("myapp.area1").error("no %s", "quartz", { extra: { user: "anna" } });
 * await handler.flush();
 * const message = new TextDecoder().decode(connector.datagrams[0]);
 * console.assert(message.startsWith("<131>1 "));
 * console.assert(message.endsWith(' - [app@32473 user="anna"] no quartz'));
 * ```
 *
 * @example Log over TLS, and keep records while the daemon is away
 * ```ts
 * import { getLogger } from "jsr:@logwire/logging";
 * import { SysLogHandler } from "jsr:@logwire/logging/sys-log-handler";
 * import { MemoryNetwork } from "jsr:@logwire/logging/testing";
 *
 * // In a program: import { connector } from "jsr:@logwire/logging/deno" (or /bun, /node, /auto).
 * const connector = new MemoryNetwork();
 *
 * await using handler = new SysLogHandler(["logs.example.com", 6514], {
 *   connector,
 *   socktype: "stream",
 *   tls: true,
 *   format: "rfc5424",
 *   whileDisconnected: "queue",
 * });
 * getLogger("shop").addHandler(handler);
 * getLogger("shop").warning("two\nlines");
 * await handler.flush();
 * const [count, rest = ""] = new TextDecoder().decode(connector.peer.received).split(/ (.*)/s);
 * console.assert(Number(count) === rest.length && rest.endsWith("two\nlines"));
 * ```
 *
 * @module
 */
import * as codes from "../wire/syslog/syslog_codes.ts";
import { correctMistake } from "../logging/call_mistake.ts";
import { atOnce } from "../logging/callback.ts";
import { Handler } from "../logging/handler.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { ConnectionError } from "../net/connection_error.ts";
import type {
  Connector,
  DatagramConnector,
  DatagramSocket,
  StreamConnection,
  WaitOptions,
} from "../net/connector.ts";
import type { BatchWriter } from "../delivery/batch_writer.ts";
import { DatagramWriter } from "../delivery/datagram_writer.ts";
import { FramedStreamWriter } from "../delivery/framed_stream_writer.ts";
import { checkDeliveryOptions, type DeliveryOptions } from "../delivery/delivery_options.ts";
import { DirectEncoderFirst, encodeAlone, FramingEncoder } from "../delivery/frame_encoder.ts";
import { NetworkHandler } from "../delivery/network_handler.ts";
import type { Encoder } from "../delivery/outbox.ts";
import { openRelp, type RelpSettings } from "../delivery/relp_writer.ts";
import { StreamWriter } from "../delivery/stream_writer.ts";
import { prototypeMethod } from "../logging/prototype_method.ts";
import type { StreamFraming } from "../wire/framing.ts";
import { defineConstants, type SyslogConstants } from "./syslog_constants.ts";
import { type SyslogMessages, syslogMessages } from "./_syslog_messages.ts";
import {
  applyTimeout,
  checkSyslogOptions,
  checkSysLogTargets,
  type SyslogAddress,
  type SysLogHandlerOptions,
  type SyslogSocktype,
  type SyslogTargets,
} from "./syslog_options.ts";

export type { DeliveryOptions, SyslogConstants };
export type {
  SyslogAddress,
  SyslogFormat,
  SyslogFraming,
  SysLogHandlerOptions,
  SyslogOptions,
  SyslogSocktype,
  SyslogTransport,
} from "./syslog_options.ts";

/** The constants of CPython's class are on every instance as well. */
export interface SysLogHandler extends SyslogConstants {}

/** Sends records to a syslog daemon; see the module's description. */
export class SysLogHandler extends NetworkHandler {
  /** Severity 0: the system is unusable. */
  static readonly LOG_EMERG: number = codes.LOG_EMERG;
  /** Severity 1: action must be taken immediately. */
  static readonly LOG_ALERT: number = codes.LOG_ALERT;
  /** Severity 2: critical conditions. */
  static readonly LOG_CRIT: number = codes.LOG_CRIT;
  /** Severity 3: error conditions. */
  static readonly LOG_ERR: number = codes.LOG_ERR;
  /** Severity 4: warning conditions. */
  static readonly LOG_WARNING: number = codes.LOG_WARNING;
  /** Severity 5: normal but significant. */
  static readonly LOG_NOTICE: number = codes.LOG_NOTICE;
  /** Severity 6: informational. */
  static readonly LOG_INFO: number = codes.LOG_INFO;
  /** Severity 7: messages for debugging. */
  static readonly LOG_DEBUG: number = codes.LOG_DEBUG;
  /** Facility 0: kernel messages. */
  static readonly LOG_KERN: number = codes.LOG_KERN;
  /** Facility 1: programs of users; the default. */
  static readonly LOG_USER: number = codes.LOG_USER;
  /** Facility 2: the mail system. */
  static readonly LOG_MAIL: number = codes.LOG_MAIL;
  /** Facility 3: system daemons. */
  static readonly LOG_DAEMON: number = codes.LOG_DAEMON;
  /** Facility 4: security and authorization. */
  static readonly LOG_AUTH: number = codes.LOG_AUTH;
  /** Facility 5: messages of the syslog daemon itself. */
  static readonly LOG_SYSLOG: number = codes.LOG_SYSLOG;
  /** Facility 6: the line printer subsystem. */
  static readonly LOG_LPR: number = codes.LOG_LPR;
  /** Facility 7: network news. */
  static readonly LOG_NEWS: number = codes.LOG_NEWS;
  /** Facility 8: UUCP. */
  static readonly LOG_UUCP: number = codes.LOG_UUCP;
  /** Facility 9: the clock daemon. */
  static readonly LOG_CRON: number = codes.LOG_CRON;
  /** Facility 10: security and authorization, private. */
  static readonly LOG_AUTHPRIV: number = codes.LOG_AUTHPRIV;
  /** Facility 11: the FTP daemon. */
  static readonly LOG_FTP: number = codes.LOG_FTP;
  /** Facility 12: NTP. */
  static readonly LOG_NTP: number = codes.LOG_NTP;
  /** Facility 13: log audit. */
  static readonly LOG_SECURITY: number = codes.LOG_SECURITY;
  /** Facility 14: log alert. */
  static readonly LOG_CONSOLE: number = codes.LOG_CONSOLE;
  /** Facility 15: the scheduling daemon of Solaris. */
  static readonly LOG_SOLCRON: number = codes.LOG_SOLCRON;
  /** Facility 16: for local use. */
  static readonly LOG_LOCAL0: number = codes.LOG_LOCAL0;
  /** Facility 17: for local use. */
  static readonly LOG_LOCAL1: number = codes.LOG_LOCAL1;
  /** Facility 18: for local use. */
  static readonly LOG_LOCAL2: number = codes.LOG_LOCAL2;
  /** Facility 19: for local use. */
  static readonly LOG_LOCAL3: number = codes.LOG_LOCAL3;
  /** Facility 20: for local use. */
  static readonly LOG_LOCAL4: number = codes.LOG_LOCAL4;
  /** Facility 21: for local use. */
  static readonly LOG_LOCAL5: number = codes.LOG_LOCAL5;
  /** Facility 22: for local use. */
  static readonly LOG_LOCAL6: number = codes.LOG_LOCAL6;
  /** Facility 23: for local use. */
  static readonly LOG_LOCAL7: number = codes.LOG_LOCAL7;
  /** Names of priorities, which syslog calls severities. */
  static readonly priority_names: Readonly<Record<string, number>> = codes.priority_names;
  /** Names of facilities. */
  static readonly facility_names: Readonly<Record<string, number>> = codes.facility_names;

  /** Where the daemon listens, as it was given. */
  readonly address: SyslogAddress;
  /** Says whether that is a Unix socket. */
  readonly unixsocket: boolean;
  /** The facility of the messages: a name in `facility_names`, or a number. */
  facility: number | string;
  /** Put before the text of every message, as it is: CPython's way to name the program. */
  ident = "";
  /** `true`: a NUL is put behind every message. @default as `framing` says */
  append_nul: boolean;
  /** The time-out of the socket in seconds, as it was given (CPython 3.14). */
  readonly timeout: number | null;
  /** From the names of levels to names in `priority_names`; any other level is a `"warning"`. */
  priority_map: Record<string, string> = { ...codes.priority_map };
  readonly #connector: Connector & DatagramConnector;
  /** Of a Unix socket of unknown kind both, until one has worked. */
  #targets: SyslogTargets;
  readonly #messages: SyslogMessages;
  readonly #encoder: Encoder<LogRecord>;
  /** The framing of messages when they are written. */
  readonly #framing: StreamFraming | undefined;
  /** Frames messages when they are queued: by octet counts, where they certainly go to a stream. */
  readonly #framingEncoder: FramingEncoder<unknown> | undefined;
  /** `undefined`: no RELP. */
  readonly #relp: RelpSettings | undefined;

  /**
   * Opens nothing: the first record does.
   *
   * @param address a host and a port from 1 to 65535, or the path of a Unix socket such as
   * `"/dev/log"`
   * @throws {TypeError | RangeError} when a value is bad or an option unknown
   */
  constructor(address: SyslogAddress, options: SysLogHandlerOptions) {
    const what = "create SysLogHandler";
    const targets = checkSysLogTargets(what, address, options);
    const checked = checkSyslogOptions(what, options, targets);
    const messages = syslogMessages(what, checked);
    const name = typeof address === "string" ? address : address.join(":");
    const { framing } = checked;
    const isRelp = framing === "relp";
    const counts = framing !== undefined && framing !== "relp" && "enclose" in framing &&
        targets.datagrams === null && new.target.prototype.makeSocket === makeSocket
      ? framing
      : undefined;
    const delivery = applyTimeout(
      what,
      isRelp ? { whileDisconnected: "queue", ...options } : options,
    );
    super(`SysLogHandler ${name}`, delivery, {
      exitNotifier: options.connector,
      // A spool must not give messages with octet counts to a handler that sends them without.
      contentType: [options.format, options.framing, counts && "counted"].join(" "),
    });
    defineConstants(this, SysLogHandler);
    this.address = address;
    this.unixsocket = typeof address === "string";
    this.facility = checked.facility;
    this.timeout = options.timeout ?? null;
    this.append_nul = checked.appendNul;
    this.#connector = options.connector as Connector & DatagramConnector;
    this.#targets = targets;
    this.#messages = messages;
    const write = messages.write.bind(messages);
    this.#encoder = new DirectEncoderFirst(
      { prepare: (record) => this.#preparePlain(record), write },
      { prepare: (record) => this.#prepare(record), write },
    );
    if (framing === "relp") {
      this.#relp = checkDeliveryOptions(what, delivery as DeliveryOptions);
    } else if (counts !== undefined) {
      this.#framingEncoder = new FramingEncoder(counts);
    } else {
      this.#framing = framing;
    }
  }

  /** The kind of socket; `null` until a Unix socket of unknown kind was connected. */
  get socktype(): SyslogSocktype | null {
    const { datagrams, stream } = this.#targets;
    return stream === null ? "datagram" : datagrams === null ? "stream" : null;
  }

  /** How many messages were longer than `maxDatagramBytes`, and so were cut. */
  get truncated(): number {
    return this.#messages.truncated;
  }

  /** Sends the record as a message; an error in that drops it and goes to handleError(). */
  override emit(record: LogRecord): void {
    if (this.makeMessage === makeMessage) this.transmit(record, this.#encoder);
    else super.emit(record);
  }

  /** @ignore */
  protected override framed<Item>(encoder: Encoder<Item>): Encoder<Item> {
    return this.#framingEncoder?.of(encoder as Encoder<unknown>) ?? encoder;
  }

  /** Returns the bytes of `makeMessage()`, which is the method to override. */
  protected override encode(record: LogRecord): Uint8Array {
    return atOnce(this.makeMessage(record), "makeMessage()");
  }

  /** The bytes of a record's message, without what frames it on a stream. */
  makeMessage(record: LogRecord): Uint8Array {
    return encodeAlone(record, this.#encoder).slice();
  }

  #prepare(record: LogRecord): number {
    const text = this.ident + atOnce(this.format(record), "format()") +
      (this.append_nul ? "\0" : "");
    return this.#messages.prepare(record, this.#priOf(record), text);
  }

  /** Returns 0 unless the text of the message is that of the record alone. */
  #preparePlain(record: LogRecord): number {
    const isMessageAlone = this.formatter === null && this.format === format &&
      this.ident === "" && !this.append_nul && !record.exc_info && !record.exc_text;
    if (!isMessageAlone) return 0;
    try {
      return this.#messages.preparePlain(record, this.#priOf(record));
    } catch (error) {
      // As `format()` does, which corrects the call.
      if (!correctMistake(this, record, error)) throw error;
      return 0;
    }
  }

  #priOf({ levelname }: LogRecord): number {
    const priority = atOnce(this.mapPriority(levelname), "mapPriority()");
    return atOnce(this.encodePriority(this.facility, priority), "encodePriority()");
  }

  /**
   * Facility and priority in one number, `facility << 3 | priority`: names are looked up in
   * `facility_names` and `priority_names`, numbers are taken as they are.
   *
   * @throws {TypeError} for a name that is not there, and for what is no integer
   */
  encodePriority(facility: number | string, priority: number | string): number {
    return codes.encodePriority(facility, priority, this.facility_names, this.priority_names);
  }

  /** The name in `priority_names` for the name of a level, by `priority_map`. */
  mapPriority(levelName: string): string {
    // A stranger's value may be a list, and to make a key of that can take for ever.
    if (typeof levelName !== "string") return "warning";
    const name = this.priority_map[levelName];
    // A member that the object inherits is never a string. `Object.hasOwn()` takes longer.
    if (typeof name === "string") return name;
    return Object.hasOwn(this.priority_map, levelName) ? name! : "warning";
  }

  /**
   * Opens what `socktype` says. A Unix socket of unknown kind is tried with datagrams, then as a
   * stream; `socktype` remembers which it was. Override it to connect in a way of your own: what it
   * opens may be of either kind.
   */
  async makeSocket(options?: WaitOptions): Promise<StreamConnection | DatagramSocket> {
    const { datagrams, stream } = this.#targets;
    if (datagrams === null) return await this.#connector.connect(stream, options);
    if (stream === null) return await this.#connector.openDatagram(datagrams, options);
    let failure: ConnectionError;
    try {
      const socket = await this.#connector.openDatagram(datagrams, options);
      this.#targets = { datagrams, stream: null };
      return socket;
    } catch (error) {
      if (!(error instanceof ConnectionError) || options?.signal?.aborted) throw error;
      failure = error;
    }
    try {
      const connection = await this.#connector.connect(stream, options);
      this.#targets = { datagrams: null, stream };
      return connection;
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      // Each may say what to do: the package that is missing, the permission, the path.
      const message = `${failure.message}; ${error.message}`;
      throw new ConnectionError(error.code, message, { cause: error });
    }
  }

  /** Opens a socket by `makeSocket()`, and frames messages where it is a stream. */
  protected override async openWriter(options: WaitOptions): Promise<BatchWriter> {
    const socket = await this.makeSocket(options);
    if (this.#relp !== undefined) {
      return await openRelp(socket as StreamConnection, this.#relp, options);
    }
    if (isDatagrams(socket)) return new DatagramWriter(socket);
    const framing = this.#framing;
    return framing ? new FramedStreamWriter(socket, framing) : new StreamWriter(socket);
  }
}

function isDatagrams(socket: StreamConnection | DatagramSocket): socket is DatagramSocket {
  return typeof socket === "object" && socket !== null && "send" in socket;
}

const format = /* @__PURE__ */ prototypeMethod(Handler, "format");
const makeSocket = /* @__PURE__ */ prototypeMethod(SysLogHandler, "makeSocket");
const makeMessage = /* @__PURE__ */ prototypeMethod(SysLogHandler, "makeMessage");
