/**
 * The options of a listener for configurations, and their checks.
 *
 * Browser compatible.
 *
 * @module
 */
import {
  checkFunction,
  checkInteger,
  checkKnown,
  checkMethods,
  checkStreamTarget,
  checkString,
  MAX_TIMEOUT_MS,
  refuse,
} from "../logging/validate.ts";
import { isPlainObject } from "../text/is_mapping.ts";
import type { Acceptor, Clock, StreamAddress, TlsOptions } from "../net/connector.ts";
import { isLoopbackHost } from "../net/loopback.ts";
import { systemClock } from "../net/system_clock.ts";
import type { ConfigClasses } from "./config_factory.ts";

/**
 * The kind of a fault of a listener. The configuration is lost; logging stays as it was.
 *
 * - `frame`: the bytes are no frame, or one that is too large or cut off (a `FrameError`)
 * - `timeout`: the frame did not arrive, or `verify` did not settle, within `timeoutMs`
 * - `connection`: the connection broke (a `ConnectionError`), or its TLS handshake failed
 * - `refused`: the connection waited for the longest of `maxConnections` when one more opened
 * - `verify`: `verify` returned null, or threw
 * - `configuration`: the bytes are no UTF-8, or no valid configuration
 * - `listener`: the listening socket failed; the listener has stopped
 */
export type ConfigListenerFaultReason =
  | "frame"
  | "timeout"
  | "connection"
  | "refused"
  | "verify"
  | "configuration"
  | "listener";

/** One fault of a listener. */
export interface ConfigListenerFault {
  /** The kind of the fault. */
  readonly reason: ConfigListenerFaultReason;
  /** The error itself. */
  readonly error: unknown;
  /** The connection, counted from 1 in the order of accepting. */
  readonly connection?: number;
}

/** Options of {@linkcode listen}. */
export interface ConfigListenerOptions {
  /** The acceptor that listens: the `connector` of `./deno`, `./bun`, `./node` or `./auto`. */
  acceptor: Acceptor;
  /**
   * The host name or IP address to listen at; with the port null the path of a Unix socket. At
   * another address than loopback `verify` is required. @default {"127.0.0.1"}
   */
  host?: string;
  /**
   * Gets the bytes of each configuration, without their length. It returns the bytes to use, which
   * may be others (decrypted, say), or null to discard them; or a promise of either.
   */
  verify?: (bytes: Uint8Array) => Uint8Array | null | Promise<Uint8Array | null>;
  /** The classes that a received configuration may name, as for `dictConfig()`. @default {} */
  classes?: ConfigClasses;
  /**
   * The folder of the files of a received configuration: a relative `filename` begins there, and
   * one that leads elsewhere is refused. Links in the folder are followed. Without it a received
   * configuration may name no file. @default none
   */
  folder?: string;
  /** The largest configuration, in bytes, from 1 to 16777216. @default {1048576} */
  maxBytes?: number;
  /**
   * The most connections at once, from 1 to 1024. When one more opens, the one that has waited for
   * the longest is closed. @default {16}
   */
  maxConnections?: number;
  /**
   * The time, in milliseconds, in which a connection must send its configuration, and `verify` must
   * settle. @default {10000}
   */
  timeoutMs?: number;
  /** TLS with this certificate (`cert` and `key`); `ca` demands one of each sender. @default none */
  tls?: TlsOptions;
  /** Called after a received configuration has taken effect. */
  onConfigured?: () => void;
  /**
   * Gets every fault. Without it they are lines on stderr, one of a kind every ten seconds, or none
   * if `raiseExceptions` is false.
   */
  onError?: (fault: ConfigListenerFault) => void;
  /** The clock of its time-outs; tests give a virtual one. @default the runtime's own */
  clock?: Clock;
}

const OPTIONS = [
  ...["acceptor", "host", "verify", "classes", "folder", "maxBytes", "maxConnections"],
  ...["timeoutMs", "tls", "onConfigured", "onError", "clock"],
];

/** As receivers of records take in a frame; a configuration has some kilobytes. */
const MOST_BYTES = 16_777_216;
const DEFAULT_MAX_BYTES = 1_048_576;

/** A sender sends at once, so that few connections are open at a time. */
const MOST_CONNECTIONS = 1024;
const DEFAULT_MAX_CONNECTIONS = 16;

/** A sender needs some milliseconds, and over a slow line a second or two. */
const DEFAULT_TIMEOUT_MS = 10_000;

/** Checked options. */
export interface ConfigListenerSettings {
  readonly acceptor: Acceptor;
  readonly verify: ConfigListenerOptions["verify"];
  readonly classes: ConfigClasses;
  readonly folder: string | undefined;
  readonly maxBytes: number;
  readonly maxConnections: number;
  readonly timeoutMs: number;
  readonly onConfigured: ConfigListenerOptions["onConfigured"];
  readonly onError: ConfigListenerOptions["onError"];
  readonly clock: Clock;
  /** The address with `tls`, and so with the private key. */
  readonly listenAt: StreamAddress;
}

/** Checks the options; throws for a bad value. */
export function checkConfigListener(
  port: number | null,
  options: ConfigListenerOptions,
): ConfigListenerSettings {
  const what = "listen for configurations";
  checkKnown(what, options, OPTIONS);
  const {
    acceptor,
    host = "127.0.0.1",
    verify,
    classes = {},
    folder,
    maxBytes = DEFAULT_MAX_BYTES,
    maxConnections = DEFAULT_MAX_CONNECTIONS,
    timeoutMs = DEFAULT_TIMEOUT_MS,
    tls,
    onConfigured,
    onError,
    clock = systemClock,
  } = options;
  checkMethods(what, "acceptor", acceptor, ["listen"]);
  checkFunction(what, "verify", verify);
  if (!isPlainObject(classes)) refuse(what, "classes", "an object", classes);
  if (folder !== undefined) checkString(what, "folder", folder);
  checkInteger(what, "maxBytes", maxBytes, 1, MOST_BYTES);
  checkInteger(what, "maxConnections", maxConnections, 1, MOST_CONNECTIONS);
  checkInteger(what, "timeoutMs", timeoutMs, 1, MAX_TIMEOUT_MS);
  checkFunction(what, "onConfigured", onConfigured);
  checkFunction(what, "onError", onError);
  checkMethods(what, "clock", clock, ["now", "setTimeout", "clearTimeout"]);
  const listenAt = checkStreamTarget(what, host, port, 0, tls);
  if (tls !== undefined) {
    if (tls.cert === undefined) refuse(what, "tls.cert", "a PEM certificate", tls.cert);
    if (tls.key === undefined) refuse(what, "tls.key", "a PEM private key", tls.key);
  }
  if (verify === undefined && listenAt.transport === "tcp" && !isLoopbackHost(host)) {
    refuse(what, "verify", `a function, as ${host} is not loopback`, verify);
  }
  return {
    ...{ acceptor, verify, classes, folder, maxBytes, maxConnections, timeoutMs },
    ...{ onConfigured, onError, clock, listenAt },
  };
}
