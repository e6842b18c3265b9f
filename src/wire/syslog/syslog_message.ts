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
import { checkStructuredDataId, type StructuredData } from "./structured_data.ts";
import { MAX_PRI } from "./syslog_codes.ts";
import {
  checkField,
  type HeaderField,
  type HeaderRules,
  RFC3164_FIELDS,
  RFC5424_FIELDS,
} from "./syslog_fields.ts";
import { LocalTimestamps, UtcTimestamp } from "./_syslog_time.ts";
import { checkWellFormed, truncateUtf8 } from "../../text/strict_utf8.ts";
import { BYTES_A_CHARACTER, encodeUtf8 } from "../../text/utf8.ts";
import type { RecordMessage } from "../record_message.ts";

/** The action that fails if a field of a message is bad. */
const SEND = "send a syslog message";

const NILVALUE = "-";
const BOM = "\ufeff";

const DASH = 0x2d;
const BRACKET = 0x5d;

/** The most bytes of `-` or `]`, a space and the byte order mark. */
const MAX_SIZE_BEHIND_DATA = 5;

/** Longer messages are encoded at once: for them one more copy hardly matters. */
const MAX_DIRECT_BYTES = 12288;

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
  readonly data?: StructuredData | null;
}

/** Writes messages of one format. */
export interface MessageFormatter {
  /** The number of messages that were longer than `maxBytes`, and so were cut. */
  readonly truncated: number;
  /**
   * Prepares a message for `write()`, and returns the most bytes that it may have. A long message is
   * encoded at once, so that the number is exact.
   *
   * @param pri facility and severity, 0 to 191
   * @param created its time, in seconds since the epoch
   * @param text its text, or the prepared message of a record, which must stay so until `write()`
   * @throws {TypeError | RangeError} for a value that the format cannot hold
   */
  prepare(
    pri: number,
    created: number,
    text: string | RecordMessage,
    fields?: MessageFields,
  ): number;
  /** Writes the prepared message at `at`, and returns its end. */
  write(out: Uint8Array, at: number): number;
}

const encoder = /* @__PURE__ */ new TextEncoder();

const NO_FIELDS: MessageFields = {};

/** The base of both formats: the fields of the header that seldom change, and the text. */
abstract class HeaderFormatter implements MessageFormatter {
  /** See {@linkcode MessageFormatter}. */
  truncated = 0;
  #text: string | RecordMessage = "";
  /** The whole message, if it is long. */
  #bytes: Uint8Array | undefined;
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

  /** Prepares all up to the text, and returns the most bytes that it may have. */
  protected abstract prepareHead(pri: number, created: number, fields: MessageFields): number;

  /** Writes all up to the text at `at`, and returns its end. */
  protected abstract writeHead(out: Uint8Array, at: number): number;

  /** Leaves out structured data that ends behind byte `maxBytes`: a part of it could not be read. */
  protected abstract shortenHead(headBytes: number, maxBytes: number): void;

  /** See {@linkcode MessageFormatter}. */
  prepare(
    pri: number,
    created: number,
    text: string | RecordMessage,
    fields: MessageFields = NO_FIELDS,
  ): number {
    const head = this.prepareHead(pri, created, fields);
    if (typeof text === "string") checkWellFormed(text);
    else if (!text.isWellFormed) checkWellFormed(text.text);
    this.#text = text;
    this.#bytes = undefined;
    const most = head + text.length * BYTES_A_CHARACTER;
    if (most <= MAX_DIRECT_BYTES && most <= this.#options.maxBytes) return most;
    this.#bytes = this.#encode(most);
    return this.#bytes.length;
  }

  /** See {@linkcode MessageFormatter}. */
  write(out: Uint8Array, at: number): number {
    const bytes = this.#bytes;
    if (bytes === undefined) {
      const text = this.#text;
      const end = this.writeHead(out, at);
      return typeof text === "string" ? encodeUtf8(text, out, end) : text.write(out, end);
    }
    this.#bytes = undefined;
    out.set(bytes, at);
    return at + bytes.length;
  }

  /** Returns the bytes of the message, cut if it is too long. */
  #encode(most: number): Uint8Array {
    const { maxBytes } = this.#options;
    const out = new Uint8Array(most);
    const end = this.write(out, 0);
    if (end <= maxBytes) return out.subarray(0, end);
    this.truncated++;
    this.shortenHead(this.writeHead(out, 0), maxBytes);
    return truncateUtf8(out.subarray(0, this.write(out, 0)), maxBytes);
  }
}

