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
import { type LogRecord, TIME_FIELDS } from "../logging/log_record.ts";
import type { RecordEncoder } from "./record_encoder.ts";
import * as op from "./pickle/opcodes.ts";
import { Pickler } from "./pickle/pickler.ts";
import { MAX_VALUE_BYTES, TEXT_HEADER, writePlain, writeText } from "./pickle/scalars.ts";
import { PlainRecordReader, type RecordTemplate } from "./plain_record.ts";
import { writeFields } from "./record_pickler.ts";

/** The length prefix of a frame, in bytes. */
const PREFIX = 4;

/** The bytes that all plain records of one level and caller have in common. */
class FrameTemplate implements RecordTemplate {
  // The declared fields are set by the constructor; without `declare` they would be set twice.
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
  readonly #reader = new PlainRecordReader((fields) => new FrameTemplate(fields));

  /**
   * Prepares a plain record for `write()`. Returns the most bytes that its frame may take, or 0 if
   * the record is not plain.
   */
  prepare(record: LogRecord): number {
    const reader = this.#reader;
    const template = reader.read(record);
    if (template === undefined) return 0;
    return 3 * reader.characters + 2 * (reader.extras + 1) * MAX_VALUE_BYTES + template.size;
  }

  /** Writes the frame of the prepared record at `at`, and returns its end. */
  write(out: Uint8Array, view: DataView, at: number): number {
    const reader = this.#reader;
    const { extras, keys, values } = reader;
    const template = reader.template!;
    const { middle, rest, times } = template;
    let end = template.begin(reader.name, out, view, at);
    const textAt = end + TEXT_HEADER;
    const textEnd = reader.message.write(out, textAt);
    out[end] = op.BINUNICODE;
    view.setUint32(end + 1, textEnd - textAt, true);
    end = textEnd;
    if (middle.length > 0) {
      out.set(middle, end);
      end = writeText(reader.excText, out, view, end + middle.length);
    }
    out.set(rest, end);
    view.setFloat64(end + times[0]!, reader.created);
    view.setFloat64(end + times[1]!, reader.msecs);
    view.setFloat64(end + times[2]!, reader.relativeCreated);
    end += rest.length;
    let index = template.memoized;
    for (let i = 0; i < extras; i++) {
      end = writeString(keys[i]!, index++, out, view, end);
      const value = values[i];
      if (typeof value === "string") end = writeString(value, index++, out, view, end);
      else end = writePlain(value, out, view, end);
    }
    out[end++] = op.SETITEMS;
    out[end++] = op.STOP;
    view.setUint32(at, end - at - PREFIX);
    return end;
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
