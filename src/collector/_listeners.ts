/**
 * The listeners of the collector: the receivers of this module, each with a name and counts for the
 * page. A further receiver is one more row of the table.
 *
 * @module
 */
import type { LogRecord } from "../logging/log_record.ts";
import type { Acceptor, DatagramAcceptor, TlsOptions } from "../net/connector.ts";
import { pickleOrJson } from "../wire/pickle_or_json.ts";
import { signed } from "../wire/signed.ts";
import { ForwardReceiver } from "../receivers/forward_receiver.ts";
import { HTTPReceiver } from "../receivers/http_receiver.ts";
import type { RecordReceiver } from "../receivers/record_receiver.ts";
import { LogRecordDatagramReceiver } from "../receivers/datagram_receiver.ts";
import { LogRecordSocketReceiver } from "../receivers/socket_receiver.ts";
import { SyslogReceiver } from "../receivers/syslog_receiver.ts";
import { allowing, type AllowList, isLoopback } from "./_allow_list.ts";
import type { RecordOrigin } from "./_kept_record.ts";
import { PageAccess } from "./_page_access.ts";
import { WebServer } from "./_web_server.ts";

/** The kinds of listeners. */
export type ListenerKind =
  | "pickle"
  | "pickle-udp"
  | "http"
  | "syslog"
  | "syslog-udp"
  | "relp"
  | "forward";

/** Where a listener listens. */
export interface ListenerAddress {
  /** A host name or IP address; with `port` null the path of a Unix socket. */
  readonly host: string;
  readonly port: number | null;
}

/** A listener as it is asked for. */
export interface ListenerSettings extends ListenerAddress {
  readonly kind: ListenerKind;
}

/** The counts of a listener so far, for the page. */
export interface ListenerStatus {
  /** Its kind; a second one of a kind has its address behind it. */
  readonly name: string;
  readonly address: string;
  readonly received: number;
  readonly bytes: number;
  /** The connections that are open. */
  readonly connections: number;
  /** The connections so far. */
  readonly accepted: number;
  /** Records that could not be handled, and connections or datagrams that held no records. */
  readonly faults: number;
  /** Datagrams that were dropped, as they arrived faster than they could be handled. */
  readonly dropped: number;
  /** Connections or datagrams that were refused: too many, or not allowed. */
  readonly refused: number;
}

