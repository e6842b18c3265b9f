/**
 * Encodes plain records directly into the buffer that they are sent from, byte for byte as the
 * pickler does: a template keeps the bytes that all records of one level and caller have in common, and
 * only the name, the message, the times and the fields of `extra` are written for each record.
 *
 * A record that is not plain (an attribute is missing, moved, or holds more than a string, a
 * number, a boolean or null) must be encoded by the serializer.
 *
 * Browser compatible.
 *
 * @module
 */
import { LogRecord, TIME_FIELDS } from "../logging/log_record.ts";
import { RecordMessage } from "./_record_message.ts";
import type { RecordEncoder } from "./record_encoder.ts";
import * as op from "./pickle/opcodes.ts";
import { Pickler } from "./pickle/pickler.ts";
import {
  isScalar,
  MAX_VALUE_BYTES,
  type Scalar,
  TEXT_HEADER,
  writePlain,
  writeText,
} from "./pickle/scalars.ts";
import { RECORD_FIELDS as FIELDS } from "../logging/record_attributes.ts";
import { writeFields } from "./record_pickler.ts";

/** The length prefix of a frame, in bytes. */
const PREFIX = 4;

/** Larger records are encoded by the serializer: for them one more copy hardly matters. */
const MAX_PLAIN_BYTES = 12288;

/**
 * The most fields of `extra`: more would need a second batch of the dict, or a longer memo index.
 */
const MAX_EXTRAS = 64;

/**
 * The most characters in a template: more than paths have. Those of a sender may have any number.
 */
const MAX_TEMPLATE_LENGTH = 4096;

/** The most templates of one line number: by level, and with `captureCaller()` by file. */
const MAX_TEMPLATES_A_LINE = 32;

/** The most templates; a program that logs from more places makes them again. */
const MAX_TEMPLATES = 4096;

/** The bytes that all plain records of one level and caller have in common. */
class FrameTemplate {
  // The declared fields are set by the constructor; without `declare` they would be set twice.
  /** The fields of the template, to compare; name, message and `exc_text` are empty. */
  declare readonly fields: LogRecord;
  /** From the length prefix to the name. */
  declare readonly head: Uint8Array;
  /** From behind the name to the message. */
  declare readonly afterName: Uint8Array;
  /** From behind the message to `exc_text`; empty if that is None. */
  declare readonly middle: Uint8Array;
  /** From there to behind the last attribute. */
  declare readonly rest: Uint8Array;
  /** The positions of the floats in `rest`. */
  declare readonly times: readonly number[];
  /** The next memo index. */
  declare readonly memoized: number;
  /** The bytes of the template without those of texts. */
  declare readonly size: number;
  /** The name of the last record, and all up to its message once a second record had that name. */
  name: string | undefined;
  named: Uint8Array | undefined;

  constructor(fields: LogRecord) {
    const pickler = new Pickler();
    const at: Record<string, number> = {};
    pickler.start(PREFIX);
    pickler.beginDict();
    writeFields(pickler, fields, at);
    const { written } = pickler;
    const afterName = at.name! + TEXT_HEADER;
    const afterMessage = at.msg! + TEXT_HEADER;
    const afterText = fields.exc_text === null ? afterMessage : at.exc_text! + TEXT_HEADER;
    this.fields = fields;
    this.head = written.slice(0, at.name);
    this.afterName = written.slice(afterName, at.msg);
    this.middle = written.slice(afterMessage, afterText - TEXT_HEADER);
    this.rest = written.slice(afterText);
    this.times = TIME_FIELDS.map((time) => at[time]! + 1 - afterText);
    this.memoized = pickler.memoized;
    this.size = written.length;
  }

  fits(record: LogRecord): boolean {
    const { fields } = this;
    return fields.levelno === record.levelno &&
      fields.lineno === record.lineno && fields.funcName === record.funcName &&
      fields.pathname === record.pathname && fields.levelname === record.levelname &&
      fields.filename === record.filename && fields.module === record.module &&
      fields.thread === record.thread && fields.threadName === record.threadName &&
      fields.processName === record.processName && fields.process === record.process &&
      fields.taskName === record.taskName &&
      (fields.exc_text === null) === (record.exc_text === null);
  }

  /** Writes all up to the message, and returns its end. */
  begin(name: string, out: Uint8Array, view: DataView, at: number): number {
    const { named } = this;
    const isRepeated = name === this.name;
    if (isRepeated && named !== undefined) {
      out.set(named, at);
      return at + named.length;
    }
    out.set(this.head, at);
    let end = writeText(name, out, view, at + this.head.length);
    out.set(this.afterName, end);
    end += this.afterName.length;
    this.name = name;
    this.named = isRepeated ? out.slice(at, end) : undefined;
    return end;
  }
}

/** Encodes plain records; `prepare()` runs getters and `getMessage()`. */
export class PickleEncoder implements RecordEncoder {
  /** By line number: it differs most. */
  readonly #templates = new Map<number, FrameTemplate[]>();
  #count = 0;
  #last: FrameTemplate | undefined;
  #name = "";
  readonly #message = new RecordMessage();
  #excText = "";
  readonly #times = [0, 0, 0];
  /** The number of fields of `extra`, their keys, and their values. */
  #extras = 0;
  readonly #keys: string[] = [];
  readonly #values: Scalar[] = [];
  #clean: object | undefined;

