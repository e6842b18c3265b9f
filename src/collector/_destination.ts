/**
 * A server that records are sent to, as a command line names it: `tcp://logs.example:9020`.
 *
 * @module
 */
import type { Handler } from "../logging/handler.ts";
import type { Spool } from "../delivery/spool.ts";
import { DatagramHandler } from "../handlers/datagram_handler.ts";
import { ForwardHandler } from "../handlers/forward_handler.ts";
import { HTTPHandler } from "../handlers/http_handler.ts";
import { SocketHandler } from "../handlers/socket_handler.ts";
import { SysLogHandler } from "../handlers/sys_log_handler.ts";
import type { Connector, DatagramConnector, TlsOptions } from "../net/connector.ts";
import { pickle } from "../wire/pickle_serializer.ts";
import { signed } from "../wire/signed.ts";
import { CommandError } from "./_command_error.ts";

/** The parts that a handler needs besides the address. */
export interface DestinationParts {
  readonly connector: Connector & DatagramConnector;
  /** The token of a server over HTTP. */
  readonly token?: string | undefined;
  /** The key that pickles are signed with. */
  readonly signingKey?: string | undefined;
  /** The key of a server of Forward. */
  readonly sharedKey?: string | undefined;
  /** The settings of `tls://` and `syslog+tls://`. */
  readonly tls?: TlsOptions | undefined;
  readonly spool?: Spool | undefined;
}

/** The protocols, each with its usual port. */
const PORTS: Readonly<Record<string, number>> = {
  tcp: 9020,
  tls: 9020,
  udp: 9021,
  http: 9022,
  https: 443,
  syslog: 514,
  "syslog+tcp": 514,
  "syslog+tls": 6514,
  relp: 2514,
  forward: 24224,
};

/** The protocols for the help of commands. */
export const DESTINATIONS: string = Object.keys(PORTS).map((scheme) => `${scheme}://`).join(", ");

/**
 * Makes a handler that sends to a server.
 *
 * @throws {CommandError} for an address that cannot be read
 */
export function handlerFor(address: string, parts: DestinationParts): Handler {
  const { scheme, host, port, path } = addressOf(address);
  const { connector, signingKey, sharedKey, spool } = parts;
  const common = {
    connector,
    whileDisconnected: "queue" as const,
    ...spool !== undefined && { spool },
  };
  const pickled = {
    ...common,
    ...signingKey !== undefined && { serializer: signed(pickle, signingKey) },
  };
  const tls = parts.tls ?? true;
  switch (scheme) {
    case "tcp":
      return new SocketHandler(host, port, pickled);
    case "tls":
      return new SocketHandler(host, port, { ...pickled, tls });
    case "udp":
      return new DatagramHandler(host, port, pickled);
    case "http":
    case "https": {
      const { token } = parts;
      return new HTTPHandler(`${host.includes(":") ? `[${host}]` : host}:${port}`, path || "/", {
        body: "ndjson",
        method: "POST",
        secure: scheme === "https",
        exitNotifier: connector,
        ...token !== undefined && { headers: { Authorization: `Bearer ${token}` } },
        ...spool !== undefined && { spool },
      });
    }
    case "syslog":
      return new SysLogHandler([host, port], { ...common, socktype: "datagram" });
    case "syslog+tls":
      return new SysLogHandler([host, port], { ...common, socktype: "stream", tls });
    case "relp":
      return new SysLogHandler([host, port], { ...common, socktype: "stream", framing: "relp" });
    case "forward":
      return new ForwardHandler(host, port, {
        ...common,
        tag: path.slice(1) || "logwire",
        ...sharedKey !== undefined && { sharedKey },
      });
    default:
      return new SysLogHandler([host, port], { ...common, socktype: "stream" });
  }
}

/** The protocols whose records can be signed. */
const SIGNED: readonly string[] = ["tcp", "tls", "udp"];

/**
 * Refuses a key that protects none of the addresses: records would go out without it.
 *
 * @param prefix the begin of the options' names, as `--forward-`
 * @throws {CommandError} for such a one
 */
export function checkKeys(
  addresses: readonly string[],
  { signingKey, sharedKey }: Pick<DestinationParts, "signingKey" | "sharedKey">,
  prefix: string,
): void {
  const schemes = addresses.map((address) => addressOf(address).scheme);
  if (signingKey !== undefined && !schemes.some((scheme) => SIGNED.includes(scheme))) {
    throw new CommandError(
      `${prefix}signing-key needs an address of ${SIGNED.map((one) => `${one}://`).join(", ")}`,
    );
  }
  if (sharedKey !== undefined && !schemes.includes("forward")) {
    throw new CommandError(`${prefix}shared-key needs an address of forward://`);
  }
}

function addressOf(address: string) {
  const [, scheme = "", host = "", portText, path = ""] =
    /^([a-z+]+):\/\/(\[[^\]]+\]|[^\s:/?#@]+)(?::(\d{1,5}))?(\/\S*)?$/i.exec(address) ?? [];
  const usual = PORTS[scheme.toLowerCase()];
  const port = portText === undefined ? usual : Number(portText);
  if (usual === undefined || port === undefined || port > 65535 || port === 0) {
    throw new CommandError(
      `'${address}' is no address of a server such as tcp://logs.example:9020; ` +
        `the protocols are ${DESTINATIONS}`,
    );
  }
  return {
    scheme: scheme.toLowerCase(),
    host: host.replace(/^\[(.*)\]$/, "$1"),
    port,
    path,
  };
}
