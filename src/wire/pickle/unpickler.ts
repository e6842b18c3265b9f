/**
 * Reads pickles of protocols 0 to 5: one loop over the opcodes, as `load()` of CPython's
 * `Modules/_pickle.c`, that builds data and executes nothing. No global is ever looked up.
 *
 * Never recursive, never quadratic; nothing is allocated for a length before that many bytes have
 * arrived.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { ByteReader, cutShort } from "./_byte_reader.ts";
import type { DictMaker } from "./dict_shape.ts";
import { UnpicklingError } from "./errors.ts";
import { isKnownGlobal } from "./_known_globals.ts";
import { exceed } from "./limits.ts";
import * as op from "./opcodes.ts";
import { callOf, PythonObject, reductionOf } from "./python_object.ts";
import { TemplateCache } from "./_template_cache.ts";
import * as text from "./literals.ts";
import {
  checkBytes,
  type CheckedOptions,
  checkOptions,
  type UnpickleOptions,
} from "./unpickle_options.ts";
import { ValueStack } from "./_value_stack.ts";

/** The most characters of a name in an error message: a hostile name may be long. */
const MAX_SHOWN = 100;

/** A loader for many pickles, one after another, whose options are checked once. */
export class Unpickler {
  readonly #options: CheckedOptions;
  readonly #stack: ValueStack;
  readonly #input = new ByteReader();
  readonly #templates: TemplateCache;

  /** Checks the options: a TypeError or RangeError names the one that is wrong. */
  constructor(options: UnpickleOptions = {}) {
    this.#options = checkOptions(options);
    this.#stack = new ValueStack(this.#options.limits, this.#options.opaque);
    this.#templates = new TemplateCache(this.#options.limits);
  }

  /** Loads one pickle; bytes behind it are ignored, as in CPython. */
  load(bytes: Uint8Array): unknown {
    checkBytes(bytes);
    const dict = this.#templates.read(bytes);
    if (dict !== undefined) return dict;
    const value = this.#load(bytes);
    this.#templates.learn(bytes, value);
    return value;
  }

  /**
   * Loads the dict of a log record that is similar to earlier ones, as what `maker` makes of it;
   * undefined for any other pickle, which `load()` then learns from.
   */
  loadRecord<Made>(bytes: Uint8Array, maker: DictMaker<Made>): Made | undefined {
    return this.#templates.readRecord(bytes, maker);
  }

