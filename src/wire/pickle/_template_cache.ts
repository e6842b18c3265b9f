/**
 * The templates by which an unpickler reads records that are like those before: which one to try,
 * and when to take another. A fixed number of them, whatever comes.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import type { UnpickleLimits } from "./limits.ts";
import * as op from "./opcodes.ts";
import { PlainInput } from "./_plain_input.ts";
import { DictTemplate } from "./_dict_template.ts";

/** Places for templates: two to this power. */
const PLACE_BITS = 5;

/** The bytes that a value may take behind the last PUT: an id of a thread, as text. */
const MAX_SCALAR = 18;

/** Shorter than a template that is of any use. */
const MIN_BYTES = 32;

/** A record that is read this often by one template becomes the next: what changed has changed. */
const READS_A_TEMPLATE = 1024;

/**
 * To make a template takes about as long as to load. The more were made in a row that read nothing,
 * the more loads go by until the next, up to this many: who never sends the same twice costs a
 * little more, not twice as much.
 */
const MAX_REST = 63;

/** Two templates, of loggers that may take turns. */
class Place {
  last: DictTemplate | undefined;
  other: DictTemplate | undefined;

  /** Makes a template the first to be tried. */
  promote(template: DictTemplate): void {
    this.other = this.last;
    this.last = template;
  }
}

/** Reads what is like what it was shown; see the module. */
export class TemplateCache {
  readonly #maxBytes: number;
  readonly #input = new PlainInput();
  /** Empty until there is a template. */
  #places: Place[] = [];
  #reads = 0;
  /** The newest template, until it has read something. */
  #unproven: DictTemplate | undefined;
  /** How many loads are not looked at after the last that was, and how many of them are left. */
  #rest = 0;
  /** The first load may well be the only one. */
  #resting = 1;

  /** For loads within these limits. */
  constructor(limits: Required<UnpickleLimits>) {
    const { maxBytes, maxDepth, maxMemo, maxContainers, maxItems, maxStringBytes } = limits;
    // One flat dict of so many bytes, whatever is in it, cannot go over any of them.
    this.#maxBytes = maxDepth === 0 || maxContainers === 0
      ? 0
      : Math.min(maxBytes, maxMemo, maxItems, maxStringBytes);
  }

  /** What the unpickler would load, if it is like what was shown; undefined if it has to. */
  read(pickle: Uint8Array): Record<string, unknown> | undefined {
    const input = this.#input;
    if (this.#places.length === 0 || !this.#mayRead(pickle) || !input.begin(pickle)) return;
    const place = this.#places[placeOf(input)]!;
    let dict = place.last?.read(input);
    if (dict === undefined && place.other !== undefined) {
      input.position = pickle.byteOffset;
      dict = place.other.read(input);
      if (dict !== undefined) place.promote(place.other);
    }
    input.finish();
    if (dict === undefined) return undefined;
    if (place.last === this.#unproven) {
      this.#unproven = undefined;
      this.#rest = this.#resting = 0;
    }
    if (++this.#reads % READS_A_TEMPLATE === 0) {
      place.last = DictTemplate.of(pickle, dict) ?? place.last;
    }
    return dict;
  }

  /** Learns from what the unpickler loaded. */
  learn(pickle: Uint8Array, value: unknown): void {
    if (!this.#mayRead(pickle) || this.#resting-- > 0) return;
    this.#rest = Math.min(2 * this.#rest + 1, MAX_REST);
    this.#resting = this.#rest;
    const template = DictTemplate.of(pickle, value as Record<string, unknown>);
    if (template === undefined || !this.#input.begin(pickle)) return;
    if (this.#places.length === 0) {
      this.#places = Array.from({ length: 1 << PLACE_BITS }, () => new Place());
    }
    this.#places[placeOf(this.#input)]!.promote(template);
    this.#input.finish();
    this.#unproven = template;
  }

  #mayRead({ length, 0: opcode }: Uint8Array): boolean {
    return opcode === op.EMPTY_DICT && length >= MIN_BYTES && length <= this.#maxBytes;
  }
}

/**
 * By the end of the first value, which is the name of the logger, and the last number of the memo,
 * which tells records with a traceback, or with fields in `extra`, from others. It is only a hint:
 * any bytes will do.
 */
function placeOf({ view, position, end }: PlainInput): number {
  const value = position + 11 + view.getUint8(position + 5);
  const last = value + 1 < end ? value + 1 + view.getUint8(value + 1) : end;
  if (last + 4 > end) return 0;
  let put = end - 3;
  for (let i = 0; i < MAX_SCALAR && view.getUint8(put - 1) !== op.BINPUT; i++) put--;
  const hint = view.getInt32(last, true) + view.getUint8(put);
  return Math.imul(hint, 0x9e3779b1) >>> 32 - PLACE_BITS;
}
