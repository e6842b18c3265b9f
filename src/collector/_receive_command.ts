/**
 * `receive`: the log server. It opens the listeners and the page, prints where they are, and runs until
 * a signal stops it; then it reads what senders have sent, writes it, and prints the account.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { shutdown } from "../logging/shutdown.ts";
import type { Acceptor, Connector, DatagramAcceptor, DatagramConnector } from "../net/connector.ts";
import type { TlsOptions } from "../net/connector.ts";
import { Collector, ListenError, passingHandlers } from "./_collector.ts";
import { CommandError, fileError, reasonOf } from "./_command_error.ts";
import { checkKeys, handlerFor } from "./_destination.ts";
import { variable } from "./_environment.ts";
import { FileSearch } from "./_file_search.ts";
import { addressText, type ListenerKind } from "./_listeners.ts";
import { configure, consoleHandler, fileHandler, type OutOptions, Outputs } from "./_outputs.ts";
import {
  allowListOf,
  bytesOf,
  checkProtected,
  countOf,
  delimiterOf,
  levelOf,
  listenersOf,
  pageOf,
  tokenOf,
  wanted,
} from "./_receive_options.ts";
import { DEFAULT_MAX_BYTES } from "./_record_store.ts";

/** The options of `receive`, as the command line gives them. */
export interface ReceiveOptions extends OutOptions {
  readonly host?: string;
  readonly pickle?: string[];
  readonly pickleUdp?: string[];
  readonly http?: string[];
  readonly syslog?: string[];
  readonly syslogUdp?: string[];
  readonly syslogDelimiter?: string;
  readonly relp?: string[];
  readonly fluent?: string[];
  readonly sharedKey?: string;
  readonly page?: string;
  readonly hostName?: string[];
  readonly token?: string;
  readonly allow?: string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCa?: string;
  readonly signingKey?: string;
  readonly maxConnections?: string;
  readonly memory?: string;
  readonly level?: string;
  readonly name?: string[];
  readonly config?: string;
  readonly forward?: string[];
  readonly forwardToken?: string;
  readonly forwardSigningKey?: string;
  readonly forwardSharedKey?: string;
  readonly color?: string;
  readonly quiet?: boolean;
}

/** The surroundings of the command. */
export interface ReceiveParts {
  readonly connector: Connector & DatagramConnector & Acceptor & DatagramAcceptor;
  /** Prints a line for the user. */
  say(line: string): void;
  /** Resolves when the command is to end. */
  readonly stopped: Promise<void>;
}

/** A running collector. */
export interface Receiving {
  readonly collector: Collector;
  /** The address of the page with its token; `undefined` without a page. */
  readonly pageAddress: string | undefined;
  /** Reads to the end, writes everything, and returns the account. */
  end(): Promise<string[]>;
}

/** Runs the command to its end. */
export async function receive(options: ReceiveOptions, parts: ReceiveParts): Promise<void> {
  const { say, stopped } = parts;
  const { collector, pageAddress, end } = await startReceiving(options, parts);
  for (const { name, address } of collector.listeners) {
    say(`logwire: ${name.split(" ")[0]!.padEnd(10)} at ${address}`);
  }
  if (pageAddress !== undefined) say(`logwire: page       at ${pageAddress}`);
  await stopped;
  say("logwire: stopping: reading what senders have sent …");
  for (const line of await end()) say(`logwire: ${line}`);
}

/**
 * Opens everything.
 *
 * @throws {CommandError} if an option is wrong or something cannot be opened; then nothing is open
 */
