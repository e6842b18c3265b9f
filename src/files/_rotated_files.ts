/**
 * The files that were rolled over, and their compression in the background, one after the other.
 * Each is there as it was or, compressed, with `.gz` behind its name, or both: the compressed one
 * takes its name when it is whole and on the disk, and only then does the other go. Until then it may
 * be moved and removed as if nothing were under way.
 *
 * @module
 */
import fs from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { GZ, PART } from "./_files_to_delete.ts";

interface Job {
  /** Where the file lies by now; `undefined`: it was removed. */
  path: string | undefined;
  readonly onFault: (error: unknown) => void;
}

/** Moves, removes and compresses rotated files; see the module. */
export class RotatedFiles {
  readonly #suffixes: readonly string[];
  /** The first is under way. */
  #jobs: Job[] = [];
  #working: Promise<void> | undefined;

  /** Without `gzip` there is nothing but the files themselves. */
  constructor(gzip: boolean) {
    this.#suffixes = gzip ? ["", GZ] : [""];
  }

  /** Whether the name is taken. */
  exists(path: string): boolean {
    return this.#suffixes.some((suffix) => fs.existsSync(path + suffix));
  }

  /** Gives the file another name, in place of what has that name; whether there was one to move. */
  move(from: string, to: string): boolean {
    const there = this.#suffixes.filter((suffix) => fs.existsSync(from + suffix));
    if (from === to || there.length === 0) return false;
    this.remove(to, there);
    for (const suffix of there) fs.renameSync(from + suffix, to + suffix);
    for (const job of this.#jobs) if (job.path === from) job.path = to;
    return true;
  }

  /** Removes the file, but for what is to be replaced. */
  remove(path: string, replaced: readonly string[] = []): void {
    for (const suffix of this.#suffixes) {
      if (!replaced.includes(suffix)) fs.rmSync(path + suffix, { force: true });
    }
    for (const job of this.#jobs) if (job.path === path) job.path = undefined;
    this.#jobs = this.#jobs.filter((job, i) => i === 0 || job.path !== undefined);
  }

  /** Compresses the file, when those before it are. */
  compress(path: string, onFault: (error: unknown) => void): void {
    this.#jobs.push({ path, onFault });
    this.#working ??= this.#work();
  }

  /** Resolves when everything is compressed, or has failed. Never rejects. */
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
  // Opened at once: a moment later another file may have this name.
  const source = fs.openSync(job.path, "r");
  const { mode } = fs.fstatSync(source);
  try {
    await pipeline(
      fs.createReadStream("", { fd: source }),
      createGzip(),
      fs.createWriteStream(part, { mode }),
    );
    // The file, and perhaps its part, was removed meanwhile.
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
