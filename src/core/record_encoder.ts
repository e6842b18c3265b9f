/**
 * Encodes plain records straight into the buffer that they are sent from, byte for byte as the
 * pickler would: what is the same in every record of one logger and level is kept as a template,
 * and only the message, the times and what `extra` added are written anew.
 *
 * A record that is not plain (an attribute is missing, moved, or holds more than a string, a number,
 * a boolean or null) goes the general way, through the serializer.
 *
 * Browser compatible.
 *
 * @module
 */
import type { LogRecord } from "../logging/log_record.ts";
import type { DirectEncoder } from "./direct_encoder.ts";
import * as op from "./pickle/opcodes.ts";
import { Pickler } from "./pickle/pickler.ts";
import { encodeUtf8 } from "./pickle/utf8.ts";
import { RECORD_FIELDS as FIELDS } from "./record_fields.ts";
import { writeFields } from "./record_pickler.ts";

/** The length prefix of a frame, in bytes. */
const PREFIX = 4;

/** Those that differ from record to record, and so stand in no template. */
const VARIABLE: ReadonlySet<string> = new Set([
  "msg",
  "args",
  "exc_info",
  "exc_text",
  "stack_info",
  "created",
  "msecs",
  "relativeCreated",
]);

const CONSTANTS = FIELDS.filter((field) => !VARIABLE.has(field));

/** Larger records go the general way: for them a copy more or less is nothing. */
const MAX_PLAIN_BYTES = 12288;

/** Templates of one logger: by level, and, where the caller is looked up, by the place that logs. */
const MAX_TEMPLATES_A_NAME = 32;

/** Attributes beyond these: more would need a second batch of the dict, or a longer memo index. */
const MAX_EXTRAS = 64;

/** Templates that are kept; a program with more loggers and levels in use makes them anew. */
const MAX_TEMPLATES = 4096;

/** The most that a key or a value other than text takes: an integer as `L-9007199254740991L\n`. */
const MAX_VALUE_BYTES = 20;

/** The opcode and the length before a text. */
const TEXT_HEADER = 5;

/** These, and the memo index behind it. */
const TEXT_OVERHEAD = TEXT_HEADER + 2;

type Plain = string | number | boolean | null | undefined;

/** The bytes that all plain records of one logger, level and caller have in common. */
class Template {
  // What is in the template, for comparing.
  readonly name: string;
  readonly levelname: string;
  readonly levelno: number;
  readonly pathname: string;
  readonly filename: string;
  readonly module: string;
  readonly lineno: number;
  readonly funcName: string | null;
  readonly thread: number | null;
  readonly threadName: string | null;
  readonly processName: string | null;
  readonly process: number | null;
  readonly taskName: string | null;
  /** Whether there is text, and not None, in `exc_text`. */
  readonly hasExcText: boolean;
  /** From the length prefix to the length of the message. */
  readonly head: Uint8Array;
  /** From behind the message to the length of `exc_text`; empty without one. */
  readonly middle: Uint8Array;
  /** From there to behind the last attribute. */
  readonly rest: Uint8Array;
  /** Where in `rest` the floats stand. */
  readonly created: number;
  readonly msecs: number;
  readonly relativeCreated: number;
  /** The next memo index. */
  readonly memoized: number;
  /** The texts of the last record, and the whole frame once a second one had the same. */
  message = "";
  excText = "";
  frame: Uint8Array | undefined;

  constructor(record: LogRecord) {
    const { exc_text } = record;
    const fields: Record<string, unknown> = {};
    for (const field of FIELDS) fields[field] = record[field];
    Object.assign(fields, {
      msg: "",
      args: null,
      exc_info: null,
      exc_text: exc_text === null ? null : "",
    });
    const pickler = new Pickler();
    const at: Record<string, number> = {};
    pickler.start(PREFIX);
    pickler.beginDict();
    writeFields(pickler, fields, at);
    const { written } = pickler;
    const afterMessage = at.msg! + TEXT_HEADER;
    const afterText = exc_text === null ? afterMessage : at.exc_text! + TEXT_HEADER;
    this.name = record.name;
    this.levelname = record.levelname;
    this.levelno = record.levelno;
    this.pathname = record.pathname;
    this.filename = record.filename;
    this.module = record.module;
    this.lineno = record.lineno;
    this.funcName = record.funcName;
    this.thread = record.thread;
    this.threadName = record.threadName;
    this.processName = record.processName;
    this.process = record.process;
    this.taskName = record.taskName;
    this.hasExcText = exc_text !== null;
    this.head = written.slice(0, afterMessage);
    this.middle = written.slice(afterMessage, afterText);
    this.rest = written.slice(afterText);
    this.created = at.created! + 1 - afterText;
    this.msecs = at.msecs! + 1 - afterText;
    this.relativeCreated = at.relativeCreated! + 1 - afterText;
    this.memoized = pickler.memoized;
  }

