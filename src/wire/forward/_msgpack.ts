/**
 * MessagePack by the package `@msgpack/msgpack`, as Forward uses it: EventTime, integers of 64 bits,
 * keys that are no strings.
 *
 * Browser compatible.
 *
 * @module
 */
import { decode, Encoder, ExtData, ExtensionCodec } from "@msgpack/msgpack";
import { EventTime } from "./_event_time.ts";

/** The type of the extension EventTime. */
const EVENT_TIME = 0;

/** More than the values of a record nest, together with the map and the array around them. */
const MAX_DEPTH = 110;

const extensionCodec = /* @__PURE__ */ forwardExtensions();

function forwardExtensions(): ExtensionCodec {
  const codec = new ExtensionCodec();
  codec.register({
    type: EVENT_TIME,
    encode: (value) => value instanceof EventTime ? value.bytes() : null,
    decode: (bytes) => EventTime.of(bytes) ?? new ExtData(EVENT_TIME, bytes.slice()),
  });
  return codec;
}

/** Keys are texts, and no key sets a prototype. */
const options = {
  extensionCodec,
  useBigInt64: true,
  mapKeyConverter: (key: unknown) => String(key),
  // Called for keys alone; the package refuses this one.
  keyDecoder: {
    canBeCached: (length: number) => length === PROTO.length,
    decode(bytes: Uint8Array, offset: number, length: number): string {
      const key = decoder.decode(bytes.subarray(offset, offset + length));
      return key === PROTO ? `${PROTO}_` : key;
    },
  },
};

const PROTO = "__proto__";
const decoder = /* @__PURE__ */ new TextDecoder();

/** An encoder keeps a buffer as large as the largest value: one beyond this is not kept. */
const MAX_KEPT_BYTES = 65_536;

let encoder: Encoder | undefined;

/** The bytes of a value of plain objects, arrays, text, numbers, bytes and {@linkcode EventTime}. */
export function encodeValue(value: unknown): Uint8Array<ArrayBuffer> {
  encoder ??= new Encoder({ extensionCodec, useBigInt64: true, maxDepth: MAX_DEPTH });
  const bytes = encoder.encode(value);
  if (bytes.length > MAX_KEPT_BYTES) encoder = undefined;
  return bytes;
}

/**
 * The value of bytes that a `ValueScanner` has found whole. An integer is a number where that is
 * exact, else a bigint; the key `__proto__` is `__proto___`.
 *
 * @throws {Error} where they are no MessagePack
 */
export function decodeValue(bytes: Uint8Array): unknown {
  const holder = [decode(bytes, options)];
  const open: object[] = [holder];
  for (let container = open.pop(); container !== undefined; container = open.pop()) {
    for (const [key, value] of Object.entries(container)) {
      if (typeof value === "bigint") {
        const number = Number(value);
        if (Number.isSafeInteger(number)) (container as Record<string, unknown>)[key] = number;
      } else if (Array.isArray(value) || isMap(value)) open.push(value);
    }
  }
  return holder[0];
}

/** Says that a value is a map. Its members may have any name, `constructor` too. */
function isMap(value: unknown): value is object {
  return typeof value === "object" && value !== null &&
    Object.getPrototypeOf(value) === Object.prototype;
}