  #load(bytes: Uint8Array): unknown {
    const { maxBytes } = this.#options.limits;
    try {
      if (bytes.length > maxBytes) exceed("maxBytes", maxBytes);
      this.#input.reset(bytes);
      this.#run();
      return this.#stack.finish();
    } catch (error) {
      // Any other error comes from a limit of the engine, on the length of a string or a Map.
      const known = error instanceof UnpicklingError
        ? error
        : new UnpicklingError("Cannot unpickle as a value is too large", { cause: error });
      known.message += ` (at byte ${this.#input.position} of ${bytes.length})`;
      throw known;
    } finally {
      this.#stack.reset();
      this.#input.clear();
    }
  }

  /** Runs the pickle up to its STOP. */
  #run(): void {
    const input = this.#input;
    const stack = this.#stack;
    const { bytes } = input;
    for (;;) {
      if (input.position === bytes.length) cutShort();
      const opcode = bytes[input.position++]!;
      // The opcodes of a log record come first.
      switch (opcode) {
        case op.BINUNICODE:
          stack.push(this.#unicode(input.uint32()));
          break;
        case op.BINPUT:
          stack.put(input.uint8());
          break;
        case op.SHORT_BINUNICODE:
          stack.push(this.#unicode(input.uint8()));
          break;
        case op.MEMOIZE:
          stack.put(stack.memoSize);
          break;
        case op.NONE:
          stack.push(null);
          break;
        case op.BININT1:
          stack.push(input.uint8());
          break;
        case op.BININT2:
          stack.push(input.uint16());
          break;
        case op.BININT:
          stack.push(input.int32());
          break;
        case op.BINFLOAT:
          stack.push(input.float64());
          break;
        case op.BINGET:
          stack.get(input.uint8());
          break;
        case op.EMPTY_DICT:
          stack.pushDict();
          break;
        case op.MARK:
          stack.mark();
          break;
        case op.SETITEMS:
          stack.setItems(stack.popMark());
          break;
        case op.LONG:
          stack.push(this.#longText());
          break;
        case op.STOP:
          return;

        // Numbers and constants.
        case op.INT:
          stack.push(this.#intText());
          break;
        case op.FLOAT:
          stack.push(text.parseFloatText(this.#line()));
          break;
        case op.LONG1:
          stack.push(this.#long(input.uint8()));
          break;
        case op.LONG4:
          stack.push(this.#long(input.positiveInt32()));
          break;
        case op.NEWTRUE:
          stack.push(true);
          break;
        case op.NEWFALSE:
          stack.push(false);
          break;

        // Text and bytes.
        case op.STRING: {
          const literal = text.decodeQuoted(this.#line());
          this.#pushByteString(literal, 0, literal.length);
          break;
        }
        case op.BINSTRING:
          this.#pushBinString(input.positiveInt32());
          break;
        case op.SHORT_BINSTRING:
          this.#pushBinString(input.uint8());
          break;
        case op.UNICODE:
          stack.push(text.decodeRawUnicodeEscape(this.#line()));
          break;
        case op.BINUNICODE8:
          stack.push(this.#unicode(input.uint64()));
          break;
        case op.SHORT_BINBYTES:
          stack.pushBytes(this.#copy(input.uint8()), true);
          break;
        case op.BINBYTES:
          stack.pushBytes(this.#copy(input.uint32()), true);
          break;
        case op.BINBYTES8:
          stack.pushBytes(this.#copy(input.uint64()), true);
          break;
        case op.BYTEARRAY8:
          stack.pushBytes(this.#copy(input.uint64()), false);
          break;

        // Containers.
        case op.EMPTY_LIST:
          stack.pushList();
          break;
        case op.APPEND:
          stack.append();
          break;
        case op.APPENDS:
          stack.appendItems(stack.popMark());
          break;
        case op.LIST:
          stack.makeList();
          break;
        case op.EMPTY_TUPLE:
          stack.makeTupleOf(0);
          break;
        case op.TUPLE1:
          stack.makeTupleOf(1);
          break;
        case op.TUPLE2:
          stack.makeTupleOf(2);
          break;
        case op.TUPLE3:
          stack.makeTupleOf(3);
          break;
        case op.TUPLE:
          stack.makeTuple();
          break;
        case op.DICT:
          stack.makeDict();
          break;
        case op.SETITEM:
          stack.setItem();
          break;
        case op.EMPTY_SET:
          stack.pushSet();
          break;
        case op.ADDITEMS:
          stack.addItems(stack.popMark());
          break;
        case op.FROZENSET:
          stack.makeFrozenset();
          break;

        // The stack and the memo.
        case op.POP:
          stack.discard();
          break;
        case op.POP_MARK:
          stack.discardToMark();
          break;
        case op.DUP:
          stack.duplicate();
          break;
        case op.PUT:
          stack.put(this.#index());
          break;
        case op.LONG_BINPUT:
          stack.put(input.uint32());
          break;
        case op.GET:
          stack.get(this.#index());
          break;
        case op.LONG_BINGET:
          stack.get(input.uint32());
          break;

        // Objects that are more than data.
        case op.GLOBAL: {
          const module = this.#name();
          this.#global(module, this.#name());
          break;
        }
        case op.STACK_GLOBAL: {
          const name = stack.pop();
          const module = stack.pop();
          if (typeof module !== "string" || typeof name !== "string") {
            fail("STACK_GLOBAL needs two strings");
          }
          this.#global(module, name);
          break;
        }
        case op.REDUCE:
          this.#reduce();
          break;
        case op.BUILD:
          stack.setState();
          break;
        case op.NEWOBJ: {
          const args = stack.popTuple();
          this.#construct(stack.pop(), args, null);
          break;
        }
        case op.NEWOBJ_EX: {
          const kwargs = stack.popDict();
          const args = stack.popTuple();
          this.#construct(stack.pop(), args, kwargs);
          break;
        }
        case op.INST: {
          const module = this.#name();
          const type = new PythonObject(module, this.#name(), null);
          stack.makeTuple();
          this.#construct(type, stack.popTuple(), null);
          break;
        }
        case op.OBJ:
          this.#constructOldStyle();
          break;
        case op.EXT1:
          this.#extension(input.uint8());
          break;
        case op.EXT2:
          this.#extension(input.uint16());
          break;
        case op.EXT4:
          this.#extension(input.int32());
          break;
        case op.PERSID:
          this.#describe("pickle", "persistent_load", [this.#line()]);
          break;
        case op.BINPERSID:
          this.#describe("pickle", "persistent_load", [stack.pop()]);
          break;

        // The pickle itself.
        case op.PROTO: {
          const protocol = input.uint8();
          if (protocol > op.HIGHEST_PROTOCOL) fail(`there is no protocol ${protocol} yet`);
          break;
        }
        case op.FRAME: {
          // Meant for readers of files; CPython, too, only checks that the whole frame is there.
          const start = input.take(input.uint64());
          input.position = start;
          break;
        }
        case op.NEXT_BUFFER:
        case op.READONLY_BUFFER:
          fail("it refers to a buffer that is not in it");
          break;
        default:
          fail(`there is no opcode 0x${opcode.toString(16).padStart(2, "0")}`);
      }
    }
  }

  // Numbers.

  #long(size: number): number | bigint {
    const { maxIntegerBytes } = this.#options.limits;
    if (size > maxIntegerBytes) exceed("maxIntegerBytes", maxIntegerBytes);
    const start = this.#input.take(size);
    return text.decodeLong(this.#input.bytes, start, start + size);
  }

  #longText(): number | bigint {
    const { bytes, position } = this.#input;
    let end = this.#input.line();
    if (end > position && bytes[end - 1] === 0x4c) end--; // "L"
    return text.parseInteger(bytes, position, end);
  }

  /** Below protocol 2, True and False are the integers 01 and 00. */
  #intText(): number | bigint | boolean {
    const { bytes, position } = this.#input;
    const end = this.#input.line();
    if (end - position === 2 && bytes[position] === 0x30) {
      if (bytes[position + 1] === 0x30) return false;
      if (bytes[position + 1] === 0x31) return true;
    }
    return text.parseInteger(bytes, position, end);
  }

  /** Reads the argument of PUT and GET. */
  #index(): number {
    const { bytes, position } = this.#input;
    const index = text.parseInteger(bytes, position, this.#input.line());
    if (typeof index !== "number" || index < 0) fail("an index of the memo is out of range");
    return index;
  }

  // Text and bytes.

  #takeString(size: number): number {
    const start = this.#input.take(size);
    this.#checkString(size);
    return start;
  }

  #checkString(size: number): void {
    const { maxStringBytes } = this.#options.limits;
    if (size > maxStringBytes) exceed("maxStringBytes", maxStringBytes);
  }

  #unicode(size: number): string {
    const start = this.#takeString(size);
    const value = text.decodeUtf8(this.#input.bytes, start, start + size);
    if (value === undefined) fail("a str is no UTF-8");
    return value;
  }

  #copy(size: number): Uint8Array {
    const start = this.#takeString(size);
    return this.#input.bytes.slice(start, start + size);
  }

  #line(): string {
    const { bytes, position } = this.#input;
    const end = this.#input.line();
    this.#checkString(end - position);
    return text.decodeLatin1(bytes, position, end);
  }

  #name(): string {
    const { bytes, position } = this.#input;
    const end = this.#input.line();
    this.#checkString(end - position);
    const name = text.decodeUtf8(bytes, position, end);
    if (name === undefined || name === "") fail("the name of a global is empty or no UTF-8");
    return name;
  }

  #pushBinString(size: number): void {
    const start = this.#takeString(size);
    this.#pushByteString(this.#input.bytes, start, start + size);
  }

  /** Pushes a byte string of Python 2, decoded by the encoding. */
  #pushByteString(bytes: Uint8Array, start: number, end: number): void {
    const { encoding } = this.#options;
    if (encoding === "bytes") return this.#stack.pushBytes(bytes.slice(start, end), true);
    if (encoding === "ASCII" && !text.isAscii(bytes, start, end)) {
      fail("a byte string of Python 2 is not ASCII, and no other encoding is given");
    }
    let value = encoding === "latin1" ? undefined : text.decodeUtf8(bytes, start, end);
    if (value === undefined) {
      if (encoding === "utf-8") fail("a byte string of Python 2 is no UTF-8");
      value = text.decodeLatin1(bytes, start, end);
    }
    this.#stack.push(value);
  }

  // Objects that are more than data.

  #global(module: string, name: string): void {
    if (!isKnownGlobal(module, name)) this.#refuseUnlessOpaque(`'${module}.${name}'`);
    this.#stack.pushDescription(new PythonObject(module, name, null));
  }

  #reduce(): void {
    const args = this.#stack.popTuple();
    const callee = this.#stack.pop();
    if (!(callee instanceof PythonObject)) fail("it calls a value that is no global");
    const { module, name } = callee;
    if (callee.args === null && isKnownGlobal(module, name)) {
      if (this.#stack.pushDataOf(name, args)) return;
    }
    this.#refuseUnlessOpaque(`'${module}.${name}' of what makes no data`);
    this.#stack.pushDescription(reductionOf(callee, args));
  }

  #construct(type: unknown, args: unknown[], kwargs: unknown): void {
    if (!(type instanceof PythonObject)) fail("it makes an object of a value that is no class");
    this.#refuseUnlessOpaque(`'${type.module}.${type.name}'`);
    this.#stack.pushDescription(callOf(type, args, kwargs));
  }

  /** OBJ: the class, then its arguments, from the mark on. */
  #constructOldStyle(): void {
    const [type, ...args] = this.#stack.makeTuple();
    this.#stack.popTuple();
    this.#construct(type, args, null);
  }

  #extension(code: number): void {
    if (code <= 0) fail("the code of an extension is not positive");
    this.#describe("copyreg", "extension", [code]);
  }

  #describe(module: string, name: string, args: unknown[]): void {
    this.#refuseUnlessOpaque(`${module}.${name}()`);
    this.#stack.pushDescription(new PythonObject(module, name, args));
  }

  #refuseUnlessOpaque(what: string): void {
    if (!this.#options.opaque) fail(`it asks for more than data: ${what.slice(0, MAX_SHOWN)}`);
  }
}

function fail(why: string): never {
  throw new UnpicklingError(`Cannot unpickle as ${why}`);
}
