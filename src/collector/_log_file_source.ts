/**
 * The content of a log file, and its lines from the last one back. A file that was compressed after its
 * roll-over is inflated in memory, up to a limit: nothing in it can be read from its end otherwise.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";

/** A part that is read at once. */
const BLOCK_BYTES = 256 * 1024;

/** A longer line is skipped: no record is so long. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;

/** 64 MiB: a larger content is not held in memory. */
export const MAX_INFLATED_BYTES: number = 64 * 1024 * 1024;

/** The content of a file. */
export interface LogFileSource {
  readonly size: number;
  /** Reads a part; fewer bytes, if the file has become shorter. */
  read(position: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Opens a file that is read as it is. */
export async function openPlain(path: string, size: number): Promise<LogFileSource> {
  const handle = await open(path, "r");
  return {
    size,
    async read(position, length) {
      const block = new Uint8Array(length);
      const { bytesRead } = await handle.read(block, 0, length, position);
      return block.subarray(0, bytesRead);
    },
    close: () => handle.close(),
  };
}

/** Inflates a compressed file; `undefined` if its content is too large, damaged or cut off. */
export async function openCompressed(
  path: string,
  most: number = MAX_INFLATED_BYTES,
): Promise<LogFileSource | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const file = createReadStream(path);
  const gunzip = createGunzip();
  file.on("error", (error) => gunzip.destroy(error));
  try {
    for await (const part of file.pipe(gunzip) as AsyncIterable<Uint8Array>) {
      size += part.length;
      if (size > most) return undefined;
      parts.push(part);
    }
  } catch {
    return undefined;
  } finally {
    file.destroy();
    gunzip.destroy();
  }
  const content = Buffer.concat(parts);
  return {
    size,
    read: (position, length) => Promise.resolve(content.subarray(position, position + length)),
    close: () => Promise.resolve(),
  };
}

/** Yields the lines before `end`, the last one first, each with its offset. */
export async function* linesBack(
  source: LogFileSource,
  end: number,
): AsyncGenerator<{ line: string; offset: number }> {
  const decoder = new TextDecoder();
  let position = end;
  /** The begin of the line whose start is not read yet, in parts, the first part first. */
  let tail: Uint8Array[] = [];
  let tailBytes = 0;
  while (position > 0) {
    const length = Math.min(BLOCK_BYTES, position);
    const block = await source.read(position - length, length);
    if (block.length < length) return;
    position -= length;
    let lineEnd = length;
    for (let at = block.lastIndexOf(10); at >= 0; at = block.lastIndexOf(10, at - 1)) {
      const line = decoder.decode(joined([block.subarray(at + 1, lineEnd), ...tail]));
      tail = [];
      tailBytes = 0;
      lineEnd = at;
      yield { line, offset: position + at + 1 };
      if (at === 0) break;
    }
    tailBytes += lineEnd;
    tail = tailBytes > MAX_LINE_BYTES ? [] : [block.subarray(0, lineEnd), ...tail];
  }
  yield { line: decoder.decode(joined(tail)), offset: 0 };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first = new Uint8Array(0)] = parts;
  return parts.length <= 1 ? first : Buffer.concat(parts);
}
