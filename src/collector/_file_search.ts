/**
 * Searches back in the files that `--out` has written, the newest record first: in parts, so that a
 * request reads some megabytes at most. A cursor names a file by its inode, as a roll-over renames it.
 *
 * @module
 */
import { open, readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { cutText } from "../text/text_budget.ts";
import { makeLogRecord } from "../logging/make_log_record.ts";
import { recordFields } from "../wire/json_record.ts";
import { keepRecord, type KeptRecord, SharedNames } from "./_kept_record.ts";
import { ParameterError, type RecordFilter } from "./_record_filter.ts";
import { entryOf, type RecordEntry } from "./_record_view.ts";
import { recordOfLine } from "./_text_line.ts";

/** A part that is read at once. */
const BLOCK_BYTES = 256 * 1024;

/** A longer line is skipped: no record is so long. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;

/** The most bytes that one request reads. */
const MAX_SCANNED_BYTES = 16 * 1024 * 1024;

/** The most characters of a text: there is no id by which the page could ask for the rest. */
const MAX_TEXT = 64 * 1024;

/** A record of a file, whole; its cursor takes the place of an id. */
export type FileEntry = Omit<RecordEntry, "id"> & {
  readonly cursor: string;
  readonly stack?: string;
};

/** The result of a search. */
export interface FilesFound {
  /** The newest first. */
  readonly records: FileEntry[];
  /** Where the search goes on; null: there is nothing more. */
  readonly cursor: string | null;
  readonly scannedBytes: number;
  /** The files that were passed over, as they are compressed. */
  readonly passedOver?: string[];
}

/** The end of a name that a roll-over gives: `.1`, `.2026-11-29_14-00`. Others hold no records. */
const ROLLED_OVER = /^(?:\.\d{1,9}|\.\d{4}-\d\d-\d\d(?:_\d\d(?:-\d\d){0,2})?(?:\.\d+)?)?(?:\.gz)?$/;

interface LogFileName {
  readonly path: string;
  readonly inode: number;
  readonly size: number;
}

/** Searches the files of one name, with those that a roll-over has renamed; see the module. */
export class FileSearch {
  readonly #path: string;

  /** Searches `path`, and the files beside it that a roll-over has renamed. */
  constructor(path: string) {
    this.#path = resolve(path);
  }

  /**
   * Returns the newest records before a cursor that meet the conditions.
   *
   * @throws {ParameterError} for a cursor that is none
   */
  async search(filter: RecordFilter, before: string | null, limit: number): Promise<FilesFound> {
    const { files, passedOver } = await this.#files();
    const start = before === null || before === "" ? undefined : cursorOf(before);
    const first = start === undefined ? 0 : files.findIndex(({ inode }) => inode === start.inode);
    // A file that was removed meanwhile was the oldest.
    const rest = first < 0 ? [] : files.slice(first);
    const found: FileEntry[] = [];
    const names = new SharedNames();
    let scannedBytes = 0;
    let cursor: string | null = null;
    for (const [i, file] of rest.entries()) {
      const end = i === 0 && start !== undefined ? Math.min(start.offset, file.size) : file.size;
      let at = end;
      for await (const { line, offset } of linesBack(file.path, end)) {
        scannedBytes += at - offset;
        at = offset;
        cursor = `${file.inode}:${offset}`;
        const kept = keptOf(line, names);
        if (kept !== undefined && filter.matches(kept)) {
          found.push({ ...fileEntryOf(kept), cursor });
        }
        if (found.length >= limit || scannedBytes >= MAX_SCANNED_BYTES) {
          return { records: found, cursor, scannedBytes };
        }
      }
    }
    const none = passedOver.length === 0 ? {} : { passedOver };
    return { records: found, cursor: null, scannedBytes, ...none };
  }

  /** The files, the newest first. */
  async #files(): Promise<{ files: LogFileName[]; passedOver: string[] }> {
    const folder = dirname(this.#path);
    const name = basename(this.#path);
    const names = (await readdir(folder).catch(() => [] as string[]))
      .filter((one) => one.startsWith(name) && ROLLED_OVER.test(one.slice(name.length)));
    const readable = names.filter((one) => !one.endsWith(".gz"));
    const listed = await Promise.all(readable.map(async (one) => {
      const path = join(folder, one);
      const status = await stat(path).catch(() => undefined);
      if (!status?.isFile()) return undefined;
      const { ino: inode, size, mtimeMs } = status;
      return { path, inode, size, age: one === name ? Infinity : mtimeMs };
    }));
    return {
      files: listed.filter((file) => file !== undefined).sort((a, b) => b.age - a.age),
      passedOver: names.filter((one) => one.endsWith(".gz")),
    };
  }
}

/** Reads a line as the collector has written it, in either format. */
function keptOf(line: string, names: SharedNames): KeptRecord | undefined {
  if (line === "") return undefined;
  try {
    const fields = line.startsWith("{") ? recordFields(JSON.parse(line)) : recordOfLine(line);
    if (fields === undefined) return undefined;
    const sender = typeof fields.sender_address === "string" ? fields.sender_address : "";
    return keepRecord(makeLogRecord(fields), { via: "file", sender }, 0, names);
  } catch {
    // A line that was cut off, or is of another program.
    return undefined;
  }
}

function fileEntryOf(kept: KeptRecord): Omit<FileEntry, "cursor"> {
  const { id: _, cut: _cut, ...entry } = entryOf(kept);
  const { message, error, stack } = kept;
  return {
    ...entry,
    message: cutText(message, MAX_TEXT),
    ...message.length > MAX_TEXT && { cut: true },
    ...error !== "" && { error: cutText(error, MAX_TEXT) },
    ...stack !== "" && { stack: cutText(stack, MAX_TEXT) },
  };
}

function cursorOf(text: string): { inode: number; offset: number } {
  const [, inode, offset] = /^(\d{1,20}):(\d{1,16})$/.exec(text) ?? [];
  if (offset === undefined) throw new ParameterError("'before' must be a cursor of an answer");
  return { inode: Number(inode), offset: Number(offset) };
}

/** Yields the lines of a file before `end`, the last one first, each with its offset. */
async function* linesBack(
  path: string,
  end: number,
): AsyncGenerator<{ line: string; offset: number }> {
  const decoder = new TextDecoder();
  const handle = await open(path, "r");
  try {
    let position = end;
    /** The begin of the line whose start is not read yet, in parts, the first part first. */
    let tail: Uint8Array[] = [];
    let tailBytes = 0;
    while (position > 0) {
      const length = Math.min(BLOCK_BYTES, position);
      const block = new Uint8Array(length);
      const { bytesRead } = await handle.read(block, 0, length, position - length);
      if (bytesRead < length) return;
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
  } finally {
    await handle.close();
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first = new Uint8Array(0)] = parts;
  if (parts.length <= 1) return first;
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
