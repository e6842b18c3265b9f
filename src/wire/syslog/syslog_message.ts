/**
 * Syslog messages as bytes, in the formats of RFC 3164 and RFC 5424. Fields of the options are
 * checked once; fields of a message are checked in each message, and a bad value is an error of
 * that message alone.
 *
 * Pure: the time and the conversion to local time are parameters. The caller adds a framing.
 *
 * @module
 */
import type { StructTime } from "../../text/struct_time.ts";
import { checkInteger, refuse } from "../../logging/validate.ts";
import { checkStructuredDataId, structuredData } from "./_structured_data.ts";
import { MAX_PRI } from "./syslog_codes.ts";
import {
  checkField,
  type HeaderField,
  type HeaderRules,
  RFC3164_FIELDS,
  RFC5424_FIELDS,
} from "./syslog_fields.ts";
import { LocalTimestamps, UtcTimestamps } from "./_syslog_time.ts";
import { encodeStrict, truncateUtf8 } from "../../text/strict_utf8.ts";

/** The action that fails if a field of a message is bad. */
const SEND = "send a syslog message";

const NILVALUE = "-";
const BOM = "\ufeff";

/** The fields that all messages of a formatter have in common. */
export interface MessageOptions {
  /** HOSTNAME; null for none (`-` in RFC 5424). */
  readonly hostname: string | null;
  /** APP-NAME, or TAG; null for none (in RFC 3164 each message must then have its own). */
  readonly appName: string | null;
  /** PROCID; null for none. */
  readonly procid: string | null;
  /** The most bytes of a message, to which it is cut; `Infinity` for no limit. */
  readonly maxBytes: number;
}

/** Options of {@linkcode Rfc3164Formatter}. */
export interface Rfc3164Options extends MessageOptions {
  /** Returns the fields of a time in seconds since the epoch, in local time. */
  readonly localtime: (seconds: number) => StructTime;
}

/** Options of {@linkcode Rfc5424Formatter}. */
export interface Rfc5424Options extends MessageOptions {
  /** MSGID; null for none. */
  readonly msgid: string | null;
  /** The SD-ID of the structured data; null for messages without structured data. */
  readonly structuredDataId: string | null;
  /** If true, the text begins with a byte order mark. */
  readonly bom: boolean;
}

/** The fields of one message; an absent field is that of the options. */
export interface MessageFields {
  /** APP-NAME, or TAG. */
  readonly appName?: string | null;
  /** PROCID. */
  readonly procid?: string | null;
  /** MSGID; RFC 3164 has none. */
  readonly msgid?: string | null;
  /** The parameters of its structured data; RFC 3164 has none. */
  readonly data?: Readonly<Record<string, unknown>> | null;
}

/** Writes messages of one format. */
export interface MessageFormatter {
  /** The number of messages that were longer than `maxBytes`, and so were cut. */
  readonly truncated: number;
  /**
   * Returns the bytes of a message. They are valid until the next message of any formatter: copy
   * them (a framing does) before other code runs.
   *
   * @param pri facility and severity, 0 to 191
   * @param created its time, in seconds since the epoch
   * @throws {TypeError | RangeError} for a value that the format cannot hold
   */
  format(pri: number, created: number, text: string, fields?: MessageFields): Uint8Array;
  /** As {@linkcode format}, the message before it is encoded and, if it is too long, cut. */
  compose(pri: number, created: number, text: string, fields?: MessageFields): string;
}

type Message = Parameters<MessageFormatter["format"]>;

const NO_FIELDS: MessageFields = {};

/** The base of both formats: the fields of the header that seldom change, and the encoding. */
abstract class HeaderFormatter implements MessageFormatter {
  /** See {@linkcode MessageFormatter}. */
  truncated = 0;
  readonly #rules: HeaderRules;
  readonly #options: MessageOptions & { readonly msgid?: string | null };
  /** The fields of the last message, and the part of its header that is made of them. */
  #appName: string | null | undefined;
  #procid: string | null | undefined;
  #msgid: string | null | undefined;
  #part = "";

  constructor(
    what: string,
    rules: HeaderRules,
    options: MessageOptions & { readonly msgid?: string | null },
  ) {
    this.#rules = rules;
    this.#options = options;
    for (const name of ["hostname", "appName", "procid", "msgid"] as const) {
      checkField(what, rules, name, options[name] ?? null);
    }
  }

  /** Returns the part of the header that is made of these. */
  protected abstract join(
    hostname: string | null,
    appName: string | null,
    procid: string | null,
    msgid: string | null,
  ): string;

