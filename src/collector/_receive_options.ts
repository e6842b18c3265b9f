/**
 * The options of `receive`, as the command line gives them, checked.
 *
 * @module
 */
import { randomBytes } from "node:crypto";
import { checkLevel } from "../logging/level_names.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { AllowList, isLoopback } from "./_allow_list.ts";
import { CommandError } from "./_command_error.ts";
import type { ListenerAddress, ListenerKind, ListenerSettings } from "./_listeners.ts";

/** The listeners, each with its usual port; undefined: there is none unless it is asked for. */
export const LISTENER_PORTS: Readonly<Record<ListenerKind, number | undefined>> = {
  pickle: 9020,
  "pickle-udp": 9021,
  http: 9022,
  syslog: 5514,
  "syslog-udp": 5514,
  relp: undefined,
  forward: 24224,
};

/** The usual port of the page. */
export const PAGE_PORT = 8020;

/** The host that everything listens at, unless the command line says otherwise. */
const LOOPBACK = "127.0.0.1";

/** Returns an address: `9020`, `0.0.0.0:9020`, `[::]:9020`, or `/run/log.sock`. */
export function addressOf(text: string, host: string): ListenerAddress {
  if (text.startsWith("/")) return { host: text, port: null };
  const [, given, port] = /^(?:(\[[^\]]+\]|[^:\s]+):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65535) {
    throw new CommandError(`'${text}' is no port or address such as 9020 or 0.0.0.0:9020`);
  }
  return { host: (given ?? host).replace(/^\[(.*)\]$/, "$1"), port: Number(port) };
}

/** Returns an address that is no path: what speaks HTTP listens at a port. */
function portOf(text: string, host: string): ListenerAddress {
  if (!text.startsWith("/")) return addressOf(text, host);
  throw new CommandError(`'${text}' is a path: --http and --page need a port or an address`);
}

/** Returns the listeners that the command line asks for, by kinds: `["off"]` is none. */
export function listenersOf(
  given: Readonly<Partial<Record<ListenerKind, readonly string[]>>>,
  host: string = LOOPBACK,
): ListenerSettings[] {
  return (Object.keys(LISTENER_PORTS) as ListenerKind[]).flatMap((kind) => {
    const usual = LISTENER_PORTS[kind];
    const addresses = given[kind] ?? (usual === undefined ? [] : [String(usual)]);
    return addresses.filter((text) => text !== "off")
      .map((text) => ({ kind, ...(kind === "http" ? portOf : addressOf)(text, host) }));
  });
}

/** Returns the address of the page; `undefined` for `off`. */
export function pageOf(
  text: string | undefined,
  host: string = LOOPBACK,
): ListenerAddress | undefined {
  return text === "off" ? undefined : portOf(text ?? String(PAGE_PORT), host);
}

/** The protections of listeners that other machines reach. */
export interface Protections {
  readonly allow: readonly string[];
  /** True: TLS demands a certificate of each sender. */
  readonly isMutual: boolean;
  readonly signingKey: string | undefined;
  /** The key of senders of Forward. */
  readonly sharedKey: string | undefined;
}

/**
 * Refuses a listener that any machine could send to: stock senders carry no token.
 *
 * @throws {CommandError} for such a one
 */
export function checkProtected(
  listeners: readonly ListenerSettings[],
  { allow, isMutual, signingKey, sharedKey }: Protections,
): void {
  for (const listener of listeners) {
    const { kind, host } = listener;
    const isSigned = (signingKey !== undefined && kind.startsWith("pickle")) ||
      (sharedKey !== undefined && kind === "forward");
    const hasCertificate = isMutual && !kind.endsWith("-udp");
    if (isLoopback(listener) || kind === "http" || allow.length > 0) continue;
    if (isSigned || hasCertificate) continue;
    throw new CommandError(
      `${kind} at ${host} would take records from any machine: say which may send by ` +
        `--allow 10.0.0.0/8, by --tls-ca, for pickles by --signing-key, or for forward by --shared-key`,
    );
  }
}

/** Returns the list of networks that may send. */
export function allowListOf(networks: readonly string[]): AllowList {
  try {
    return new AllowList(networks);
  } catch (error) {
    throw new CommandError(`--allow: ${(error as Error).message}`);
  }
}

/** Returns the token that was given, or a new one of 192 random bits. */
export function tokenOf(given: string | undefined): string {
  if (given === undefined) return randomBytes(24).toString("base64url");
  if (/^[\w.~-]{16,256}$/.test(given)) return given;
  throw new CommandError("a token must have 16 to 256 letters, digits, '-', '_', '.' or '~'");
}

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** Returns a number of bytes: `1000000`, `64MiB`, `10M`. */
export function bytesOf(text: string, option: string): number {
  const [, digits, unit = ""] = /^(\d{1,15})\s*([kmg]?)(?:i?b)?$/i.exec(text.trim()) ?? [];
  if (digits === undefined) {
    throw new CommandError(`${option} must be a number of bytes such as 64MiB, not '${text}'`);
  }
  return Number(digits) * UNITS[unit.toLowerCase()]!;
}

/** Returns a whole number. */
export function countOf(text: string, option: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new CommandError(`${option} must be a whole number, not '${text}'`);
}

/** Returns the end of a message of syslog over TCP. */
export function delimiterOf(text: string | undefined): "lf" | "nul" | "either" {
  if (text === undefined || text === "either") return "either";
  if (text === "lf" || text === "nul") return text;
  throw new CommandError(`--syslog-delimiter must be lf, nul or either, not '${text}'`);
}

/** Returns a level by its name or number. */
export function levelOf(text: string): number {
  try {
    return checkLevel(/^\d+$/.test(text) ? Number(text) : text);
  } catch {
    throw new CommandError(`--level must be a level such as WARNING or 30, not '${text}'`);
  }
}

/** Returns a function that returns true for a record of this level and of one of these loggers. */
export function wanted(level: number, names: readonly string[]): (record: LogRecord) => boolean {
  return ({ levelno, name }) => {
    if (levelno < level) return false;
    return names.length === 0 ||
      names.some((own) => name === own || String(name).startsWith(`${own}.`));
  };
}
