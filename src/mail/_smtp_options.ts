/**
 * The options of `SMTPHandler`, their defaults and their checks.
 *
 * @module
 */
import addressparser from "nodemailer/lib/addressparser";
import {
  checkBoolean,
  checkHost,
  checkInteger,
  checkKnown,
  checkLimit,
  checkMethods,
  checkNumber,
  checkString,
  checkTlsOptions,
  refuse,
} from "../logging/validate.ts";
import {
  checkDeliveryOptions,
  checkExitNotifier,
  type DeliveryOptions,
  QUEUE_OPTIONS,
} from "../delivery/delivery_options.ts";
import type { ExitNotifier, TlsOptions } from "../net/connector.ts";
import type { MailAddress, MailTransport } from "./_mail.ts";
import type { MailRoute } from "./_mail_writer.ts";
import { RateLimit } from "./_rate_limit.ts";
import { type SmtpServer, SmtpTransport } from "./_smtp_transport.ts";

/** How the server's certificate is checked, and the client's own. */
export interface SMTPTlsOptions extends TlsOptions {
  /**
   * Whether to refuse a server whose certificate is not valid for it. CPython never looks; whoever
   * stands in between then reads the password. @default {true}
   */
  checkCertificate?: boolean;
}

/** Options of {@linkcode SMTPHandler}. */
export interface SMTPHandlerOptions extends
  Omit<
    DeliveryOptions,
    "connectTimeoutMs" | "writeTimeoutMs" | "exitTimeoutMs" | "batchMs"
  > {
  /** The sender, such as `"app@example.com"` or `"My App <app@example.com>"`. */
  fromaddr: string;
  /** The recipients, one or more. */
  toaddrs: string | readonly string[];
  /** The subject of every mail; override `getSubject()` for one that depends on the record. */
  subject: string;
  /** A user name and a password. @default none */
  credentials?: readonly [user: string, password: string] | null;
  /**
   * Use STARTTLS, and with what: `true` for the runtime's own authorities. As in CPython only where
   * there are `credentials`: without them mails go in clear text, unless `implicitTls` is set.
   * @default no TLS
   */
  secure?: SMTPTlsOptions | true | null;
  /** TLS from the first byte on, as on port 465, with the settings of `secure`. @default {false} */
  implicitTls?: boolean;
  /**
   * The longest wait for the connection to be set up and, after that, for each answer, in seconds,
   * from 0.001 to 3600. @default {5}
   */
  timeout?: number;
  /**
   * The most mails begun within any minute, from 1; `Infinity` for no limit. What is more waits in
   * the queue. @default {60}
   */
  maxMailsPerMinute?: number;
  /**
   * The most mails queued, in flight included, from 1: whoever reads them has enough with these.
   * @default {100}
   */
  maxQueuedRecords?: number;
  /**
   * What becomes of mails while the server cannot be reached or says "later": kept and tried again,
   * as mail servers expect, or dropped as in CPython. @default {"queue"}
   */
  whileDisconnected?: "drop" | "queue";
  /**
   * What sends the mails instead of SMTP to `mailhost`: a transport of nodemailer's, say.
   * @default one connection a mail, as CPython
   */
  transport?: MailTransport;
  /**
   * Reports the end of the process: the `exitNotifier` of `./deno`, `./bun`, `./node` or `./auto`.
   * The handler is then flushed when the event loop is empty, and the mails that are lost at the end
   * are counted and reported on stderr. `{}`: none. @default none, which a line on stderr says once
   */
  exitNotifier?: ExitNotifier;
}

const SMTP_OPTIONS: readonly string[] = [
  ...["fromaddr", "toaddrs", "subject", "credentials", "secure", "implicitTls", "timeout"],
  ...["maxMailsPerMinute", "transport", "exitNotifier"],
  ...QUEUE_OPTIONS,
];

/** `smtplib.SMTP_PORT`. */
const SMTP_PORT = 25;

/** Waits of one mail beside those for its recipients: from the look-up of the name to the last dot. */
const WAITS = 12;

/** {@linkcode SMTPHandlerOptions} with every default filled in and every value checked. */
export interface CheckedSmtpOptions {
  mailhost: string;
  mailport: number;
  toaddrs: readonly string[];
  timeout: number;
  route: MailRoute;
  /** The right side of what mails are called by. */
  domain: string;
  delivery: DeliveryOptions;
  exitNotifier: ExitNotifier;
}