  /** Returns the header of a message without PRI and time. */
  protected part(fields: MessageFields): string {
    const options = this.#options;
    const { appName = options.appName, procid = options.procid, msgid = options.msgid } = fields;
    if (appName !== this.#appName || procid !== this.#procid || msgid !== this.#msgid) {
      const check = (name: HeaderField, value: string | null = null) =>
        checkField(SEND, this.#rules, name, value);
      this.#part = this.join(
        options.hostname,
        check("appName", appName),
        check("procid", procid),
        check("msgid", msgid),
      );
      this.#appName = appName;
      this.#procid = procid;
      this.#msgid = msgid;
    }
    return this.#part;
  }

  /** See {@linkcode MessageFormatter}. */
  abstract compose(pri: number, created: number, text: string, fields?: MessageFields): string;

  /** See {@linkcode MessageFormatter}. */
  format(...message: Message): Uint8Array {
    const { maxBytes } = this.#options;
    const bytes = encodeStrict(this.compose(...message));
    if (bytes.length <= maxBytes) return bytes;
    this.truncated++;
    return truncateUtf8(encodeStrict(this.shorten(maxBytes, ...message)), maxBytes);
  }

  /** Cuts a message that is too long. */
  protected shorten(_maxBytes: number, ...message: Message): string {
    return this.compose(...message);
  }
}

/**
 * Writes `<PRI>Mmm dd hh:mm:ss HOSTNAME TAG[PROCID]: MSG`, after RFC 3164 section 4.1; without a
 * host name, which the local sockets of syslog daemons do not expect.
 */
export class Rfc3164Formatter extends HeaderFormatter {
  readonly #timestamps: LocalTimestamps;

  /**
   * `what` is the action that fails if an option is bad.
   *
   * @throws {TypeError} for a value that the header cannot hold
   */
  constructor(what: string, options: Rfc3164Options) {
    super(what, RFC3164_FIELDS, options);
    this.#timestamps = new LocalTimestamps(options.localtime);
  }

  /** See {@linkcode MessageFormatter}. */
  override compose(
    pri: number,
    created: number,
    text: string,
    fields: MessageFields = NO_FIELDS,
  ): string {
    const part = this.part(fields);
    return `<${checkPri(pri)}>${this.#timestamps.format(created)} ${part}${text}`;
  }

  protected override join(
    hostname: string | null,
    appName: string | null,
    procid: string | null,
  ): string {
    const tag = appName ?? refuse(SEND, "appName", RFC3164_FIELDS.appName!.expected, appName);
    return `${hostname === null ? "" : `${hostname} `}${tag}${
      procid === null ? "" : `[${procid}]`
    }: `;
  }
}

/**
 * Writes `<PRI>1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG`, after RFC 5424
 * section 6, in UTC and with microseconds.
 */
export class Rfc5424Formatter extends HeaderFormatter {
  readonly #id: string | null;
  readonly #beforeText: string;
  readonly #timestamps: UtcTimestamps = new UtcTimestamps();

  /**
   * `what` is the action that fails if an option is bad.
   *
   * @throws {TypeError} for a value that the header cannot hold
   */
  constructor(what: string, options: Rfc5424Options) {
    super(what, RFC5424_FIELDS, options);
    const { structuredDataId, bom } = options;
    this.#id = structuredDataId === null
      ? null
      : checkStructuredDataId(what, "structuredDataId", structuredDataId);
    this.#beforeText = bom ? ` ${BOM}` : " ";
  }

  /** See {@linkcode MessageFormatter}. */
  override compose(
    pri: number,
    created: number,
    text: string,
    fields: MessageFields = NO_FIELDS,
  ): string {
    return this.#head(pri, created, fields) + this.#data(fields.data) + this.#beforeText + text;
  }

  /** Leaves out structured data that does not fit, as a part of it could not be read. */
  protected override shorten(maxBytes: number, ...message: Message): string {
    const [pri, created, text, fields = NO_FIELDS] = message;
    const head = this.#head(pri, created, fields);
    const size = encodeStrict(head + this.#data(fields.data)).length;
    return size <= maxBytes ? this.compose(...message) : head + NILVALUE + this.#beforeText + text;
  }

  #head(pri: number, created: number, fields: MessageFields): string {
    const part = this.part(fields);
    return `<${checkPri(pri)}>1 ${this.#timestamps.format(created)} ${part}`;
  }

  #data(params: Readonly<Record<string, unknown>> | null | undefined): string {
    if (this.#id === null || params === null || params === undefined) return NILVALUE;
    for (const _name in params) return structuredData(this.#id, params);
    return NILVALUE;
  }

  protected override join(...fields: (string | null)[]): string {
    return fields.map((field) => `${field ?? NILVALUE} `).join("");
  }
}

function checkPri(pri: number): number {
  return checkInteger(SEND, "pri", pri, 0, MAX_PRI);
}
