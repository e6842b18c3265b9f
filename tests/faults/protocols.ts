/**
 * The protocols of the fault suite: the handler of the sender and the receiver of each. A protocol that
 * is added here needs a line in modes.ts, and nothing else.
 */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { HTTPHandler, SocketHandler, SysLogHandler } from "../../mod.ts";
import { connector, exitNotifier } from "../../src/adapters/auto.ts";
import type { DeliveryOptions } from "../../src/delivery/delivery_options.ts";
import type { NetworkHandler } from "../../src/delivery/network_handler.ts";
import { ForwardHandler } from "../../src/handlers/forward_handler.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import type { Connector } from "../../src/net/connector.ts";
import { ForwardReceiver } from "../../src/receivers/forward_receiver.ts";
import type { RecordReceiver } from "../../src/receivers/record_receiver.ts";
import { LogRecordSocketReceiver } from "../../src/receivers/socket_receiver.ts";
import { SyslogReceiver } from "../../src/receivers/syslog_receiver.ts";

/** The server of a sender. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
  /** A dial that lasts so long fails, and a write or a request that makes no progress. */
  readonly timeoutMs: number;
  /** The host name that the next dial looks up. */
  readonly nameOf: (host: string) => string;
}

/** A receiver that listens. */
export interface ProtocolReceiver {
  readonly port: number;
  /** Reads what has arrived; resolves with the number of records that it could not keep. */
  stop(): Promise<number>;
}

/** One protocol, on both sides. */
export interface Protocol {
  makeHandler(target: Target, options: DeliveryOptions): NetworkHandler;
  /** `keep` throws for a record that cannot be kept. */
  startReceiver(
    host: string,
    port: number,
    isSecure: boolean,
    keep: (text: string) => void,
  ): Promise<ProtocolReceiver>;
}

/** The protocols by their names. */
export const protocols: Record<string, Protocol> = {
  pickle: {
    makeHandler: ({ host, port, ...target }, options) =>
      new SocketHandler(host, port, { ...options, ...streamOptions(target) }),
    startReceiver: (host, port, isSecure, keep) =>
      started(
        new LogRecordSocketReceiver(host, port, {
          acceptor: connector,
          onError: () => {},
          ...isSecure && { tls: serverTls() },
        }),
        keep,
      ),
  },
  relp: {
    makeHandler: ({ host, port, ...target }, options) =>
      new SysLogHandler([host, port], {
        ...options,
        ...streamOptions(target),
        socktype: "stream",
        framing: "relp",
        format: "rfc5424",
      }),
    startReceiver: (host, port, isSecure, keep) =>
      started(
        new SyslogReceiver(host, port, {
          acceptor: connector,
          onError: () => {},
          transport: "tcp",
          framing: "relp",
          ...isSecure && { tls: serverTls() },
        }),
        keep,
      ),
  },
  forward: {
    makeHandler: ({ host, port, ...target }, options) =>
      new ForwardHandler(host, port, { ...options, ...streamOptions(target), tag: "faults" }),
    startReceiver: (host, port, isSecure, keep) =>
      started(
        new ForwardReceiver(host, port, {
          acceptor: connector,
          onError: () => {},
          ...isSecure && { tls: serverTls() },
        }),
        keep,
      ),
  },
  http: {
    makeHandler: ({ host, port, timeoutMs, nameOf }, options) =>
      new HTTPHandler(`${host}:${port}`, "/", {
        ...options,
        exitNotifier,
        body: "ndjson",
        timeoutMs,
        fetch: (url, init) => fetch(String(url).replace(host, nameOf(host)), init),
      }),
    startReceiver: startHttp,
  },
};

const pem = (name: string): string =>
  readFileSync(new URL(`../testdata/tls/${name}.pem`, import.meta.url), "utf8");

const serverTls = () => ({
  cert: pem("server"),
  key: readFileSync(new URL("../testdata/tls/server.key", import.meta.url), "utf8"),
});

function streamOptions({ isSecure, timeoutMs, nameOf }: Omit<Target, "host" | "port">) {
  const dialling: Connector = {
    ...connector,
    connect: (to, options) =>
      connector.connect(
        to.transport === "tcp" ? { ...to, hostname: nameOf(to.hostname) } : to,
        options,
      ),
  };
  return {
    connector: dialling,
    connectTimeoutMs: timeoutMs,
    writeTimeoutMs: timeoutMs,
    ...isSecure && { tls: { ca: [pem("ca")], serverName: "localhost" } },
  };
}

async function started(
  receiver: RecordReceiver & { readonly address: object },
  keep: (text: string) => void,
): Promise<ProtocolReceiver> {
  receiver.handleLogRecord = (record: LogRecord) => keep(record.getMessage());
  await receiver.start();
  return {
    port: (receiver.address as { port: number }).port,
    async stop() {
      await receiver.stop();
      return receiver.stats.failed;
    },
  };
}

/** A web server that answers with 204 once all records of a request are kept, else with 500. */
async function startHttp(
  host: string,
  port: number,
  _isSecure: boolean,
  keep: (text: string) => void,
): Promise<ProtocolReceiver> {
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part: string) => text += part);
    request.on("error", () => {}).on("end", () => {
      try {
        text.split("\n").filter(Boolean).forEach(keep);
        response.writeHead(204).end();
      } catch {
        response.writeHead(500).end();
      }
    });
  });
  server.listen(port, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeIdleConnections();
      server.closeAllConnections();
      await closed;
      return 0;
    },
  };
}
