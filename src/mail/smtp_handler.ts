/**
 * `./smtp-handler`: `SMTPHandler` sends a mail for each record, as CPython's
 * `logging.handlers.SMTPHandler` does. It uses the npm package nodemailer.
 *
 * Choose it for the few records that a person must read soon: set its level to `ERROR` or
 * `CRITICAL`. For the log itself choose another handler.
 *
 * ## Options
 *
 * - `fromaddr`, `toaddrs` and `subject` (required). Override `getSubject(record)` for a subject
 *   that depends on the record. A subject of several lines becomes one line.
 * - `credentials`: a user name and a password. `secure`: STARTTLS, with `true` or PEM settings; as
 *   in CPython only together with `credentials`. `implicitTls`: TLS from the first byte, as on
 *   port 465. Without `credentials` and `implicitTls` mails travel in clear text.
 * - `timeout` (5 seconds) is Python's: the longest wait for the connection and for each answer.
 * - `maxMailsPerMinute` (60) and `maxQueuedRecords` (100) protect the reader's mailbox.
 * - `whileDisconnected` is `"queue"` by default here. `maxQueuedBytes`, `overflow`,
 *   `closeTimeoutMs` (5,000 ms) and `onEvent` are those of `./socket-handler`.
 * - `transport`: a transport of nodemailer, or anything with `sendMail()`, instead of SMTP.
 * - `exitNotifier`: import it from `./deno`, `./bun`, `./node` or `./auto`, see below.
 *
 * ## When the server is away
 *
 * Mails wait in a bounded queue. The handler sends one at a time, each on a connection of its own.
 * A mail that the server puts off (an answer of 4xx), or that cannot reach it, is sent again after
 * 1, 2, 4 … 300 seconds; in `"drop"` mode it is dropped, as in CPython. Ten thousand errors become
 * a hundred mails, sixty a minute, and one line on stderr with the number of the others.
 *
 * `sent` counts the mails that the server has taken for at least one recipient. A recipient that it
 * refuses meanwhile is the event `recipients-refused` with the server's answer, or without an `onEvent`
 * a line on stderr: at the first such mail, and again once it has got one. `refusedRecipients` counts
 * the mails that each of them did not get. CPython says nothing of them. If a connection
 * breaks at the wrong moment, a mail that the server has already taken is sent again.
 *
 * ## When the program ends
 *
 * No mail can be sent while the process exits: await `handler.flush()` or `handler.close()` at the
 * end. With an `exitNotifier`, a program that returns waits up to `closeTimeoutMs` until the queue
 * is sent; after `process.exit()` and an uncaught error the queued mails are counted as lost and
 * reported in one line on stderr. Without it nothing is reported, which the handler says once on
 * stderr.
 *
 * ## Errors
 *
 * - The constructor throws a `TypeError` or `RangeError` for a bad value and for an unknown
 *   option.
 * - Every failure goes to `handleError()`. A mail that the server refuses (5xx) counts as
 *   `stats.dropped.error`, one that is too large as `stats.dropped.tooLarge`.
 * - The server's certificate is checked; `secure: { checkCertificate: false }` accepts any
 *   certificate, as CPython does.
 *
 * Differs from CPython: logging does not wait; mails are queued, limited and sent again; a subject of
 * several lines is folded, where CPython loses the mail; refused recipients are reported;
 * certificates are checked; a mail has a `Message-ID`; of the ways to authenticate only the best
 * that the server offers is tried; `close()` is final; a lone surrogate is sent as U+FFFD.
 *
 * Runs on Bun, Node and Deno, which needs `--allow-net=host:port` for an IP address; for a host name
 * `--allow-net` and `--allow-sys=networkInterfaces`, as nodemailer asks the name servers itself.
 *
 * @example Mail errors to the operators
 * ```ts
 * import { getLogger } from "jsr:@logwire/logging";
 * import { exitNotifier } from "jsr:@logwire/logging/auto"; // or /deno, /bun, /node
 * import { SMTPHandler } from "jsr:@logwire/logging/smtp-handler";
 *
 * await using handler = new SMTPHandler(["mail.example", 587], {
 *   fromaddr: "My App <app@mail.example>",
 *   toaddrs: ["ops@mail.example", "dev@mail.example"],
 *   subject: "It went wrong",
 *   credentials: ["app", "secret"],
 *   secure: true,
 *   exitNotifier,
 *   // For this example alone: mails that go nowhere. Without it: SMTP to the host above.
 *   transport: { sendMail: ({ text }) => Promise.resolve(console.assert(text === "no quartz\n")) },
 * });
 * handler.setLevel("ERROR");
 * getLogger("myapp").addHandler(handler);
 * getLogger("myapp").error("no %s", "quartz");
 * await handler.flush();
 * console.assert(handler.stats.sent === 1);
 * ```
 *
 * @module
 */
import { classFactory } from "../logging/class_factory.ts";
import { refuse } from "../logging/validate.ts";
import type { BatchWriter } from "../delivery/batch_writer.ts";
import type { DeliveryOptions } from "../delivery/delivery_options.ts";
import { NetworkHandler } from "../delivery/network_handler.ts";
import { atOnce } from "../logging/callback.ts";
import { tellFault } from "../logging/handler.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { emptyRecord } from "../logging/log_record_factory.ts";
import type { TlsOptions } from "../net/connector.ts";
import { strftime } from "../text/strftime.ts";
import { localtime } from "../text/struct_time.ts";
import {
  bodyOf,
  encodeMail,
  foldSubject,
  type Mail,
  type MailAddress,
  type MailTransport,
} from "./_mail.ts";
import { type MailRoute, MailWriter } from "./_mail_writer.ts";
import { RecipientRefusals } from "./_recipient_refusals.ts";
import { checkSmtpOptions, type SMTPHandlerOptions, type SMTPTlsOptions } from "./_smtp_options.ts";

