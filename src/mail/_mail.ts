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
   * Sends one mail; resolves, with anything, once it was taken. Rejects otherwise; the mail is given
   * up for good if the error's `code` is `"EENVELOPE"` or `"EMESSAGE"` and its `responseCode`, if
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

/** A body as CPython's `EmailMessage.set_content()` makes it: every line ended, all alike. */
export function bodyOf(text: string): string {
  const lines = text.replace(/\r\n?/g, "\n");
  return lines.endsWith("\n") ? lines : `${lines}\n`;
}
