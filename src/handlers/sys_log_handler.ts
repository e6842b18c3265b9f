/**
 * `SysLogHandler`: records to a syslog daemon over UDP, TCP, TLS or a Unix socket, as CPython's
 * `logging.handlers.SysLogHandler`, or with the headers of RFC 3164 and RFC 5424.
 *
 * Differs from CPython: the constructor connects nothing and `close()` is final; a lost or refused
 * TCP connection is dialled again, with the back-off, the queue and the account of `SocketHandler`;
 * a text that UTF-8 cannot hold, or a name that is not known, costs its record alone.
 *
 * Browser compatible: what it sends with is given to it.
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
import { encodePriority, priority_map } from "../wire/syslog/syslog_codes.ts";
import { atOnce } from "../logging/callback.ts";
import { watchFault } from "../logging/handler.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { ConnectionError } from "../net/connection_error.ts";
import type {
  Connector,
  DatagramConnector,
  DatagramSocket,
  StreamConnection,
  WaitOptions,
} from "../net/connector.ts";
import { DatagramOutlet } from "../delivery/datagram_writer.ts";
import type { Delivery } from "../delivery/delivery.ts";
import { FramedStreamOutlet } from "../delivery/framed_stream_writer.ts";
import { prototypeMethod } from "../logging/prototype_method.ts";
import { deliverBySocket } from "../delivery/socket_delivery_handler.ts";
import { StreamOutlet } from "../delivery/stream_writer.ts";
import { SysLogCodes } from "./sys_log_codes.ts";
import {
  MessageEncoder,
  type SysLogMessages,
  sysLogMessages,
  toBytes,
} from "./_sys_log_messages.ts";
import {
  checkSysLogOptions,
  checkSysLogTargets,
  type SysLogAddress,
  type SysLogHandlerOptions,
  type SysLogSocktype,
  type SysLogTargets,
  withTimeout,
} from "./sys_log_options.ts";

export type {
  SysLogAddress,
  SysLogFormat,
  SysLogFraming,
  SysLogHandlerOptions,
  SysLogOptions,
  SysLogSocktype,
  SysLogTransport,
} from "./sys_log_options.ts";

/** Sends records to a syslog daemon; see the module's description. */
export class SysLogHandler extends SysLogCodes {
  /** Where the daemon listens, as it was given. */
  readonly address: SysLogAddress;
  /** Whether that is a Unix socket. */
  readonly unixsocket: boolean;
  /** What messages are marked as coming from: a name in `facility_names`, or a number. */
  facility: number | string;
  /** Put before the text of every message, as it is: CPython's way to name the program. */
  ident = "";
  /** Whether a NUL is put behind every message. @default as `framing` says */
  append_nul: boolean;
  /** The time-out of the socket in seconds, as it was given (CPython 3.14). */
  readonly timeout: number | null;
  /** From the names of levels to names in `priority_names`; any other level is a `"warning"`. */
  priority_map: Record<string, string> = { ...priority_map };
  readonly #connector: Connector & DatagramConnector;
  /** Of a Unix socket of unknown kind both, until one has worked. */
  #targets: SysLogTargets;
  readonly #messages: SysLogMessages;
  readonly #encoder = new MessageEncoder((record) => this.#make(record));
  readonly #delivery: Delivery;

  /**
   * Opens nothing: the first record does.
   *
   * @param address a host and a port from 1 to 65535, or the path of a Unix socket such as
   * `"/dev/log"`
   * @throws {TypeError | RangeError} when a value is bad or an option unknown
   */
  constructor(address: SysLogAddress, options: SysLogHandlerOptions) {
    const what = "create SysLogHandler";
    const targets = checkSysLogTargets(what, address, options);
    const checked = checkSysLogOptions(what, options, targets);
    const messages = sysLogMessages(what, checked);
    const name = typeof address === "string" ? address : address.join(":");
    super(`SysLogHandler ${name}`, withTimeout(what, options));
    this.address = address;
    this.unixsocket = typeof address === "string";
    this.facility = checked.facility;
    this.timeout = options.timeout ?? null;
    this.append_nul = checked.appendNul;
    this.#connector = options.connector as Connector & DatagramConnector;
    this.#targets = targets;
    this.#messages = messages;
    this.#delivery = deliverBySocket(this, options.connector, (socket) => {
      if (isDatagrams(socket)) return new DatagramOutlet(socket);
      const { framing } = checked;
      return framing ? new FramedStreamOutlet(socket, framing) : new StreamOutlet(socket);
    });
  }

  /** What it sends with; `null` until a Unix socket of unknown kind was connected. */
  get socktype(): SysLogSocktype | null {
    const { datagrams, stream } = this.#targets;
    return stream === null ? "datagram" : datagrams === null ? "stream" : null;
  }

  /** How many messages were longer than `maxDatagramBytes`, and so were cut. */
  get truncated(): number {
    return this.#messages.truncated;
  }

  /** Sends the record as a message; what goes wrong costs this record and goes to handleError(). */
  emit(record: LogRecord): void {
    const begun = this.#delivery.begin(record);
    try {
      if (this.#isStock() && this.#delivery.enqueueRecord(record, this.#encoder)) return;
      watchFault(this, record, this.send(atOnce(this.makeMessage(record), "makeMessage()")));
    } catch (error) {
      this.#delivery.giveUp(record, begun, error);
    }
  }

  /** Whether nobody has overridden what lies between a record and the link. */
  #isStock(): boolean {
    return this.makeMessage === makeMessage && this.createSocket === createSocket &&
      this.send === send;
  }

  /** The bytes of a record's message, without what frames it on a stream. */
  makeMessage(record: LogRecord): Uint8Array {
    return toBytes(this.#make(record));
  }

  #make(record: LogRecord): string | Uint8Array {
    const text = this.ident + atOnce(this.format(record), "format()") +
      (this.append_nul ? "\0" : "");
    const priority = atOnce(this.mapPriority(record.levelname), "mapPriority()");
    const pri = atOnce(this.encodePriority(this.facility, priority), "encodePriority()");
    return this.#messages.make(record, pri, text);
  }

  /**
   * Facility and priority in one number, `facility << 3 | priority`: names are looked up in
   * `facility_names` and `priority_names`, numbers are taken as they are.
   *
   * @throws {TypeError} for a name that is not there, and for what is no integer
   */
  encodePriority(facility: number | string, priority: number | string): number {
    return encodePriority(facility, priority, this.facility_names, this.priority_names);
  }

  /** The name in `priority_names` for the name of a level, by `priority_map`. */
  mapPriority(levelName: string): string {
    // A stranger's value may be a list, and to make a key of that can take for ever.
    const isName = typeof levelName === "string" && Object.hasOwn(this.priority_map, levelName);
    return isName ? this.priority_map[levelName]! : "warning";
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
}

function isDatagrams(socket: StreamConnection | DatagramSocket): socket is DatagramSocket {
  return typeof socket === "object" && socket !== null && "send" in socket;
}

const makeMessage = /* @__PURE__ */ prototypeMethod(SysLogHandler, "makeMessage");
const createSocket = /* @__PURE__ */ prototypeMethod(SysLogHandler, "createSocket");
const send = /* @__PURE__ */ prototypeMethod(SysLogHandler, "send");
