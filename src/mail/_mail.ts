/**
 * A mail as it waits in the queue, and what it is sent with.
 *
 * @module
 */

/** A mailbox: where a mail comes from or goes to. */
export interface MailAddress {
  /** The name beside the address; may be empty. */
  name: string;
  /** The address itself, such as `"ops@example.com"`. */
  address: string;
}

/** A mail; the names are those of nodemailer's `sendMail()`. */
export interface Mail {
  /** Where it comes from. */
  from: MailAddress;
  /** Where it goes to, each a recipient. */
  to: MailAddress[];
  /** One line of any characters. */
  subject: string;
  /** The body; ends with a newline. */
  text: string;
  /** When it was written, as the header says it. */
  date: string;
  /** The same each time it is sent, so that a mail that arrives twice can be recognised. */
  messageId: string;
  /** Aborted when the outcome is no longer awaited. */
  signal: AbortSignal;
}

/** What sends mails: a transport of nodemailer's `createTransport()`, or one of your own. */
export interface MailTransport {
  /**
   * Sends one mail; resolves, with anything, once it was taken for at least one recipient. If the result
   * has `rejected`, as nodemailer's has, these recipients are reported as refused, with the errors in
   * `rejectedErrors`. Rejects otherwise; the mail is given up for good if the error's `code` is `"EENVELOPE"` or `"EMESSAGE"` and its `responseCode`, if
   * there is one, is 500 or more.
   */
  sendMail(mail: Mail): Promise<unknown>;
}

/** What of a mail is the record's: the rest is the same for all. */
export type QueuedMail = Pick<Mail, "subject" | "text" | "date" | "messageId">;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A mail as the queue holds it. */
export function encodeMail({ subject, text, date, messageId }: QueuedMail): Uint8Array {
  return encoder.encode(JSON.stringify([subject, text, date, messageId]));
}

/** What {@linkcode encodeMail} wrote. */
export function decodeMail(bytes: Uint8Array): QueuedMail {
  const [subject, text, date, messageId] = JSON.parse(decoder.decode(bytes));
  return { subject, text, date, messageId };
}

/** The line breaks of Python's `splitlines()`, which no header of a mail may hold. */
// deno-lint-ignore no-control-regex -- Python breaks lines at some control characters
const LINE_BREAKS = /[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+/;

/**
 * A subject on one line: a space stands for each line break. So no text of a record becomes a header of
 * its own.
 */
export function foldSubject(subject: string): string {
  if (!LINE_BREAKS.test(subject)) return subject;
  const lines = subject.split(LINE_BREAKS).map((line) => line.trim());
  return lines.filter((line) => line !== "").join(" ");
}

/** A recipient that the server refuses, while it takes the mail for others. */
export interface RefusedRecipient {
  /** The address. */
  readonly address: string;
  /** The answer of the server, such as `"550 no such user"`; empty if the transport has none. */
  readonly answer: string;
}

/** The recipients that were refused, by the result of `sendMail()`; none where it says nothing. */
export function refusedRecipients(result: unknown): RefusedRecipient[] {
  const { rejected, rejectedErrors } = Object(result) as Record<string, unknown>;
  if (!Array.isArray(rejected)) return [];
  const errors: unknown[] = Array.isArray(rejectedErrors) ? rejectedErrors : [];
  return rejected.map((recipient: unknown, at) => {
    const address = typeof recipient === "string" ? recipient : Object(recipient).address;
    const { response, message } = Object(errors[at]) as Record<string, unknown>;
    return { address: String(address), answer: String(response ?? message ?? "") };
  });
}

/** A body as CPython's `EmailMessage.set_content()` makes it: every line ended, all alike. */
export function bodyOf(text: string): string {
  const lines = text.replace(/\r\n?/g, "\n");
  return lines.endsWith("\n") ? lines : `${lines}\n`;
}
