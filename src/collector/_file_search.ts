/**
 * Searches back in the files that `--out` has written, the newest record first: in parts, so that a
 * request reads some megabytes at most. A cursor names a file by its inode, as a roll-over renames it.
 *
 * @module
 */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { cutText } from "../text/text_budget.ts";
import { makeLogRecord } from "../logging/make_log_record.ts";
import { recordFields } from "../wire/json_record.ts";
import { keepRecord, type KeptRecord, SharedNames } from "./_kept_record.ts";
import { linesBack, type LogFileSource, openCompressed, openPlain } from "./_log_file_source.ts";
import { ParameterError, type RecordFilter } from "./_record_filter.ts";
import { entryOf, type RecordEntry } from "./_record_view.ts";
import { recordOfLine } from "./_text_line.ts";

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
  /** The files that were passed over: compressed ones that are too large or damaged, or removed. */
  readonly passedOver?: string[];
}

/** The end of a name that a roll-over gives: `.1`, `.2026-11-29_14-00`. Others hold no records. */
const ROLLED_OVER = /^(?:\.\d{1,9}|\.\d{4}-\d\d-\d\d(?:_\d\d(?:-\d\d){0,2})?(?:\.\d+)?)?(?:\.gz)?$/;

interface LogFileName {
  readonly name: string;
  readonly path: string;
  readonly inode: number;
  readonly size: number;
}

/** Searches the files of one name, with those that a roll-over has renamed; see the module. */
export class FileSearch {
  readonly #path: string;
  /** One search runs after the other: each may hold an inflated file in memory. */
  #last: Promise<unknown> = Promise.resolve();

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
    const start = before === null || before === "" ? undefined : cursorOf(before);
    const search = this.#last.then(() => this.#search(filter, start, limit));
    this.#last = search.catch(() => {});
    return await search;
  }

  async #search(
    filter: RecordFilter,
    start: Cursor | undefined,
    limit: number,
  ): Promise<FilesFound> {
    const files = await this.#files();
    const first = start === undefined ? 0 : files.findIndex(({ inode }) => inode === start.inode);
    // A file that was removed meanwhile was the oldest.
    const rest = first < 0 ? [] : files.slice(first);
    const found: FileEntry[] = [];
    const names = new SharedNames();
    let scannedBytes = 0;
    const passedOver: string[] = [];
    const answer = (cursor: string | null): FilesFound => ({
      ...{ records: found, cursor, scannedBytes },
      ...passedOver.length > 0 && { passedOver },
    });
    for (const [i, file] of rest.entries()) {
      const source = await opened(file);
      if (source === undefined) {
        passedOver.push(file.name);
        continue;
      }
      try {
        const isStart = i === 0 && start !== undefined;
        const end = isStart ? Math.min(start.offset, source.size) : source.size;
        let at = end;
        for await (const { line, offset } of linesBack(source, end)) {
          scannedBytes += at - offset;
          at = offset;
          const cursor = `${file.inode}:${offset}`;
          const kept = keptOf(line, names);
          if (kept !== undefined && filter.matches(kept)) {
            found.push({ ...fileEntryOf(kept), cursor });
          }
          if (found.length >= limit || scannedBytes >= MAX_SCANNED_BYTES) return answer(cursor);
        }
      } finally {
        await source.close();
      }
    }
    return answer(null);
  }

  /** The files, the newest first. */
  async #files(): Promise<LogFileName[]> {
    const folder = dirname(this.#path);
    const base = basename(this.#path);
    const names = (await readdir(folder).catch(() => [] as string[]))
      .filter((name) => name.startsWith(base) && ROLLED_OVER.test(name.slice(base.length)));
    // While a file is being compressed, both exist for a moment.
    const single = names.filter((name) => !isCompressed(name) || !names.includes(plainName(name)));
    const listed = await Promise.all(single.map(async (name) => {
      const path = join(folder, name);
      const status = await stat(path).catch(() => undefined);
      if (!status?.isFile()) return undefined;
      const { ino: inode, size, mtimeMs } = status;
      return { name, path, inode, size, age: name === base ? Infinity : mtimeMs };
    }));
    return listed.filter((file) => file !== undefined).sort((a, b) => b.age - a.age);
  }
}

function isCompressed(name: string): boolean {
  return name.endsWith(".gz");
}

function plainName(name: string): string {
  return name.slice(0, -".gz".length);
}

/** Opens a file; `undefined` for one that cannot be searched. */
function opened({ name, path, size }: LogFileName): Promise<LogFileSource | undefined> {
  return isCompressed(name) ? openCompressed(path) : openPlain(path, size).catch(() => undefined);
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

/** A place in a file. */
interface Cursor {
  readonly inode: number;
  readonly offset: number;
}

function cursorOf(text: string): Cursor {
  const [, inode, offset] = /^(\d{1,20}):(\d{1,16})$/.exec(text) ?? [];
  if (offset === undefined) throw new ParameterError("'before' must be a cursor of an answer");
  return { inode: Number(inode), offset: Number(offset) };
}
