/**
 * The options of `SysLogHandler`, their defaults and their checks.
 *
 * Browser compatible.
 *
 * @module
 */
import type { InPlaceFraming, StreamFraming } from "../wire/framing.ts";
import {
  checkBoolean,
  checkDatagramTarget,
  checkKnown,
  checkLimit,
  checkNumber,
  checkOneOf,
  checkStreamTarget,
  MAX_TIMEOUT_MS,
  refuse,
} from "../logging/validate.ts";
import { checkFacility, LOG_USER } from "../wire/syslog/syslog_codes.ts";
import { checkField, RFC3164_FIELDS, RFC5424_FIELDS } from "../wire/syslog/syslog_fields.ts";
import { lineDelimited, nulDelimited, octetCounting } from "../wire/syslog/syslog_framing.ts";
import type {
  Connector,
  DatagramAddress,
  DatagramConnector,
  StreamAddress,
  TlsOptions,
} from "../net/connector.ts";
import {
  checkConnector,
  DELIVERY_OPTIONS,
  type DeliveryOptions,
} from "../delivery/delivery_options.ts";

/** Where a syslog daemon listens: a host and a port, or the path of a Unix socket. */
export type SyslogAddress = readonly [host: string, port: number] | string;

/**
 * How a message is written: as CPython's (`<PRI>` and the text), or with the header of one of the
 * RFCs.
 */
export type SyslogFormat = "cpython" | "rfc3164" | "rfc5424";

/**
 * How messages are separated on a stream: in a way of RFC 6587, or by RELP, in which the server
 * acknowledges each.
 */
export type SyslogFraming = "octet-counting" | "lf" | "nul" | "relp";

/** The kind of socket that a handler sends with. */
export type SyslogSocktype = "datagram" | "stream";

/** The kind of socket of a `SysLogHandler`, and the connector that it needs. */
export type SyslogTransport =
  | {
    /** UDP; of a Unix socket datagrams or, where it takes none, a stream. @default {null} */
    socktype?: null;
    /** What opens sockets: the `connector` of `./deno`, `./bun`, `./node` or `./auto`. */
    connector: Connector & DatagramConnector;
  }
  | {
    /** UDP or Unix datagrams. */
    socktype: "datagram";
    /** What opens sockets: the `connector` of `./deno`, `./bun`, `./node` or `./auto`. */
    connector: DatagramConnector;
  }
  | {
    /** TCP, TLS or a Unix stream. */
    socktype: "stream";
    /** What opens connections: the `connector` of `./deno`, `./bun`, `./node` or `./auto`. */
    connector: Connector;
    /** TLS, with these settings or (`true`) the system's. @default no TLS */
    tls?: TlsOptions | true;
  };

/** The options of a `SysLogHandler`'s messages. */
export interface SyslogOptions extends DeliveryOptions {
  /** The facility, by its name or from 0 to 23. @default {1} (`LOG_USER`) */
  facility?: number | string;
  /**
   * How a message is written. On a Unix socket syslog daemons misread RFC 5424.
   *
   * @default {"cpython"}
   */
  format?: SyslogFormat;
  /**
   * How messages are separated on a stream; datagrams need nothing. Octet counting carries them as
   * they are. The others write LF, CR and NUL within a message as `#012`, `#015` and `#000`, but for
   * the "nul" of cpython: it is what `append_nul` appends, and most daemons end a message of it at a
   * line feed too. "relp" needs a stream and a server that speaks RELP; it carries messages as they
   * are, too.
   *
   * @default "octet-counting" for rfc5424, "lf" for rfc3164, "nul" for cpython
   */
  framing?: SyslogFraming;
  /**
   * HOSTNAME of the RFCs, at most 255 characters; `null` for none. A message of RFC 3164 has none on
   * a Unix socket, where syslog daemons expect none.
   *
   * @default what the connector says that this machine is called
   */
  hostname?: string | null;
  /**
   * APP-NAME of RFC 5424, at most 48 characters, or TAG of RFC 3164, at most 32.
   *
   * @default the first part of the logger's name: `myapp` of `myapp.area1`
   */
  appName?: string;
  /** PROCID, at most 128 characters; `null` for none. @default the record's `process` */
  procid?: string | number | null;
  /** MSGID of RFC 5424, at most 32 characters; `null` for none. @default {null} */
  msgid?: string | null;
  /**
   * The SD-ID, such as `app@32473`, under which what `extra` added to a record is sent as structured
   * data of RFC 5424; `null`: it is not sent. Of a field's name that is not allowed there each
   * character that is none of printable ASCII, or a space, `=`, `]` or `"`, is sent as `_`, and 32
   * characters are kept; a name that is taken then ends with `_2`, `_3`, and so on. @default {null}
   */
  structuredDataId?: string | null;
  /** `true`: the text of RFC 5424 begins with a byte order mark. @default {false} */
  bom?: boolean;
  /**
   * The longest datagram in bytes, from 1; a longer message is cut between two characters and
   * counted in `truncated`. It holds for a Unix socket of unknown kind as well.
   *
   * @default 65507 for the RFCs; for cpython Infinity: what the system does not take is dropped
   */
  maxDatagramBytes?: number;
  /**
   * Python's time-out of the socket, in seconds, from 0.001: what `connectTimeoutMs` and
   * `writeTimeoutMs` are where they are not given. `null` and 0 leave them at their own defaults
   * (CPython then waits without end).
   *
   * @default {null}
   */
  timeout?: number | null;
}