export type {
  DeliveryOptions,
  Mail,
  MailAddress,
  MailTransport,
  SMTPHandlerOptions,
  SMTPTlsOptions,
  TlsOptions,
};

/** As RFC 5322 writes dates. */
const DATE_FORMAT = "%a, %d %b %Y %H:%M:%S %z";

/**
 * The longest wait between attempts, in seconds: a mail server shuts out whom it sees fail too
 * often.
 */
const RETRY_MAX_SECONDS = 300;

/** Mails records; see the module's description. */
export class SMTPHandler extends NetworkHandler {
  /** The host name or IP address of the mail server. */
  readonly mailhost: string;
  /** Its port. */
  readonly mailport: number;
  /** The sender. */
  readonly fromaddr: string;
  /** The recipients. */
  readonly toaddrs: readonly string[];
  /** The result of `getSubject()`. */
  subject: string;
  /** The user name, if there are credentials. */
  readonly username: string | null;
  /** The longest wait for an answer, in seconds. */
  readonly timeout: number;
  readonly #domain: string;
  readonly #route: MailRoute;
  readonly #refusals: RecipientRefusals;

  /**
   * Opens nothing: the first record does.
   *
   * @param mailhost a host name or IP address, or that and a port: else it is 25
   * @throws {TypeError | RangeError} when a value is bad or an option unknown
   */
  constructor(
    mailhost: string | readonly [host: string, port: number],
    options: SMTPHandlerOptions,
  ) {
    const checked = checkSmtpOptions("create SMTPHandler", mailhost, options);
    const { mailport, route, exitNotifier } = checked;
    const name = `SMTPHandler ${checked.mailhost}:${mailport}`;
    super(name, checked.delivery, {
      exitNotifier,
      batch: { records: 1, bytes: 98304 },
    });
    this.mailhost = checked.mailhost;
    this.mailport = mailport;
    this.fromaddr = options.fromaddr;
    this.toaddrs = checked.toaddrs;
    this.subject = options.subject;
    this.username = options.credentials?.[0] ?? null;
    this.timeout = checked.timeout;
    this.#domain = checked.domain;
    this.#route = route;
    this.#refusals = new RecipientRefusals(
      name,
      options.onEvent,
      (error) => tellFault(this, emptyRecord(), error),
    );
    this.retryMax = RETRY_MAX_SECONDS;
  }

  /**
   * How many mails each recipient did not get that the server took for others; recipients that got them
   * all are not in it.
   */
  get refusedRecipients(): ReadonlyMap<string, number> {
    return this.#refusals.counts;
  }

  /** The subject of the mail for this record: `subject`, unless it is overridden. */
  getSubject(_record: LogRecord): string {
    return this.subject;
  }

  /** The mail of a record, as the queue holds it. */
  protected override encode(record: LogRecord): Uint8Array {
    const subject = atOnce(this.getSubject(record), "getSubject()");
    if (typeof subject !== "string") throw new TypeError("the subject of a mail must be a string");
    return encodeMail({
      subject: foldSubject(subject),
      text: bodyOf(atOnce(this.format(record), "format()")),
      date: strftime(DATE_FORMAT, localtime(this.#route.clock.now())),
      messageId: `<${crypto.randomUUID()}@${this.#domain}>`,
    });
  }

  /** Opens nothing: each mail has a connection of its own. */
  protected override openWriter(): Promise<BatchWriter> {
    return Promise.resolve(new MailWriter(this.#route, (refused) => this.#refusals.add(refused)));
  }
}

/** The table that makes the mail handler of a dictionary, under Python's name. */
export type MailHandlerClasses = Readonly<
  Record<string, (keywords: Readonly<Record<string, unknown>>) => SMTPHandler>
>;

/**
 * The table of `logging.handlers.SMTPHandler`. Python's empty `secure` is STARTTLS; files of a key
 * and a certificate are not read here: `secure` takes their PEM text.
 *
 * @example
 * ```ts
 * import { shutdown } from "jsr:@logwire/logging";
 * import { dictConfig } from "jsr:@logwire/logging/config";
 * import { mailHandlerClasses } from "jsr:@logwire/logging/smtp-handler";
 *
 * dictConfig({
 *   version: 1,
 *   handlers: {
 *     mail: {
 *       class: "logging.handlers.SMTPHandler",
 *       level: "CRITICAL",
 *       mailhost: ["mail.example", 587],
 *       fromaddr: "app@mail.example",
 *       toaddrs: ["ops@mail.example"],
 *       subject: "It went wrong",
 *       credentials: ["app", "secret"],
 *       secure: [],
 *     },
 *   },
 *   root: { handlers: ["mail"] },
 * }, { classes: mailHandlerClasses });
 * await shutdown();
 * ```
 */
export const mailHandlerClasses: MailHandlerClasses = {
  "logging.handlers.SMTPHandler": classFactory(
    SMTPHandler,
    (Own, { mailhost, secure = null, ...own }) =>
      new Own(mailhost, { ...own, secure: tls(secure) }),
  ),
};

function tls(secure: unknown): unknown {
  if (!Array.isArray(secure)) return secure;
  if (secure.length === 0) return true;
  return refuse("create SMTPHandler", "secure", "[], true or an object of PEM text", secure);
}
