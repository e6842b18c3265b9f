/**
 * The lock of a spool's folder: a file that names the process which uses the spool. The lock of a dead
 * process does not hold.
 *
 * On Deno the file is locked in the kernel as well, which tells there without further permissions
 * whether the process still runs.
 *
 * @module
 */
import { attempt, codeOf, readStart, type SpoolCalls, writeAll } from "./_spool_calls.ts";
import { isRunning, type ProcessIdentity, type ProcessTable } from "./_process_identity.ts";

/** The name of the lock in its folder. */
export const LOCK_NAME = "lock";

/** The most bytes of a lock that are read. */
const MAX_LOCK_BYTES = 4096;

/** How often a lock is tried for that other processes take and release meanwhile. */
const TRIES = 5;

interface Host {
  Deno?: {
    openSync(path: string, options: { read: boolean; write: boolean }): KernelLock;
  };
}

/** A file of Deno. */
interface KernelLock {
  tryLockSync?(isExclusive: boolean): boolean;
  close(): void;
}

/** The contents of a lock. */
interface LockContents extends ProcessIdentity {
  /** Tells the locks of one process apart. */
  readonly id: string;
  /** The process holds a lock of the kernel on the file. */
  readonly kernel: boolean;
}

/** The holder of a folder's lock. */
export interface Holder {
  /** The process. */
  readonly process: ProcessIdentity;
  /** True if the process runs; `undefined` where that cannot be known. */
  readonly isRunning: boolean | undefined;
}

/** Locks one folder for this process. */
export class SpoolLock {
  readonly #calls: SpoolCalls;
  readonly #processes: ProcessTable;
  readonly #path: string;
  readonly #id: string;
  #kernel: KernelLock | undefined;

  /**
   * Takes the lock.
   *
   * @param id a random text
   * @throws {Error} where another process has it, or the folder cannot be written
   */
  constructor(calls: SpoolCalls, processes: ProcessTable, folder: string, id: string) {
    this.#calls = calls;
    this.#processes = processes;
    this.#path = `${folder}/${LOCK_NAME}`;
    this.#id = id;
    const own = `${this.#path}.${id}`;
    // Before it has its name, so that no other process finds it without its contents.
    const fd = calls.openSync(own, "wx", 0o600);
    try {
      this.#kernel = lockInKernel(own);
      const contents = { ...processes.self, id, kernel: this.#kernel !== undefined };
      writeAll(calls, fd, new TextEncoder().encode(JSON.stringify(contents)), 0);
      calls.closeSync(fd);
      this.#take(own);
    } catch (error) {
      this.#kernel?.close();
      throw error;
    } finally {
      attempt(() => calls.unlinkSync(own));
    }
  }

  #take(own: string): void {
    for (let tries = 0; tries < TRIES; tries++) {
      try {
        this.#calls.linkSync(own, this.#path);
        return;
      } catch (error) {
        if (codeOf(error) !== "EEXIST") throw error;
      }
      this.#breakDead();
    }
    throw new Error("other processes take and release its lock all the time");
  }

  /** Removes the lock of a dead process; throws if it holds. */
  #breakDead(): void {
    const found = this.#read(this.#path);
    if (found === undefined) return;
    if (found !== null && isHeld(this.#path, found, this.#processes)) throw inUse(found, true);
    if (found !== null && isHeld(this.#path, found, this.#processes) === undefined) {
      throw inUse(found, false);
    }
    // Only one process gets it by that; if it has got the lock of one that was faster, it gives it back.
    const grave = `${this.#path}.${this.#id}.dead`;
    attempt(() => this.#calls.renameSync(this.#path, grave));
    const broken = this.#read(grave);
    if (broken?.id !== found?.id) attempt(() => this.#calls.linkSync(grave, this.#path));
    attempt(() => this.#calls.unlinkSync(grave));
  }

  /** The contents of a lock; null: unreadable; `undefined`: there is none. */
  #read(path: string): LockContents | null | undefined {
    return readLock(this.#calls, path);
  }

  /** Says whether this process still has the lock: another container may have broken it. */
  get isOwn(): boolean {
    return attempt(() => this.#read(this.#path))?.id === this.#id;
  }

  /** Gives the lock back. */
  release(): void {
    if (this.isOwn) attempt(() => this.#calls.unlinkSync(this.#path));
    this.#kernel?.close();
    this.#kernel = undefined;
  }
}

/** The process that has the lock of a folder; `undefined`: none has. */
export function holderOf(
  calls: SpoolCalls,
  processes: ProcessTable,
  folder: string,
): Holder | undefined {
  const path = `${folder}/${LOCK_NAME}`;
  const found = readLock(calls, path);
  if (found === undefined || found === null) return undefined;
  return { process: found, isRunning: isHeld(path, found, processes) };
}

function readLock(calls: SpoolCalls, path: string): LockContents | null | undefined {
  const bytes = readStart(calls, path, MAX_LOCK_BYTES);
  if (bytes === undefined) return undefined;
  try {
    const { host, boot, pid, start, id, kernel } = JSON.parse(new TextDecoder().decode(bytes));
    return { host, boot, pid, start, id, kernel };
  } catch {
    // Its process lost power before the bytes were on the disk.
    return null;
  }
}

function isHeld(path: string, found: LockContents, processes: ProcessTable): boolean | undefined {
  const known = isRunning(found, processes);
  if (known !== undefined || !found.kernel) return known;
  // A kernel knows nothing of another machine's locks.
  const { host } = processes.self;
  if (host !== "" && found.host !== "" && host !== found.host) return undefined;
  const lock = lockInKernel(path);
  lock?.close();
  return lock === undefined;
}

/** Locks a file in the kernel where the runtime can; `undefined` where it cannot, or another has it. */
function lockInKernel(path: string): KernelLock | undefined {
  const file = attempt(() =>
    (globalThis as Host).Deno?.openSync(path, { read: true, write: true })
  );
  if (attempt(() => file?.tryLockSync?.(true))) return file;
  file?.close();
  return undefined;
}

function inUse({ pid, host, start }: LockContents, isKnown: boolean): Error {
  const who = `the process ${pid}${host === "" ? "" : ` of ${host}`}`;
  // Only Linux gives the start times that tell a process from another that has got its id.
  const other = start === null
    ? `; if that process is another program, delete the file '${LOCK_NAME}'`
    : "";
  return new Error(
    isKnown
      ? `${who} uses it: give each process a folder of its own, or set 'perProcess'${other}`
      : `${who} may use it: it cannot be seen from here whether that process still runs; ` +
        `delete the file '${LOCK_NAME}' if it does not`,
  );
}