/**
 * Writes `<PRI>Mmm dd hh:mm:ss HOSTNAME TAG[PROCID]: MSG`, after RFC 3164 section 4.1; without a
 * host name, which the local sockets of syslog daemons do not expect.
 */
export class Rfc3164Formatter extends HeaderFormatter {
  readonly #timestamps: LocalTimestamps;
  #head = "";

  /**
   * `what` is the action that fails if an option is bad.
   *
   * @throws {TypeError} for a value that the header cannot hold
   */
  constructor(what: string, options: Rfc3164Options) {
    super(what, RFC3164_FIELDS, options);
    this.#timestamps = new LocalTimestamps(options.localtime);
  }

  protected override prepareHead(pri: number, created: number, fields: MessageFields): number {
    const part = this.part(fields);
    this.#head = `<${checkPri(pri)}>${this.#timestamps.format(created)} ${part}`;
    return this.#head.length * BYTES_A_CHARACTER;
  }

  protected override writeHead(out: Uint8Array, at: number): number {
    return encodeUtf8(this.#head, out, at);
  }

  protected override shortenHead(): void {}

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
  /** `[` and the SD-ID; empty for messages without structured data. */
  readonly #dataStart: string = "";
  readonly #beforeText: Uint8Array;
  /** By PRI, all up to the parameters of the last message. */
  readonly #heads: Head[] = [];
  #head: Head | undefined;
  #data: StructuredData | null = null;

  /**
   * `what` is the action that fails if an option is bad.
   *
   * @throws {TypeError} for a value that the header cannot hold
   */
  constructor(what: string, options: Rfc5424Options) {
    super(what, RFC5424_FIELDS, options);
    const { structuredDataId, bom } = options;
    if (structuredDataId !== null) {
      this.#dataStart = `[${checkStructuredDataId(what, "structuredDataId", structuredDataId)}`;
    }
    this.#beforeText = encoder.encode(bom ? ` ${BOM}` : " ");
  }

  protected override prepareHead(pri: number, created: number, fields: MessageFields): number {
    const part = this.part(fields);
    let head = this.#heads[pri];
    if (head?.part !== part) {
      this.#heads[pri] = head = new Head(checkPri(pri), part, this.#dataStart);
    }
    head.timestamp.write(created);
    this.#head = head;
    const { data = null } = fields;
    const hasData = this.#dataStart !== "" && data !== null && data.size > 0;
    this.#data = hasData ? data : null;
    return head.bytes.length + MAX_SIZE_BEHIND_DATA + (hasData ? data.mostBytes : 0);
  }

  protected override writeHead(out: Uint8Array, at: number): number {
    const { bytes, dataAt } = this.#head!;
    out.set(bytes, at);
    let end = at + dataAt;
    if (this.#data === null) {
      out[end++] = DASH;
    } else {
      end = this.#data.write(out, at + bytes.length);
      out[end++] = BRACKET;
    }
    const before = this.#beforeText;
    for (let i = 0; i < before.length; i++) out[end++] = before[i]!;
    return end;
  }

  protected override shortenHead(headBytes: number, maxBytes: number): void {
    if (headBytes - this.#beforeText.length > maxBytes) this.#data = null;
  }

  protected override join(...fields: (string | null)[]): string {
    return fields.map((field) => `${field ?? NILVALUE} `).join("");
  }
}

/** All up to the first parameter of structured data. */
class Head {
  readonly part: string;
  readonly bytes: Uint8Array;
  /** The position of the structured data in `bytes`. */
  readonly dataAt: number;
  /** The timestamp in `bytes`, which differs from message to message. */
  readonly timestamp: UtcTimestamp;

  constructor(pri: number, part: string, dataStart: string) {
    const start = `<${pri}>1 `;
    const beforeData = `${start}${" ".repeat(UtcTimestamp.SIZE)} ${part}`;
    this.part = part;
    this.bytes = encoder.encode(beforeData + dataStart);
    // All of it is ASCII.
    this.dataAt = beforeData.length;
    this.timestamp = new UtcTimestamp(this.bytes, start.length);
  }
}

function checkPri(pri: number): number {
  return checkInteger(SEND, "pri", pri, 0, MAX_PRI);
}
