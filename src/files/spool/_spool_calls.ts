/**
 * The calls to the file system that a spool makes: a part of `node:fs`, which tests replace by a file
 * system that forgets at a crash.
 *
 * @module
 */
import fs from "node:fs";

/** The part of `node:fs` that a spool uses, declared here so that programs need no types of Node. */
export interface SpoolCalls {
  /** Makes a folder; throws `EEXIST` where there is one. */
  mkdirSync(path: string, options: { mode: number }): unknown;
  /** The names in a folder. */
  readdirSync(path: string): string[];
  /** Removes an empty folder. */
  rmdirSync(path: string): void;
  /** Opens a file, or a folder to sync it. */
  openSync(path: string, flags: string, mode?: number): number;
  /** The size and the kind of what stands at a path. */
  statSync(path: string): { size: number; isDirectory(): boolean };
  /** The size of an open file. */
  fstatSync(fd: number): { size: number };
  /** Reads from a position. */
  readSync(fd: number, to: Uint8Array, at: number, length: number, position: number): number;
  /** Writes at a position. */
  writeSync(fd: number, bytes: Uint8Array, at: number, length: number, position: number): number;
  /** Cuts a file to a size. */
  ftruncateSync(fd: number, size: number): void;
  /** Makes the bytes of a file durable, or the names of a folder. */
  fdatasyncSync(fd: number): void;
  /** As {@linkcode fdatasyncSync}, in the background. */
  fdatasync(fd: number, callback: (error: Error | null) => void): void;
  /** Closes a file. */
  closeSync(fd: number): void;
  /** Renames a file or a folder. */
  renameSync(from: string, to: string): void;
  /** Gives a file a second name; throws `EEXIST` where that is taken. */
  linkSync(path: string, other: string): void;
  /** Removes a file. */
  unlinkSync(path: string): void;
}

/** The file system of this machine. */
export const systemCalls: SpoolCalls = fs;

/** The code of a system's error. */
export function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null)?.code;
}

/** Runs a call whose failure changes nothing: returns `undefined` then. */
export function attempt<Result>(call: () => Result): Result | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}

/** Writes all bytes at a position, or throws. */
export function writeAll(
  calls: SpoolCalls,
  fd: number,
  bytes: Uint8Array,
  position: number,
): void {
  for (let taken = 0; taken < bytes.length;) {
    const size = calls.writeSync(fd, bytes, taken, bytes.length - taken, position + taken);
    if (size === 0) throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
    taken += size;
  }
}

/** Reads from a position until `to` is full or the file ends; how many bytes. */
export function readAll(calls: SpoolCalls, fd: number, to: Uint8Array, position: number): number {
  let filled = 0;
  while (filled < to.length) {
    const size = calls.readSync(fd, to, filled, to.length - filled, position + filled);
    if (size === 0) break;
    filled += size;
  }
  return filled;
}

/** The first `most` bytes of a file; `undefined` where there is no such file. */
export function readStart(calls: SpoolCalls, path: string, most: number): Uint8Array | undefined {
  let fd: number;
  try {
    fd = calls.openSync(path, "r");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    const bytes = new Uint8Array(most);
    return bytes.subarray(0, readAll(calls, fd, bytes, 0));
  } finally {
    calls.closeSync(fd);
  }
}

/** The errors of a system that cannot sync a folder. */
const CANNOT_SYNC: readonly unknown[] = ["EISDIR", "EPERM", "EINVAL", "EACCES"];

/**
 * Opens a folder to sync it; `undefined` where that cannot be. Windows cannot sync a folder, but its
 * journal keeps names; its error comes when the folder is opened or, on Node, when it is synced.
 */
export function openFolder(calls: SpoolCalls, path: string): number | undefined {
  try {
    return calls.openSync(path, "r");
  } catch (error) {
    if (CANNOT_SYNC.includes(codeOf(error))) return undefined;
    throw error;
  }
}

/** Makes the names in a folder durable, if the system can. */
export function syncFolder(calls: SpoolCalls, path: string): void {
  const fd = openFolder(calls, path);
  if (fd === undefined) return;
  try {
    calls.fdatasyncSync(fd);
  } catch (error) {
    if (!CANNOT_SYNC.includes(codeOf(error))) throw error;
  } finally {
    calls.closeSync(fd);
  }
}