export async function startReceiving(
  options: ReceiveOptions,
  { connector }: Pick<ReceiveParts, "connector">,
): Promise<Receiving> {
  const listeners = listenersOf({ ...given(options) }, options.host);
  const page = pageOf(options.page, options.host);
  const tls = tlsOf(options);
  const [signingKey, sharedKey] = [options.signingKey, options.sharedKey].map(keyOf);
  const allow = options.allow ?? [];
  checkProtected(listeners, { allow, isMutual: tls?.ca !== undefined, signingKey, sharedKey });
  const forwardKeys = {
    signingKey: keyOf(options.forwardSigningKey),
    sharedKey: keyOf(options.forwardSharedKey),
  };
  checkKeys(options.forward ?? [], forwardKeys, "--forward-");
  const token = tokenOf(options.token ?? variable("LOGWIRE_TOKEN"));
  const level = options.level === undefined ? 0 : levelOf(options.level);
  const collector = new Collector({
    listeners,
    page,
    acceptor: connector,
    allow: allowListOf(allow),
    tls,
    signingKey,
    sharedKey,
    token,
    hostNames: options.hostName ?? [],
    maxConnections: countOf(options.maxConnections ?? "1024", "--max-connections"),
    syslogDelimiter: delimiterOf(options.syslogDelimiter),
    maxBytes: options.memory === undefined
      ? DEFAULT_MAX_BYTES
      : bytesOf(options.memory, "--memory"),
    files: options.out === undefined ? undefined : new FileSearch(options.out),
    wants: wanted(level, options.name ?? []),
  });
  const outputs = new Outputs();
  try {
    if (options.config !== undefined) configure(options.config, connector);
    const file = fileHandler(options);
    if (file !== undefined) outputs.add(file);
    for (const address of options.forward ?? []) {
      const token = options.forwardToken;
      outputs.add(handlerFor(address, { connector, token, tls: clientTls(tls), ...forwardKeys }));
    }
    if (options.quiet !== true) outputs.add(consoleHandler(options.color));
    await collector.start();
  } catch (error) {
    await shutdown();
    outputs.remove();
    throw error instanceof ListenError ? listenError(error) : error;
  }
  const scheme = tls === undefined ? "http" : "https";
  return {
    collector,
    pageAddress: page === undefined
      ? undefined
      : `${scheme}://${addressText(reachable(page.host), collector.pagePort)}/?token=${token}`,
    async end() {
      await collector.stop();
      const passing = passingHandlers();
      await shutdown();
      outputs.remove();
      return account(collector, passing);
    },
  };
}

/** The addresses that the command line gives, by the kinds of listeners. */
function given(options: ReceiveOptions): Partial<Record<ListenerKind, readonly string[]>> {
  const { pickle, http, syslog, relp, fluent: forward, pickleUdp, syslogUdp } = options;
  const udp = { "pickle-udp": pickleUdp, "syslog-udp": syslogUdp };
  const all = { pickle, http, syslog, relp, forward, ...udp };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** A browser on this machine cannot open the address that stands for all addresses. */
function reachable(host: string): string {
  return host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
}

/** Returns the key in a file, without the white space around it; `undefined` without a file. */
export function keyOf(path: string | undefined): string | undefined {
  return path === undefined ? undefined : read("read the key", path).trim();
}

function tlsOf({ tlsCert, tlsKey, tlsCa }: ReceiveOptions): TlsOptions | undefined {
  if (tlsCert === undefined && tlsKey === undefined && tlsCa === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new CommandError("TLS needs both --tls-cert and --tls-key");
  }
  return {
    cert: readPem("certificate", tlsCert),
    key: readPem("private key", tlsKey),
    ...tlsCa !== undefined && { ca: [readPem("certificate", tlsCa)] },
  };
}

/** A runtime's own message would name no file, and may quote a private key. */
function readPem(what: "certificate" | "private key", path: string): string {
  const text = read(`read the ${what}`, path);
  if (new RegExp(`-----BEGIN ([A-Z0-9]+ )*${what.toUpperCase()}-----`).test(text)) return text;
  throw new CommandError(`'${path}' has no ${what} in PEM`);
}

/** The authorities that senders must have are those of the servers behind this one, too. */
function clientTls(tls: TlsOptions | undefined): TlsOptions | undefined {
  return tls?.ca === undefined ? undefined : { ca: tls.ca };
}

function read(doing: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw fileError(doing, path, error);
  }
}

function listenError({ what, address, cause }: ListenError): CommandError {
  const where = addressText(address.host, address.port);
  const reason = reasonOf(cause);
  // `--forward` passes records on.
  const option = what === "forward" ? "fluent" : what;
  const hint = /port is in use/.test(reason) ? `; give another one by --${option} PORT` : "";
  return new CommandError(`cannot listen for ${what} at ${where}: ${reason}${hint}`, { cause });
}

/** Returns the account: what came in, and what became of it. */
function account(
  collector: Collector,
  passing: ReturnType<typeof passingHandlers>,
): string[] {
  const { received, dropped, refused } = collector.status() as Record<string, number>;
  const faults = collector.listeners.reduce((sum, of) => sum + of.faults, 0);
  const others = [
    [collector.unwanted, "not wanted"],
    [dropped!, "datagrams dropped"],
    [faults, "faults"],
    [refused!, "connections refused"],
  ].filter(([count]) => count !== 0).map(([count, what]) => `, ${count} ${what}`);
  return [
    `${received} records received${others.join("")}`,
    ...passing.map(({ name, constructor, stats }) =>
      `${name ?? constructor.name}: ${stats.sent} sent, ${stats.queued} queued, ` +
      `${stats.droppedTotal} dropped`
    ),
  ];
}
