// Declarations of the part of @std/bytes that this project uses: the npm package `deno-std`, from
// which the offline JSR mirror is built, ships JavaScript alone.
export declare function concat(buffers: readonly Uint8Array[]): Uint8Array<ArrayBuffer>;
export declare function equals(a: Uint8Array, b: Uint8Array): boolean;
export declare function includesNeedle(
  source: Uint8Array,
  needle: Uint8Array,
  start?: number,
): boolean;
export declare function repeat(source: Uint8Array, count: number): Uint8Array<ArrayBuffer>;
export declare function startsWith(source: Uint8Array, prefix: Uint8Array): boolean;