/** Options of `SysLogHandler`. */
export type SysLogHandlerOptions = SyslogOptions & SyslogTransport;

/** The names of the options in {@linkcode SysLogHandlerOptions}. */
const SYS_LOG_OPTIONS: readonly string[] = /* @__PURE__ */ DELIVERY_OPTIONS.concat([
  "socktype",
  "tls",
  "facility",
  "format",
  "framing",
  "hostname",
  "appName",
  "procid",
  "msgid",
  "structuredDataId",
  "bom",
  "maxDatagramBytes",
  "timeout",
]);

/** The options that a format has no place for. */
const FOREIGN: Readonly<Record<SyslogFormat, readonly (keyof SyslogOptions)[]>> = {
  cpython: ["hostname", "appName", "procid", "msgid", "structuredDataId", "bom"],
  rfc3164: ["msgid", "structuredDataId", "bom"],
  rfc5424: [],
};

const FRAMINGS: Readonly<Record<SyslogFraming, StreamFraming | InPlaceFraming | "relp">> = {
  "octet-counting": octetCounting,
  lf: lineDelimited,
  nul: nulDelimited,
  relp: "relp",
};

const DEFAULT_FRAMING: Readonly<Record<SyslogFormat, SyslogFraming>> = {
  cpython: "nul",
  rfc3164: "lf",
  rfc5424: "octet-counting",
};

/** The largest payload of UDP over IPv4 (RFC 5426 section 3.2). */
const MAX_UDP_BYTES = 65507;

/** Where a handler sends: to one of the two, or, of a Unix socket of unknown kind, to either. */
export type SyslogTargets =
  | { readonly datagrams: DatagramAddress; readonly stream: StreamAddress | null }
  | { readonly datagrams: null; readonly stream: StreamAddress };

/** Checks the address and what it is sent to with, which the connector must be able to do. */
export function checkSysLogTargets(
  what: string,
  address: SyslogAddress,
  options: SysLogHandlerOptions,
): SyslogTargets {
  checkKnown(what, options, SYS_LOG_OPTIONS);
  const { socktype = null, connector, tls } = { tls: undefined, ...options };
  if (socktype !== null) checkOneOf(what, "socktype", socktype, ["datagram", "stream"]);
  const [host, port] = typeof address === "string"
    ? [checkSocketPath(what, address), null]
    : checkPair(what, address);
  if (tls !== undefined && socktype !== "stream") {
    throw new TypeError(`Cannot ${what} as 'tls' needs 'socktype' to be "stream"`);
  }
  if (socktype === "stream") {
    checkConnector(what, connector, ["connect"]);
    const settings = tls === true ? {} : tls;
    return { datagrams: null, stream: checkStreamTarget(what, host, port, 1, settings) };
  }
  const datagrams = checkDatagramTarget(what, host, port, 1);
  const isEither = socktype === null && port === null;
  checkConnector(what, connector, ["openDatagram", ...(isEither ? ["connect"] : [])]);
  return { datagrams, stream: isEither ? { transport: "unix", path: host } : null };
}