  /**
   * Prepares a plain record for `write()`. Returns the most bytes that its frame may take, or 0 if
   * the record is not plain.
   */
  prepare(record: LogRecord): number {
    let count = 0;
    let extras = 0;
    let characters = 0;
    for (const key in record) {
      if (count < FIELDS.length) {
        if (key !== FIELDS[count]) return 0;
      } else if (key !== "message") {
        const value: unknown = record[key];
        if (!isScalar(value) || extras === MAX_EXTRAS) return 0;
        this.#keys[extras] = key;
        this.#values[extras++] = value;
        characters += key.length;
        if (typeof value === "string") characters += value.length;
      }
      count++;
    }
    if (count < FIELDS.length || !this.#isClean(Object.getPrototypeOf(record))) return 0;
    this.#extras = extras;
    const { name, exc_text, stack_info, created, msecs, relativeCreated } = record;
    if (
      typeof name !== "string" || stack_info !== null || typeof created !== "number" ||
      typeof msecs !== "number" ||
      typeof relativeCreated !== "number" || exc_text !== null && typeof exc_text !== "string"
    ) return 0;
    const excText = exc_text ?? "";
    characters += name.length + excText.length;
    const message = this.#message.prepare(record);
    if (message === undefined) return 0;
    characters += message;
    const size = 3 * characters + 2 * (extras + 1) * MAX_VALUE_BYTES;
    if (size > MAX_PLAIN_BYTES) return 0;
    const template = this.#last?.fits(record) ? this.#last : this.#find(record);
    if (template === undefined) return 0;
    this.#last = template;
    this.#name = name;
    this.#excText = excText;
    this.#times[0] = created;
    this.#times[1] = msecs;
    this.#times[2] = relativeCreated;
    return size + template.size;
  }

  /** Writes the frame of the prepared record at `at`, and returns its end. */
  write(out: Uint8Array, view: DataView, at: number): number {
    const template = this.#last!;
    const { middle, rest, times } = template;
    let end = template.begin(this.#name, out, view, at);
    out[end] = op.BINUNICODE;
    const textAt = end + TEXT_HEADER;
    const textEnd = this.#message.write(out, textAt);
    view.setUint32(end + 1, textEnd - textAt, true);
    end = textEnd;
    if (middle.length > 0) {
      out.set(middle, end);
      end = writeText(this.#excText, out, view, end + middle.length);
    }
    out.set(rest, end);
    for (let i = 0; i < 3; i++) view.setFloat64(end + times[i]!, this.#times[i]!);
    end += rest.length;
    let index = template.memoized;
    for (let i = 0; i < this.#extras; i++) {
      end = writeString(this.#keys[i]!, index++, out, view, end);
      const value = this.#values[i];
      if (typeof value === "string") end = writeString(value, index++, out, view, end);
      else end = writePlain(value, out, view, end);
    }
    out[end++] = op.SETITEMS;
    out[end++] = op.STOP;
    view.setUint32(at, end - at - PREFIX);
    return end;
  }

  /** Returns true if a loop over a record's attributes finds no inherited ones. */
  #isClean(prototype: object): boolean {
    if (prototype === this.#clean) return true;
    for (const _inherited in prototype) return false;
    this.#clean = prototype;
    return true;
  }

  /** Finds or makes the template of this record; `undefined` if the record is not plain. */
  #find(record: LogRecord): FrameTemplate | undefined {
    const { lineno, exc_text } = record;
    let list = this.#templates.get(lineno);
    const known = list?.find((template) => template.fits(record));
    if (known !== undefined) return known;
    // A record itself: objects of the same shape are compared fastest.
    const fields = new LogRecord("", 0, "", 0, "", null, null);
    for (const field of FIELDS) (fields as Record<string, unknown>)[field] = record[field];
    fields.name = fields.msg = "";
    fields.args = fields.exc_info = null;
    fields.exc_text = exc_text && "";
    let characters = 0;
    for (const value of Object.values(fields)) {
      if (!isScalar(value)) return undefined;
      if (typeof value === "string") characters += value.length;
    }
    if (characters > MAX_TEMPLATE_LENGTH) return undefined;
    if (this.#count >= MAX_TEMPLATES) {
      this.#templates.clear();
      this.#count = 0;
      list = undefined;
    }
    if (list === undefined) this.#templates.set(lineno, list = []);
    const template = new FrameTemplate(fields);
    if (list.length < MAX_TEMPLATES_A_LINE) this.#count++;
    else list.shift();
    list.push(template);
    return template;
  }
}

/** Writes text and its memo index, which is below 256. */
function writeString(
  text: string,
  index: number,
  out: Uint8Array,
  view: DataView,
  at: number,
): number {
  const end = writeText(text, out, view, at);
  out[end] = op.BINPUT;
  out[end + 1] = index;
  return end + 2;
}
