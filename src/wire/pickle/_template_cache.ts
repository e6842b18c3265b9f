/**
 * The templates by which an unpickler reads records similar to earlier ones. The cache chooses the
 * template to try, and replaces templates. It holds a fixed number of them, whatever it reads.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import type { UnpickleLimits } from "./limits.ts";
import * as op from "./opcodes.ts";
import { PlainInput } from "./_plain_input.ts";
import type { DictMaker } from "./dict_shape.ts";
import { DictTemplate } from "./_dict_template.ts";

/** Places for templates: two to this power. */
const PLACE_BITS = 5;

/** The bytes that a value may take behind the last PUT: an id of a thread, as text. */
const MAX_SCALAR = 18;

/** The fewest bytes of a useful template. */
const MIN_BYTES = 32;

/**
 * After so many reads a record becomes the new template, since some values have changed for good.
 */
const READS_A_TEMPLATE = 1024;

/**
 * The most loads until the next template. To make a template takes about as long as to load. The
 * more templates in a row have read nothing, the later the next is made: a sender whose records are
 * never similar takes a little more time, not twice as much.
 */
const MAX_REST = 63;

/** The values of a longer pickle are not kept: a message may have megabytes. */
const MAX_KEPT_BYTES = 4096;

/** Two templates, for loggers that take turns. */
class Place {
  last: DictTemplate | undefined;
  other: DictTemplate | undefined;

  /** Makes a template the first that is tried. */
  promote(template: DictTemplate): void {
    this.other = this.last;
    this.last = template;
  }
}

/** Reads pickles that are similar to those that it learned from; see the module. */
export class TemplateCache {
  readonly #maxBytes: number;
  readonly #input = new PlainInput();
  /** Empty until there is a template. */
  #places: Place[] = [];
  #reads = 0;
  /** The newest template, until it has read something. */
  #unproven: DictTemplate | undefined;
  /**
   * The number of loads without learning after the last template, and how many of them are left.
   */
  #rest = 0;
  /** The first load is often the only one. */
  #resting = 1;

  /** Makes a cache for loads within these limits. */
  constructor(limits: Required<UnpickleLimits>) {
    const { maxBytes, maxDepth, maxMemo, maxContainers, maxItems, maxStringBytes } = limits;
    // A flat dict of so many bytes, whatever its values, cannot exceed any of them.
    this.#maxBytes = maxDepth === 0 || maxContainers === 0
      ? 0
      : Math.min(maxBytes, maxMemo, maxItems, maxStringBytes);
  }

  /** Reads a pickle by a template; undefined if the unpickler must read it. */
  read(pickle: Uint8Array): Record<string, unknown> | undefined {
    const template = this.#find(pickle);
    if (template === undefined) return undefined;
    const dict = template.shape.make(template.values);
    if (pickle.length > MAX_KEPT_BYTES) template.forget();
    return dict;
  }

  /** As `read()`, for the record that `maker` makes of the dict. */
  readRecord<Made>(pickle: Uint8Array, maker: DictMaker<Made>): Made | undefined {
    const template = this.#find(pickle);
    if (template === undefined) return undefined;
    const { shape, values } = template;
    const record = shape.isRecord
      ? maker.ofValues(values, shape.keys)
      : maker.ofDict(shape.make(values));
    if (pickle.length > MAX_KEPT_BYTES) template.forget();
    return record;
  }

  /** Returns the template that has read the pickle. */
  #find(pickle: Uint8Array): DictTemplate | undefined {
    const input = this.#input;
    if (this.#places.length === 0 || !this.#mayRead(pickle) || !input.begin(pickle)) return;
    const place = this.#places[placeOf(input)]!;
    let template = place.last;
    if (template === undefined || !template.read(input)) {
      template = place.other;
      input.position = pickle.byteOffset;
      if (template === undefined || !template.read(input)) {
        input.finish();
        return undefined;
      }
      place.promote(template);
    }
    input.finish();
    if (template === this.#unproven) {
      this.#unproven = undefined;
      this.#rest = this.#resting = 0;
    }
    if (++this.#reads % READS_A_TEMPLATE === 0) {
      template = place.last = template.renewed(pickle) ?? template;
    }
    return template;
  }

  /** Learns from a pickle that the unpickler has loaded. */
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
 * Chooses a place by the end of the first value, which is the name of the logger, and by the last
 * number of the memo, which differs in records with a traceback or with fields in `extra`. It is
 * only a hint: other bytes do no harm.
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