/** Fills in the defaults and checks every value; `what` begins the message of the error. */
export function checkSmtpOptions(
  what: string,
  mailhost: string | readonly [host: string, port: number],
  options: SMTPHandlerOptions,
): CheckedSmtpOptions {
  checkKnown(what, options, SMTP_OPTIONS);
  const { subject, timeout = 5, maxMailsPerMinute = 60 } = options;
  const delivery: DeliveryOptions = {
    whileDisconnected: "queue",
    maxQueuedRecords: 100,
    ...options,
  };
  const { clock } = checkDeliveryOptions(what, delivery);
  checkString(what, "subject", subject, true);
  checkNumber(what, "timeout", timeout, 0.001, 3600);
  checkLimit(what, "maxMailsPerMinute", maxMailsPerMinute, 1);
  const exitNotifier = checkExitNotifier(what, options.exitNotifier);
  const server = checkServer(what, mailhost, timeout, options);
  const [from, ...more] = checkAddresses(what, "fromaddr", options.fromaddr);
  if (from === undefined || more.length > 0) {
    refuse(what, "fromaddr", "one address", options.fromaddr);
  }
  const toaddrs = typeof options.toaddrs === "string" ? [options.toaddrs] : options.toaddrs;
  if (!Array.isArray(toaddrs) || toaddrs.length === 0) {
    refuse(what, "toaddrs", "an address or an array of them", toaddrs);
  }
  const to = toaddrs.flatMap((text) => checkAddresses(what, "toaddrs", text));
  const { transport } = options;
  if (transport !== undefined) checkMethods(what, "transport", transport, ["sendMail"]);
  return {
    mailhost: server.host,
    mailport: server.port,
    toaddrs: [...toaddrs],
    timeout,
    route: {
      from,
      to,
      transport: transport === undefined
        ? new SmtpTransport(server)
        : { sendMail: (mail) => transport.sendMail(mail) },
      limit: new RateLimit(maxMailsPerMinute),
      totalMs: Math.ceil(timeout * 1000) * (WAITS + to.length),
      clock,
    },
    domain: from.address.split("@")[1] ?? server.host,
    delivery,
    exitNotifier,
  };
}

function checkServer(
  what: string,
  mailhost: unknown,
  timeout: number,
  { credentials = null, secure = null, implicitTls = false }: SMTPHandlerOptions,
): SmtpServer {
  const parts: readonly unknown[] = Array.isArray(mailhost) ? mailhost : [mailhost, SMTP_PORT];
  if (parts.length !== 2) refuse(what, "mailhost", "a host name or [host, port]", mailhost);
  const host = checkHost(what, "mailhost", parts[0]);
  const port = checkInteger(what, "port", parts[1], 1, 65535);
  if (credentials !== null) checkCredentials(what, credentials);
  checkBoolean(what, "implicitTls", implicitTls);
  const { checkCertificate = true, serverName, ...tls } = checkSecure(what, secure);
  checkBoolean(what, "secure.checkCertificate", checkCertificate);
  const starttls = secure !== null && credentials !== null;
  return {
    host,
    port,
    credentials,
    encryption: implicitTls ? "implicit" : starttls ? "starttls" : "none",
    tls: serverName === undefined ? tls : { ...tls, servername: serverName },
    checkCertificate,
    timeoutMs: Math.ceil(timeout * 1000),
  };
}

function checkCredentials(what: string, credentials: unknown): void {
  if (
    !Array.isArray(credentials) || credentials.length !== 2 ||
    credentials.some((part) => typeof part !== "string" || part === "")
  ) refuse(what, "credentials", "a user name and a password", typeof credentials);
}

function checkSecure(what: string, secure: unknown): SMTPTlsOptions {
  if (secure === null || secure === true) return {};
  if (typeof secure !== "object") refuse(what, "secure", "true or an object", secure);
  const { checkCertificate, ...tls } = secure as SMTPTlsOptions;
  checkTlsOptions(what, "secure", tls);
  return checkCertificate === undefined ? tls : { ...tls, checkCertificate };
}

/** The addresses in a text; a name alone is one too: that of a user on the server. */
function checkAddresses(what: string, name: string, text: unknown): MailAddress[] {
  checkString(what, name, text);
  const line = String(text);
  const found = /[\r\n]/.test(line) ? [] : addressparser(line, { flatten: true });
  const addresses = found.map(({ name, address }) =>
    address === "" ? { name: "", address: name } : { name, address }
  );
  if (addresses.length > 0 && addresses.every(({ address }) => address !== "")) return addresses;
  return refuse(what, name, "a mail address on one line", text);
}