  fits(record: LogRecord): boolean {
    return this.name === record.name && this.levelno === record.levelno &&
      this.lineno === record.lineno && this.funcName === record.funcName &&
      this.pathname === record.pathname && this.levelname === record.levelname &&
      this.filename === record.filename && this.module === record.module &&
      this.thread === record.thread && this.threadName === record.threadName &&
      this.processName === record.processName && this.process === record.process &&
      this.taskName === record.taskName && this.hasExcText === (record.exc_text !== null);
  }
}

/** Encodes plain records; the code that is not ours is getters and `getMessage()`. */
export class RecordEncoder implements DirectEncoder {
  readonly #templates = new Map<string, Template[]>();
  #count = 0;
  #last: Template | undefined;
  #message = "";
  #excText = "";
  #created = 0;
  #msecs = 0;
  #relativeCreated = 0;
  /** What `extra` added: so many keys, and their values. */
  #extras = 0;
  readonly #keys: string[] = [];
  readonly #values: Plain[] = [];
  #clean: object | undefined;

  /**
   * Readies a plain record for `write()`: the most bytes that its frame may take, or 0 where the
   * record is not plain.
   */
  prepare(record: LogRecord): number {
    let count = 0;
    let extras = 0;
    let size = 0;
    for (const key in record) {
      if (count < FIELDS.length) {
        if (key !== FIELDS[count]) return 0;
      } else if (key !== "message") {
        const value: unknown = record[key];
        if (!isPlain(value) || extras === MAX_EXTRAS) return 0;
        this.#keys[extras] = key;
        this.#values[extras++] = value;
        size += 3 * key.length + TEXT_OVERHEAD +
          (typeof value === "string" ? 3 * value.length + TEXT_OVERHEAD : MAX_VALUE_BYTES);
      }
      count++;
    }
    if (count < FIELDS.length || !this.#isClean(Object.getPrototypeOf(record))) return 0;
    this.#extras = extras;
    const { exc_text, stack_info, created, msecs, relativeCreated } = record;
    if (
      stack_info !== null || typeof created !== "number" || typeof msecs !== "number" ||
      typeof relativeCreated !== "number" || exc_text !== null && typeof exc_text !== "string"
    ) return 0;
    const message: unknown = record.getMessage();
    if (typeof message !== "string") return 0;
    const excText = exc_text ?? "";
    size += 3 * (message.length + excText.length);
    if (size > MAX_PLAIN_BYTES) return 0;
    let template = this.#last;
    if (template === undefined || !template.fits(record)) {
      template = this.#find(record);
      if (template === undefined) return 0;
      this.#last = template;
    }
    this.#message = message;
    this.#excText = excText;
    this.#created = created;
    this.#msecs = msecs;
    this.#relativeCreated = relativeCreated;
    return size + template.head.length + template.middle.length + template.rest.length + 2;
  }

  /** Writes the frame of the record that was readied at `at`; where it ends. */
  write(out: Uint8Array, view: DataView, at: number): number {
    const template = this.#last!;
    if (this.#extras > 0) return this.#write(out, view, at);
    if (template.message !== this.#message || template.excText !== this.#excText) {
      template.message = this.#message;
      template.excText = this.#excText;
      template.frame = undefined;
      return this.#write(out, view, at);
    }
    if (template.frame === undefined) {
      const end = this.#write(out, view, at);
      template.frame = out.slice(at, end);
      return end;
    }
    out.set(template.frame, at);
    const end = at + template.frame.length;
    this.#writeTimes(view, end - 2 - template.rest.length);
    return end;
  }

  #writeTimes(view: DataView, at: number): void {
    const template = this.#last!;
    view.setFloat64(at + template.created, this.#created);
    view.setFloat64(at + template.msecs, this.#msecs);
    view.setFloat64(at + template.relativeCreated, this.#relativeCreated);
  }

  #write(out: Uint8Array, view: DataView, at: number): number {
    const template = this.#last!;
    const { head, middle, rest } = template;
    out.set(head, at);
    let end = writeText(this.#message, out, view, at + head.length);
    if (template.hasExcText) {
      out.set(middle, end);
      end = writeText(this.#excText, out, view, end + middle.length);
    }
    out.set(rest, end);
    this.#writeTimes(view, end);
    end += rest.length;
    if (this.#extras > 0) end = this.#writeExtras(out, view, end, template.memoized);
    out[end++] = op.SETITEMS;
    out[end++] = op.STOP;
    view.setUint32(at, end - at - PREFIX);
    return end;
  }

  /** Whether nothing that is inherited shows among a record's attributes. */
  #isClean(prototype: object): boolean {
    if (prototype === this.#clean) return true;
    for (const _inherited in prototype) return false;
    this.#clean = prototype;
    return true;
  }

  #writeExtras(out: Uint8Array, view: DataView, at: number, memoized: number): number {
    for (let i = 0; i < this.#extras; i++) {
      at = writeString(this.#keys[i]!, out, view, at, memoized++);
      const value = this.#values[i];
      if (typeof value === "string") at = writeString(value, out, view, at, memoized++);
      else at = writeScalar(value, out, view, at);
    }
    return at;
  }

  /** The template for this record, made if need be; `undefined` where it is not plain. */
  #find(record: LogRecord): Template | undefined {
    const { name } = record;
    let list = this.#templates.get(name);
    if (list !== undefined) {
      for (const template of list) if (template.fits(record)) return template;
    }
    for (const field of CONSTANTS) if (!isPlain(record[field])) return undefined;
    if (this.#count >= MAX_TEMPLATES) {
      this.#templates.clear();
      this.#count = 0;
      list = undefined;
    }
    if (list === undefined) this.#templates.set(name, list = []);
    const template = new Template(record);
    if (list.length < MAX_TEMPLATES_A_NAME) this.#count++;
    else list.shift();
    list.push(template);
    return template;
  }
}

function isPlain(value: unknown): value is Plain {
  return value === null || typeof value === "string" || typeof value === "number" ||
    typeof value === "boolean" || value === undefined;
}

/** Writes text at `at`, and its length before it; where it ends. */
function writeText(text: string, out: Uint8Array, view: DataView, at: number): number {
  const end = encodeUtf8(text, out, at);
  view.setUint32(at - 4, end - at, true);
  return end;
}

/** Writes text at `at` with all that belongs to it; where it ends. */
function writeString(
  text: string,
  out: Uint8Array,
  view: DataView,
  at: number,
  index: number,
): number {
  out[at] = op.BINUNICODE;
  const end = writeText(text, out, view, at + TEXT_HEADER);
  out[end] = op.BINPUT;
  out[end + 1] = index;
  return end + 2;
}

/** Writes what is no text, with the opcodes that the pickler chooses; where it ends. */
function writeScalar(
  value: number | boolean | null | undefined,
  out: Uint8Array,
  view: DataView,
  at: number,
): number {
  if (value === null || value === undefined) {
    out[at++] = op.NONE;
  } else if (typeof value === "boolean") {
    at = encodeUtf8(value ? "I01\n" : "I00\n", out, at);
  } else if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
    out[at] = op.BINFLOAT;
    view.setFloat64(at + 1, value);
    at += 9;
  } else if ((value | 0) !== value) {
    at = encodeUtf8(`L${value}L\n`, out, at);
  } else if (value >>> 8 === 0) {
    out[at++] = op.BININT1;
    out[at++] = value;
  } else if (value >>> 16 === 0) {
    out[at] = op.BININT2;
    view.setUint16(at + 1, value, true);
    at += 3;
  } else {
    out[at] = op.BININT;
    view.setInt32(at + 1, value, true);
    at += 5;
  }
  return at;
}
