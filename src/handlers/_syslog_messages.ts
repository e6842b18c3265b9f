/**
 * Makes syslog messages of records: CPython's, or with a header of the RFCs, whose fields come from the
 * options or else from the record.
 *
 * Browser compatible.
 *
 * @module
 */
import { extraFieldsTo } from "../logging/record_attributes.ts";
import {
  type MessageFormatter,
  Rfc3164Formatter,
  Rfc5424Formatter,
} from "../wire/syslog/syslog_message.ts";
import { checkWellFormed, encodeStrict, truncateUtf8 } from "../text/strict_utf8.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { pythonStr } from "../text/python_repr.ts";
import { localtime } from "../text/struct_time.ts";
import { BYTES_A_CHARACTER } from "../text/utf8.ts";
import { PlainRecordReader } from "../wire/plain_record.ts";
import { StructuredData } from "../wire/syslog/structured_data.ts";
import { PreparedText } from "./_text_encoder.ts";
import type { CheckedSyslogOptions } from "./syslog_options.ts";

/** Characters at which a daemon may end the name of a program; and how many all daemons keep. */
const NO_NAME = /[^A-Za-z0-9._-]/g;
const MAX_NAME = 32;

/** Makes messages of records. */
export interface SyslogMessages {
  /** How many were too long, and so were cut. */
  readonly truncated: number;
  /**
   * Prepares the message of a record for `write()`, and runs all code of the program. Returns the
   * most bytes that it may have.
   *
   * @throws {RangeError} for a lone surrogate
   */
  prepare(record: LogRecord, pri: number, text: string): number;
  /**
   * As `prepare()`, for a plain record whose text is its message alone; returns 0 for any other record.
   */
  preparePlain(record: LogRecord, pri: number): number;
  /** See {@linkcode RecordEncoder}. */
  write(out: Uint8Array, view: DataView, at: number): number;
}

/**
 * The messages that the options ask for.
 *
 * @throws {TypeError | RangeError} when a value is bad
 */
export function syslogMessages(what: string, options: CheckedSyslogOptions): SyslogMessages {
  const { format, maxBytes } = options;
  return format === "cpython" ? new PlainMessages(maxBytes) : new RfcMessages(what, options);
}

/** CPython's: `<PRI>` and the text. */
class PlainMessages implements SyslogMessages {
  truncated = 0;
  readonly #prepared = new PreparedText();
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  prepare(_record: LogRecord, pri: number, text: string): number {
    return this.#prepared.set(this.#make(pri, text));
  }

  preparePlain(): number {
    return 0;
  }

  write(out: Uint8Array, view: DataView, at: number): number {
    return this.#prepared.write(out, view, at);
  }

  #make(pri: number, text: string): string | Uint8Array {
    const message = `<${pri}>${text}`;
    const max = this.#maxBytes;
    checkWellFormed(message);
    if (message.length * BYTES_A_CHARACTER <= max) return message;
    const bytes = encodeStrict(message).slice();
    if (bytes.length <= max) return bytes;
    this.truncated++;
    if (!text.endsWith("\0")) return truncateUtf8(bytes, max);
    // A message that is cut ends with its NUL as well.
    const end = truncateUtf8(bytes, max - 1).length;
    bytes[end] = 0;
    return bytes.subarray(0, end + 1);
  }
}

/** Those of the RFCs. */
class RfcMessages implements SyslogMessages {
  readonly #formatter: MessageFormatter;
  readonly #options: CheckedSyslogOptions;
  /** The logger that logged last, and the name of the program that it stands for. */
  #logger: unknown;
  #name = "root";
  #idleData: StructuredData | undefined;
  readonly #plainData = new StructuredData();
  readonly #reader = new PlainRecordReader((fields) => ({ fields, process: processOf(fields) }));

  constructor(what: string, options: CheckedSyslogOptions) {
    const { format, hostname, appName = null, procid, msgid, structuredDataId, bom, maxBytes } =
      options;
    const common = { hostname, appName, procid: procid ?? null, maxBytes };
    this.#options = options;
    this.#formatter = format === "rfc3164"
      ? new Rfc3164Formatter(what, { ...common, localtime })
      : new Rfc5424Formatter(what, { ...common, msgid, structuredDataId, bom });
  }

  get truncated(): number {
    return this.#formatter.truncated;
  }

  prepare(record: LogRecord, pri: number, text: string): number {
    const { appName, procid, structuredDataId } = this.#options;
    // A getter of the record may log, and so come here again: it finds no idle one.
    const data = this.#idleData ?? new StructuredData();
    this.#idleData = undefined;
    data.clear();
    if (structuredDataId !== null) extraFieldsTo(data, record);
    const most = this.#formatter.prepare(pri, record.created, text, {
      appName: appName ?? this.#nameOf(record.name),
      procid: procid === undefined ? processOf(record) : procid,
      data,
    });
    this.#idleData = data;
    return most;
  }

  preparePlain(record: LogRecord, pri: number): number {
    const { appName, procid, structuredDataId } = this.#options;
    // To read the fields takes longer than to make the text.
    if (structuredDataId === null) return 0;
    const reader = this.#reader;
    const template = reader.read(record);
    if (template === undefined) return 0;
    const { extras, keys, values, characters } = reader;
    for (let i = 0; i < extras; i++) {
      if (keys[i] === "asctime") return 0;
    }
    const data = this.#plainData;
    data.borrow(keys, values, extras, characters);
    return this.#formatter.prepare(pri, reader.created, reader.message, {
      appName: appName ?? this.#nameOf(reader.name),
      procid: procid === undefined ? template.process : procid,
      data,
    });
  }

  write(out: Uint8Array, _view: DataView, at: number): number {
    return this.#formatter.write(out, at);
  }

  /** The first part of the logger's name, which is most often that of the program. */
  #nameOf(logger: unknown): string {
    if (logger !== this.#logger) {
      const [first = ""] = pythonStr(logger ?? "").split(".", 1);
      this.#name = first.replace(NO_NAME, "_").slice(0, MAX_NAME) || "root";
      this.#logger = logger;
    }
    return this.#name;
  }
}

function processOf({ process }: LogRecord): string | null {
  return Number.isSafeInteger(process) && process! > 0 ? String(process) : null;
}
