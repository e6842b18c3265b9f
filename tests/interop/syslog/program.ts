/** Describes a syslog daemon to the harness, and finds it on this machine. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** A message as the daemon understood it; null: it says that there was none. */
export interface Received {
  facility: number;
  severity: number;
  /** Seconds since the epoch. */
  time: number;
  host: string | null;
  /** The text before that of an RFC 3164 message, such as `app[1]:`. */
  tag: string | null;
  appName: string | null;
  procid: string | null;
  msgid: string | null;
  structuredData: string | null;
  message: string;
}

/** The daemon's addresses, by the names of the inputs in its configuration. */
export interface Inputs {
  udp: number;
  /** Messages that end with LF or NUL. */
  tcp: number;
  /** Messages behind their length in bytes. */
  counted: number;
  /** The same within TLS. */
  tls: number;
  /** A Unix datagram socket. */
  unixgram: string;
  /** A Unix stream socket; messages end with LF or NUL. */
  unix: string;
}

/** A syslog daemon. */
export interface SyslogProgram {
  readonly name: string;
  /** The command that starts it. */
  readonly command: string;
  /** Its arguments: in the foreground, with `folder/config`, leaving files in `folder` alone. */
  args(folder: string): string[];
  /** True if it listens on Unix streams. */
  readonly hasUnixStreams: boolean;
  /** A configuration that writes to `output` a line of JSON a message. */
  config(inputs: Inputs, output: string): string;
  /** Reads such a line. */
  read(line: string): Received;
  /** Returns this text of a message as the daemon shows it. */
  shown(text: string): string;
}

/** The folder into which tests/tools/install_syslog.sh has put both. */
const folder = process.env.LOGWIRE_SYSLOG ||
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "logwire", "syslog");

/** The command of the daemon of that name. */
export function commandOf(program: string): string {
  return join(folder, "bin", program);
}

/** Why a test that needs this daemon is skipped here; `false` if it is not. */
export function without({ name, command }: SyslogProgram): string | false {
  if (existsSync(command) || process.env.LOGWIRE_REQUIRE_SERVERS === "1") return false;
  return `it needs ${name}: on Debian and Ubuntu, tests/tools/install_syslog.sh`;
}

/** Seconds since the epoch of an RFC 3339 time, its fraction included. */
export function secondsOf(time: string): number {
  const [, fraction = ""] = /(\.\d+)/.exec(time) ?? [];
  return Date.parse(time.replace(fraction, "")) / 1000 + Number(`0${fraction}`);
}
