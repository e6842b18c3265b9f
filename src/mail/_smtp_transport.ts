/**
 * Mail over SMTP as CPython's `smtplib` sends it, on nodemailer: a connection a mail, STARTTLS where
 * it is asked for, AUTH with the best that the server offers, QUIT at the end.
 *
 * @module
 */
import MailComposer from "nodemailer/lib/mail-composer";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { showAddress } from "../net/address.ts";
import { demandAddress } from "../net/address_permission.ts";
import { demandPermissions, isPermitted } from "../net/deno_permission.ts";
import type { Mail, MailTransport } from "./_mail.ts";
import { mailError } from "./_mail_error.ts";

/** Where the server is and how to talk to it; every value has been checked. */
export interface SmtpServer {
  host: string;
  port: number;
  credentials: readonly [user: string, password: string] | null;
  /** When TLS begins: with the connection, once the server was greeted, or never. */
  encryption: "implicit" | "starttls" | "none";
  tls: { ca?: string[]; cert?: string; key?: string; servername?: string };
  checkCertificate: boolean;
  timeoutMs: number;
}

/** The order of `smtplib`: the first of these that the server offers is used. */
const MECHANISMS = ["CRAM-MD5", "PLAIN", "LOGIN"];

const ignore = () => {};

/** Sends mails to one server. */
export class SmtpTransport implements MailTransport {
  /** Settles when the connection of the last mail is closed; never rejects. */
  ended: Promise<void> = Promise.resolve();
  readonly #server: SmtpServer;

  constructor(server: SmtpServer) {
    this.#server = server;
  }

  /**
   * Resolves once the server has the mail for at least one of its recipients, with nodemailer's report,
   * which names the others.
   */
  async sendMail({ signal, text, ...mail }: Mail): Promise<unknown> {
    // As lines end on the wire: what SIZE says is the size.
    const lines = text.replaceAll("\n", "\r\n");
    const message = new MailComposer({ ...mail, text: lines }).compile();
    const bytes = await message.build();
    signal.throwIfAborted();
    this.#demandPermissions();
    const connection = this.#open();
    const over = new Promise<never>((_, reject) => {
      connection.once("error", reject);
      connection.once("end", () => reject(new Error("the server closed the connection")));
      signal.addEventListener("abort", () => reject(signal.reason));
    });
    over.catch(ignore);
    let report: unknown;
    try {
      await Promise.race([over, done((callback) => connection.connect(callback))]);
      await Promise.race([over, this.#login(connection)]);
      const envelope = { ...message.getEnvelope(), size: bytes.length };
      const sent = done((callback) => connection.send(envelope, bytes, callback));
      report = await Promise.race([over, sent]);
    } catch (error) {
      connection.close();
      throw mailError(error, this.#server);
    }
    connection.quit();
    return report;
  }

  /** nodemailer asks the name servers itself, and for the network interfaces before that. */
  #demandPermissions(): void {
    const { host, port } = this.#server;
    const address = { transport: "tcp", hostname: host, port } as const;
    const doing = `Cannot send a mail through ${showAddress(address)}`;
    try {
      if (/^[\d.]+$|:/.test(host)) return demandAddress(address, doing);
      demandPermissions(doing, { name: "net" }, { name: "sys", kind: "networkInterfaces" });
    } catch (error) {
      // As every other failure of a mail, which goes to `handleError()`.
      throw Object.assign(new Error((error as Error).message), { code: "EACCES" });
    }
  }

  #open(): SMTPConnection {
    const { host, port, encryption, tls, checkCertificate, timeoutMs } = this.#server;
    const connection = new SMTPConnection({
      host,
      port,
      // Its own name for a machine that has no full name; Deno would prompt for the machine's.
      ...(isPermitted({ name: "sys", kind: "hostname" }) ? {} : { name: "[127.0.0.1]" }),
      secure: encryption === "implicit",
      requireTLS: encryption === "starttls",
      ignoreTLS: encryption === "none",
      tls: { ...tls, rejectUnauthorized: checkCertificate },
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
      // It has said QUIT, or there is nothing to wait for.
      socketCloseTimeout: 0,
    });
    // An error after the mail was taken changes nothing any more.
    connection.on("error", ignore);
    this.ended = new Promise((resolve) => connection.once("end", resolve));
    return connection;
  }

  async #login(connection: SMTPConnection): Promise<void> {
    const { credentials } = this.#server;
    if (credentials === null) return;
    const offered = offeredIn(connection.lastServerResponse || "");
    const method = MECHANISMS.find((mechanism) => offered.includes(mechanism));
    // nodemailer would try PLAIN all the same.
    if (method === undefined) throw new Error("the server offers no AUTH that is known here");
    const [user, pass] = credentials;
    await done((callback) => connection.login({ user, pass, method }, callback));
  }
}

/** The mechanisms in a server's answer to EHLO (RFC 4954, and with the `=` of older servers). */
function offeredIn(answer: string): string[] {
  const lines = answer.matchAll(/^250[ -]AUTH[ =](.*)$/gim);
  return [...lines].flatMap(([, names]) => names!.toUpperCase().trim().split(/\s+/));
}

/** A call that ends with a callback, as a promise of its result. */
function done(
  begin: (callback: (error?: Error | null, result?: unknown) => void) => void,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    begin((error, result) => error ? reject(error) : resolve(result));
  });
}
