/**
 * Encodes plain records as JSON directly into the buffer that they are sent from, byte for byte as
 * `record_json.ts` writes their fields: the attributes that all records of one level and caller have
 * in common are kept as bytes, and so are the times, which most records share with the one before.
 *
 * A record that is not plain, or has an error or a number that JSON has no form for, must be encoded
 * by `record_json.ts`.
 *
 * Browser compatible.
 *
 * @module
 */
import type { LogRecord } from "../logging/log_record.ts";
import { RECORD_FIELDS as FIELDS } from "../logging/record_attributes.ts";
import { jsonText } from "../text/json_text.ts";
import { encodeUtf8 } from "../text/utf8.ts";
import { PlainRecordReader, type RecordTemplate } from "./plain_record.ts";
import type { RecordEncoder } from "./record_encoder.ts";

/** `JSON.stringify()` writes a character as six bytes at most: `\u0000`. */
const BYTES_A_CHARACTER = 6;

/** The most bytes of a field beside its characters: punctuation, and the longest number. */
const MAX_FIELD_BYTES = 40;

/** The most bytes between the attributes that are written for each record, with their times. */
const MAX_FIXED_BYTES = 256;

/** Up to so many characters of a text are written one by one. */
const SHORT_TEXT = 64;

const NOTHING = /* @__PURE__ */ new Uint8Array(0);
const encoder = /* @__PURE__ */ new TextEncoder();

/** The bytes that all plain records of one level and caller have in common. */
interface JsonTemplate extends RecordTemplate {
  /** From behind the message to `created`. */
  readonly middle: Uint8Array;
  /** From behind the times to `taskName`. */
  readonly rest: Uint8Array;
}

/** Encodes plain records; `prepare()` runs getters and `getMessage()`. */
export class JsonEncoder implements RecordEncoder {
  readonly #reader = new PlainRecordReader(templateOf);
  readonly #before: string;
  readonly #after: string;
  // The times of the last record, and their bytes.
  #created = NaN;
  #msecs = NaN;
  #relativeCreated = NaN;
  #times = NOTHING;

  /** Stands `before` and `after` around each record; both are ASCII. */
  constructor(before: string, after: string) {
    this.#before = `${before}{"name":`;
    this.#after = `}${after}`;
  }

  prepare(record: LogRecord): number {
    if (record.exc_info || record.exc_text !== null) return 0;
    const reader = this.#reader;
    const template = reader.read(record);
    if (template === undefined) return 0;
    const { extras, values, created, msecs, relativeCreated } = reader;
    for (let i = 0; i < extras; i++) {
      const value = values[i];
      if (value === undefined || typeof value === "number" && !isPlainNumber(value)) return 0;
    }
    if (
      created !== this.#created || msecs !== this.#msecs ||
      relativeCreated !== this.#relativeCreated
    ) this.#keepTimes(created, msecs, relativeCreated);
    return BYTES_A_CHARACTER * reader.characters + MAX_FIELD_BYTES * extras + MAX_FIXED_BYTES +
      this.#before.length + this.#after.length + template.middle.length + template.rest.length;
  }

  write(out: Uint8Array, _view: DataView, at: number): number {
    const { template, name, message, extras, keys, values } = this.#reader;
    const { middle, rest } = template!;
    let end = writeAscii(this.#before, out, at);
    end = writeText(name, out, end);
    end = writeAscii(',"msg":', out, end);
    end = writeText(message.text, out, end);
    out.set(middle, end);
    end += middle.length;
    out.set(this.#times, end);
    end += this.#times.length;
    out.set(rest, end);
    end += rest.length;
    for (let i = 0; i < extras; i++) {
      out[end++] = 0x2c; // ,
      end = writeText(keys[i]!, out, end);
      out[end++] = 0x3a; // :
      const value = values[i];
      end = typeof value === "string"
        ? writeText(value, out, end)
        : writeAscii(String(value), out, end);
    }
    return writeAscii(this.#after, out, end);
  }

  #keepTimes(created: number, msecs: number, relativeCreated: number): void {
    this.#created = created;
    this.#msecs = msecs;
    this.#relativeCreated = relativeCreated;
    const [time, ms, relative] = [created, msecs, relativeCreated].map((value) => jsonText(value));
    this.#times = encoder.encode(`${time},"msecs":${ms},"relativeCreated":${relative}`);
  }
}

function templateOf(fields: LogRecord): JsonTemplate {
  const members = (start: number, end?: number) =>
    FIELDS.slice(start, end).map((name) => `,"${name}":${jsonText(fields[name])}`).join("");
  return {
    fields,
    middle: encoder.encode(members(2, FIELDS.indexOf("created")) + ',"created":'),
    rest: encoder.encode(members(FIELDS.indexOf("thread"))),
  };
}

/** Returns true for a number whose text in JSON is that of JavaScript. */
function isPlainNumber(value: number): boolean {
  return Number.isFinite(value) && (value !== 0 || 1 / value > 0);
}

function writeAscii(text: string, out: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) out[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/** Writes text in quotes. */
function writeText(text: string, out: Uint8Array, at: number): number {
  const { length } = text;
  if (length > SHORT_TEXT) return encodeUtf8(JSON.stringify(text), out, at);
  const start = at + 1;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    // A control character, a quote, a backslash, or a character beyond ASCII.
    if (code < 0x20 || code === 0x22 || code === 0x5c || code > 0x7e) {
      return encodeUtf8(JSON.stringify(text), out, at);
    }
    out[start + i] = code;
  }
  out[at] = out[start + length] = 0x22;
  return start + length + 1;
}