/** Listens for records. */
export interface RecordListener {
  readonly settings: ListenerSettings;
  readonly status: ListenerStatus;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The parts that all listeners share. */
export interface ListenerParts {
  readonly acceptor: Acceptor & DatagramAcceptor;
  readonly allow: AllowList;
  readonly tls: TlsOptions | undefined;
  /** The key that pickles are signed with. */
  readonly signingKey: string | undefined;
  /** The key that senders of Forward must have. */
  readonly sharedKey: string | undefined;
  readonly token: string;
  readonly hostNames: readonly string[];
  /** The most connections of each listener. */
  readonly maxConnections: number;
  /** The end of a message of syslog over TCP that is not octet-counted. */
  readonly syslogDelimiter: "lf" | "nul" | "either";
  /** Notes a record; false: it is not wanted, and no logger gets it. */
  accept(record: LogRecord, origin: RecordOrigin): boolean;
}

/** The counts that the receivers have, each of some of these. */
type ReceiverCounts = RecordReceiver["stats"] & {
  connections?: number;
  open?: number;
  refused?: number;
  dropped?: number;
};

type SocketReceiver = RecordReceiver & {
  readonly address:
    | { hostname: string; port: number }
    | { path: string };
};

type ReceiverMaker = (
  address: ListenerAddress,
  parts: ListenerParts & { streams: { tls?: TlsOptions; maxConnections: number } },
) => SocketReceiver;

/** The receivers of sockets, by their kinds. */
const RECEIVERS: Readonly<Record<Exclude<ListenerKind, "http">, ReceiverMaker>> = {
  pickle: ({ host, port }, { acceptor, signingKey, streams }) =>
    new LogRecordSocketReceiver(host, port, { acceptor, ...streams, ...signing(signingKey) }),
  "pickle-udp": ({ host, port }, { acceptor, signingKey }) =>
    new LogRecordDatagramReceiver(host, port, { acceptor, ...signing(signingKey) }),
  syslog: ({ host, port }, { acceptor, streams, syslogDelimiter: delimiter }) =>
    new SyslogReceiver(host, port, { acceptor, ...streams, delimiter, transport: streamOf(port) }),
  "syslog-udp": ({ host, port }, { acceptor }) => new SyslogReceiver(host, port, { acceptor }),
  relp: ({ host, port }, { acceptor, streams }) =>
    new SyslogReceiver(host, port, {
      acceptor,
      ...streams,
      transport: streamOf(port),
      framing: "relp",
    }),
  forward: ({ host, port }, { acceptor, streams, sharedKey }) =>
    new ForwardReceiver(host, port, {
      acceptor,
      ...streams,
      ...sharedKey !== undefined && { sharedKey },
    }),
};

function streamOf(port: number | null): "tcp" | "unix" {
  return port === null ? "unix" : "tcp";
}

function signing(key: string | undefined) {
  return { serializer: key === undefined ? pickleOrJson : signed(pickleOrJson, key) };
}

/** Makes the listener of these settings, which opens nothing. */
export function makeListener(settings: ListenerSettings, parts: ListenerParts): RecordListener {
  return settings.kind === "http"
    ? new HTTPListener(settings, parts)
    : new SocketListener(settings, settings.kind, parts);
}

/** Has the collector look at each record before the loggers get it. */
function watch(receiver: RecordReceiver, kind: ListenerKind, { accept }: ListenerParts): void {
  const handle = receiver.handleLogRecord.bind(receiver);
  receiver.handleLogRecord = (record, sender = "") =>
    accept(record, { via: kind, sender: plainAddress(sender) })
      ? handle(record, sender)
      : undefined;
}

/** An address of IPv4 on a socket of IPv6. */
function plainAddress(address: string): string {
  return address.startsWith("::ffff:") ? address.replace(/^::ffff:(?=\d+\.)/i, "") : address;
}

/** Shows an address. */
export function addressText(host: string, port: number | null): string {
  if (port === null) return host;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

class SocketListener implements RecordListener {
  readonly settings: ListenerSettings;
  readonly #receiver: SocketReceiver;
  #notAllowed = 0;

  constructor(
    settings: ListenerSettings,
    kind: Exclude<ListenerKind, "http">,
    parts: ListenerParts,
  ) {
    this.settings = settings;
    const { tls, maxConnections } = parts;
    const acceptor = allowing(parts.acceptor, parts.allow, () => this.#notAllowed++);
    const streams = {
      maxConnections,
      // A Unix socket has no TLS.
      ...tls !== undefined && settings.port !== null && { tls },
    };
    this.#receiver = RECEIVERS[kind](settings, { ...parts, acceptor, streams });
    watch(this.#receiver, kind, parts);
  }

  get status(): ListenerStatus {
    const { address } = this.#receiver;
    const counts: ReceiverCounts = this.#receiver.stats;
    return {
      name: this.settings.kind,
      address: "path" in address ? address.path : addressText(address.hostname, address.port),
      received: counts.received,
      bytes: counts.receivedBytes,
      connections: counts.open ?? 0,
      accepted: counts.connections ?? 0,
      faults: counts.rejected + counts.failed,
      dropped: counts.dropped ?? 0,
      refused: (counts.refused ?? 0) + this.#notAllowed,
    };
  }

  start(): Promise<void> {
    return this.#receiver.start();
  }

  stop(): Promise<void> {
    return this.#receiver.stop();
  }
}

/** The `Host` that Python 2 sends, which leaves the port out; a browser never does at such a port. */
const PORTLESS = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;

class HTTPListener implements RecordListener {
  readonly settings: ListenerSettings;
  readonly #receiver: HTTPReceiver;
  readonly #server: WebServer;

  constructor(settings: ListenerSettings, parts: ListenerParts) {
    this.settings = settings;
    const { token, hostNames, allow, tls, maxConnections } = parts;
    // Python 2 has no other way, and it is up to the sender.
    const receiver = this.#receiver = new HTTPReceiver({ token, tokenInQuery: true });
    watch(receiver, "http", parts);
    const isSecure = tls !== undefined;
    const access = new PageAccess({ token, hostNames, isSecure, port: () => this.#server.port });
    this.#server = new WebServer({
      host: settings.host,
      port: settings.port ?? 0,
      tls,
      maxConnections,
      accepts: (address) => allow.allows(address),
      fetch(request, sender) {
        const refusal = access.refusal(request);
        // The receiver itself checks the token: a cookie is not enough here.
        if (refusal === undefined || refusal === "token") return receiver.fetch(request, sender);
        // Senders on other machines know this one by any name, and no page of a browser the token.
        const isFine = !isLoopback(settings) || PORTLESS.test(request.headers.get("host") ?? "");
        if (refusal === "host" && isFine) return receiver.fetch(request, sender);
        return new Response(`Another ${refusal} is not allowed\n`, { status: 403 });
      },
    });
  }

  get status(): ListenerStatus {
    const { received, receivedBytes, rejected, failed } = this.#receiver.stats;
    const { port, open, connections, refused } = this.#server;
    return {
      name: this.settings.kind,
      address: addressText(this.settings.host, port),
      received,
      bytes: receivedBytes,
      connections: open,
      accepted: connections,
      faults: rejected + failed,
      dropped: 0,
      refused,
    };
  }

  start(): Promise<void> {
    return this.#server.start();
  }

  async stop(): Promise<void> {
    await this.#receiver.stop();
    await this.#server.stop(1000);
  }
}