/** Applies Python's `timeout` to the time-outs that the options leave out. */
export function applyTimeout<Options extends SyslogOptions>(
  what: string,
  options: Options,
): Options {
  const { timeout = null } = options;
  if (timeout === null || timeout === 0) return options;
  const ms = Math.ceil(checkNumber(what, "timeout", timeout, 0.001, MAX_TIMEOUT_MS / 1000) * 1000);
  return { connectTimeoutMs: ms, writeTimeoutMs: ms, ...options };
}

/** {@linkcode SyslogOptions} with every default filled in. */
export interface CheckedSyslogOptions {
  readonly facility: number | string;
  readonly format: SyslogFormat;
  /** `undefined`: the messages need none, or have it already. */
  readonly framing: StreamFraming | InPlaceFraming | "relp" | undefined;
  /** `true`: the message itself ends with a NUL, as CPython's. */
  readonly appendNul: boolean;
  readonly hostname: string | null;
  readonly appName: string | undefined;
  /** `undefined`: the record's. */
  readonly procid: string | null | undefined;
  readonly msgid: string | null;
  readonly structuredDataId: string | null;
  readonly bom: boolean;
  /** The most bytes of a message. */
  readonly maxBytes: number;
}

/** Fills in the defaults, and checks what the formatter of the messages does not. */
export function checkSyslogOptions(
  what: string,
  options: SysLogHandlerOptions,
  { datagrams, stream }: SyslogTargets,
): CheckedSyslogOptions {
  const { facility = LOG_USER, format = "cpython", msgid = null, structuredDataId = null } =
    options;
  checkFacility(what, facility);
  checkOneOf(what, "format", format, ["cpython", "rfc3164", "rfc5424"]);
  for (const name of FOREIGN[format]) {
    if (options[name] == null || options[name] === false) continue;
    throw new TypeError(`Cannot ${what} as '${name}' has no place in the format "${format}"`);
  }
  const { framing = DEFAULT_FRAMING[format], bom = false, appName, procid } = options;
  checkOneOf(what, "framing", framing, ["octet-counting", "lf", "nul", "relp"]);
  if (framing === "relp" && datagrams !== null) {
    throw new TypeError(`Cannot ${what} as 'framing' "relp" needs 'socktype' to be "stream"`);
  }
  checkBoolean(what, "bom", bom);
  const { maxDatagramBytes = format === "cpython" ? Infinity : MAX_UDP_BYTES } = options;
  checkLimit(what, "maxDatagramBytes", maxDatagramBytes, 1);
  const isLocal = datagrams?.transport === "unixgram" || stream?.transport === "unix";
  const hostname = hostNameOf(what, format, options);
  const appendNul = format === "cpython" && framing === "nul";
  return {
    facility,
    format,
    framing: appendNul ? undefined : FRAMINGS[framing],
    appendNul,
    hostname: format === "rfc3164" && isLocal ? null : hostname,
    appName,
    procid: typeof procid === "number" ? String(procid) : procid,
    msgid,
    structuredDataId,
    bom,
    maxBytes: datagrams === null ? Infinity : maxDatagramBytes,
  };
}

/** The name that was given, or else the connector's, if that is one that the format can write. */
function hostNameOf(
  what: string,
  format: SyslogFormat,
  { hostname, connector }: SysLogHandlerOptions,
): string | null {
  if (format === "cpython") return null;
  const rules = format === "rfc3164" ? RFC3164_FIELDS : RFC5424_FIELDS;
  if (hostname !== undefined) return checkField(what, rules, "hostname", hostname);
  const name = connector.hostName?.();
  return name !== undefined && rules.hostname?.pattern.test(name) ? name : null;
}

/** A URL, or a host with its port: no path of a Unix socket that anyone means. */
const NO_PATH = /:\/\/|^[\w.-]+:\d+$/;

function checkSocketPath(what: string, path: string): string {
  if (!NO_PATH.test(path)) return path;
  return refuse(what, "address", "[host, port] or the path of a Unix socket", path);
}

function checkPair(what: string, address: unknown): [host: string, port: number] {
  if (Array.isArray(address) && address.length === 2) return [address[0], address[1]];
  return refuse(what, "address", "[host, port] or the path of a Unix socket", address);
}
