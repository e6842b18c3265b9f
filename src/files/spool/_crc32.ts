/**
 * CRC-32 (that of gzip) over bytes: the runtime's own, or where it has none (Node before 20.15), by
 * tables.
 *
 * @module
 */
import zlib from "node:zlib";

/** Eight tables of 256 entries: the effect of a byte that has so many bytes behind it. */
function makeTables(): Int32Array[] {
  const tables = Array.from({ length: 8 }, () => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let i = 0; i < 64; i++) {
      crc = crc & 1 ? crc >>> 1 ^ 0xEDB88320 : crc >>> 1;
      if (i % 8 === 7) tables[i >> 3]![byte] = crc;
    }
  }
  return tables;
}

let tables: Int32Array[] | undefined;

/** {@linkcode crc32} by tables. */
export function crc32ByTables(bytes: Uint8Array, before: number = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = (tables ??= makeTables()) as [
    ...[Int32Array, Int32Array, Int32Array, Int32Array],
    ...[Int32Array, Int32Array, Int32Array, Int32Array],
  ];
  const { length } = bytes;
  const even = length - length % 8;
  let crc = ~before;
  let at = 0;
  for (; at < even; at += 8) {
    crc ^= bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24;
    crc = t7[crc & 255]! ^ t6[crc >>> 8 & 255]! ^ t5[crc >>> 16 & 255]! ^ t4[crc >>> 24]! ^
      t3[bytes[at + 4]!]! ^ t2[bytes[at + 5]!]! ^ t1[bytes[at + 6]!]! ^ t0[bytes[at + 7]!]!;
  }
  for (; at < length; at++) crc = t0[(crc ^ bytes[at]!) & 255]! ^ crc >>> 8;
  return ~crc >>> 0;
}

const { crc32: native } = zlib as {
  crc32?: (bytes: Uint8Array, before?: number) => number;
};

/** The CRC-32 of bytes; `before`: that of the bytes before them. */
export const crc32: (bytes: Uint8Array, before?: number) => number = native ?? crc32ByTables;
