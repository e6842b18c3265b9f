/**
 * The rotated files of a handler, and their compression in the background, one after the other. A
 * rotated file exists as it was, or compressed with `.gz` behind its name, or as both: the
 * compressed file gets its name when it is whole and on the disk, and only then is the other
 * removed. A file may be moved and removed while it is compressed.
 *
 * @module
 */
import fs from "node:fs";
import process from "node:process";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { demandFile } from "./deno_permission.ts";
import { GZ, PART } from "./_files_to_delete.ts";

interface Job {
  /** The present path of the file; `undefined`: it was removed. */
  path: string | undefined;
  readonly onFault: (error: unknown) => void;
}

/** Says whether this system keeps the name of a removed file until no program has it open. */
const KEEPS_NAMES = process.platform === "win32";

/** Moves, removes and compresses rotated files; see the module. */
export class RotatedFiles {
  readonly #suffixes: readonly string[];
  readonly #keepsNames: boolean;
  /** The number of files that were renamed before they were removed. */
  #renamed = 0;
  /** The first one is under way. */
  #jobs: Job[] = [];
  #working: Promise<void> | undefined;

  /** With `gzip` a rotated file may have `.gz` behind its name. */
  constructor(gzip: boolean, keepsNames: boolean = KEEPS_NAMES) {
    this.#suffixes = gzip ? ["", GZ] : [""];
    this.#keepsNames = keepsNames;
  }

  /** True if a file has this name, compressed or not. */
  exists(path: string): boolean {
    return this.#suffixes.some((suffix) => {
      demandFile(path + suffix);
      return fs.existsSync(path + suffix);
    });
  }

  /** Renames a file, and replaces one of the new name; false if there is no file to rename. */
  move(from: string, to: string): boolean {
    for (const suffix of this.#suffixes) demandFile(from + suffix, to + suffix);
    const there = this.#suffixes.filter((suffix) => fs.existsSync(from + suffix));
    if (from === to || there.length === 0) return false;
    // Windows does not replace a file that is open, as it may be by a compression.
    this.remove(to, this.#keepsNames ? [] : there);
    for (const suffix of there) fs.renameSync(from + suffix, to + suffix);
    for (const job of this.#jobs) if (job.path === from) job.path = to;
    return true;
  }

  /** Removes a file, but for the suffixes in `replaced`, which a rename is about to replace. */
  remove(path: string, replaced: readonly string[] = []): void {
    for (const suffix of this.#suffixes) {
      if (!replaced.includes(suffix)) this.#removeFile(path + suffix);
    }
    for (const job of this.#jobs) if (job.path === path) job.path = undefined;
    this.#jobs = this.#jobs.filter((job, i) => i === 0 || job.path !== undefined);
  }

  /** Removes a file, if there is one, so that its name is free at once. */
  #removeFile(path: string): void {
    let last = path;
    if (this.#keepsNames && this.#jobs.some((job) => job.path === path)) {
      last = `${path}.${++this.#renamed}${PART}`;
      fs.renameSync(path, last);
    }
    fs.rmSync(last, { force: true });
  }

  /** Compresses a file after those that were given before it. */
  compress(path: string, onFault: (error: unknown) => void): void {
    this.#jobs.push({ path, onFault });
    this.#working ??= this.#work();
  }

  /** Resolves when every compression has ended or failed. Never rejects. */
  async done(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    for (let job; (job = this.#jobs[0]) !== undefined; this.#jobs.shift()) {
      try {
        await compress(job);
      } catch (error) {
        job.onFault(error);
      }
    }
    this.#working = undefined;
  }
}

async function compress(job: Job): Promise<void> {
  if (job.path === undefined || !fs.existsSync(job.path)) return;
  const part = job.path + GZ + PART;
  // Opened now, because a roll-over may soon give this name to another file.
  const source = fs.openSync(job.path, "r");
  const { mode } = fs.fstatSync(source);
  try {
    await pipeline(
      fs.createReadStream("", { fd: source }),
      createGzip(),
      fs.createWriteStream(part, { mode }),
    );
    // The file was removed while it was compressed.
    if (job.path === undefined) return;
    const file = await fs.promises.open(part, "r+");
    await file.sync().finally(() => file.close());
    if (job.path === undefined) return;
    fs.renameSync(part, job.path + GZ);
    fs.rmSync(job.path);
  } finally {
    fs.rmSync(part, { force: true });
  }
}
