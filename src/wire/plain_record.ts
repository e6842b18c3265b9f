/**
 * Reads plain records for the encoders that write them directly into the buffer that they are sent
 * from, and keeps for each level and caller a template: what an encoder makes, once, of the attributes
 * that all those records have in common.
 *
 * A record is not plain if an attribute is missing, moved, or holds more than a string, a number, a
 * boolean or null, or if it is large: for such a record one more copy hardly matters.
 *
 * Browser compatible.
 *
 * @module
 */
import { LogRecord } from "../logging/log_record.ts";
import { RECORD_FIELDS as FIELDS } from "../logging/record_attributes.ts";
import { isScalar, type Scalar } from "../text/scalar.ts";
import { RecordMessage } from "./record_message.ts";

/** The most characters of the texts that are not in the template. */
const MAX_CHARACTERS = 4096;

/** The most fields of `extra`: more would need a longer memo index in a pickle. */
const MAX_EXTRAS = 64;

/**
 * The most characters in a template: more than paths have. Those of a sender may have any number.
 */
const MAX_TEMPLATE_LENGTH = 4096;

/** The most templates of one line number: by level, and with `captureCaller()` by file. */
const MAX_TEMPLATES_A_LINE = 32;

/** The most templates; a program that logs from more places makes them again. */
const MAX_TEMPLATES = 4096;

/** An encoder keeps one for the records of one level and caller. */
export interface RecordTemplate {
  /** The fields of the template, to compare; name, message and `exc_text` are empty. */
  readonly fields: LogRecord;
}

/** Reads one record at a time; its fields are those of the record that was read last. */
export class PlainRecordReader<Template extends RecordTemplate> {
  template: Template | undefined;
  name = "";
  readonly message: RecordMessage = new RecordMessage();
  excText = "";
  created = 0;
  msecs = 0;
  relativeCreated = 0;
  /** The number of fields of `extra`, their keys, and their values. */
  extras = 0;
  readonly keys: string[] = [];
  readonly values: Scalar[] = [];
  /** The most characters of the name, the message, `exc_text`, and of keys and texts of `extra`. */
  characters = 0;
  readonly #make: (fields: LogRecord) => Template;
  /** By line number: it differs most. */
  readonly #templates = new Map<number, Template[]>();
  #count = 0;
  #clean: object | undefined;

  /** @param make makes a template of the fields that records have in common */
  constructor(make: (fields: LogRecord) => Template) {
    this.#make = make;
  }

  /** Reads a record and returns its template; runs getters and `getMessage()`. `undefined`: not plain. */
  read(record: LogRecord): Template | undefined {
    let count = 0;
    let extras = 0;
    let characters = 0;
    for (const key in record) {
      if (count < FIELDS.length) {
        if (key !== FIELDS[count]) return undefined;
      } else if (key !== "message") {
        const value: unknown = record[key];
        if (!isScalar(value) || extras === MAX_EXTRAS) return undefined;
        this.keys[extras] = key;
        this.values[extras++] = value;
        characters += key.length;
        if (typeof value === "string") characters += value.length;
      }
      count++;
    }
    if (count < FIELDS.length || !this.#isClean(Object.getPrototypeOf(record))) return undefined;
    this.extras = extras;
    const { name, exc_text, stack_info, created, msecs, relativeCreated } = record;
    if (
      typeof name !== "string" || stack_info !== null || typeof created !== "number" ||
      typeof msecs !== "number" ||
      typeof relativeCreated !== "number" || exc_text !== null && typeof exc_text !== "string"
    ) return undefined;
    const messageLength = this.message.prepare(record);
    if (messageLength === undefined) return undefined;
    const excText = exc_text ?? "";
    characters += name.length + messageLength + excText.length;
    if (characters > MAX_CHARACTERS) return undefined;
    const last = this.template;
    const isLast = last !== undefined && fits(last.fields, record);
    const template = isLast ? last : this.#find(record);
    if (template === undefined) return undefined;
    this.template = template;
    this.name = name;
    this.excText = excText;
    this.created = created;
    this.msecs = msecs;
    this.relativeCreated = relativeCreated;
    this.characters = characters;
    return template;
  }

  /** Returns true if a loop over a record's attributes finds no inherited ones. */
  #isClean(prototype: object): boolean {
    if (prototype === this.#clean) return true;
    for (const _inherited in prototype) return false;
    this.#clean = prototype;
    return true;
  }

  /** Finds or makes the template of this record; `undefined` if the record is not plain. */
  #find(record: LogRecord): Template | undefined {
    const { lineno, exc_text } = record;
    let list = this.#templates.get(lineno);
    const known = list?.find((template) => fits(template.fields, record));
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
    const template = this.#make(fields);
    if (list.length < MAX_TEMPLATES_A_LINE) this.#count++;
    else list.shift();
    list.push(template);
    return template;
  }
}

function fits(fields: LogRecord, record: LogRecord): boolean {
  return fields.levelno === record.levelno &&
    fields.lineno === record.lineno && fields.funcName === record.funcName &&
    fields.pathname === record.pathname && fields.levelname === record.levelname &&
    fields.filename === record.filename && fields.module === record.module &&
    fields.thread === record.thread && fields.threadName === record.threadName &&
    fields.processName === record.processName && fields.process === record.process &&
    fields.taskName === record.taskName &&
    (fields.exc_text === null) === (record.exc_text === null);
}
