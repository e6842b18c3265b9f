/**
 * The identity of a process, which a lock names: host, boot of the machine, process id, and the time at
 * which the process started, so that a process that has got the id of a dead one is told apart from it.
 *
 * The boot and the start time are read from Linux's `/proc`, where Deno needs `--allow-all` for it.
 *
 * @module
 */
import fs from "node:fs";
import os from "node:os";
import process from "node:process";
import { codeOf } from "./_spool_calls.ts";

/** A process, as far as it is known. */
export interface ProcessIdentity {
  /** The name of the machine, or of the container. */
  readonly host: string;
  /** The id of the machine's boot; null where it is not known. */
  readonly boot: string | null;
  /** The process id. */
  readonly pid: number;
  /** When the process started, in clock ticks since the boot; null where it is not known. */
  readonly start: string | null;
}

/** Answers questions about processes. */
export interface ProcessTable {
  /** This process. */
  readonly self: ProcessIdentity;
  /** The start time of a process; null where there is no such process, `undefined`: unknown. */
  startOf(pid: number): string | null | undefined;
  /** Says whether there is a process with this id; `undefined`: unknown. */
  isAlive(pid: number): boolean | undefined;
}

interface Host {
  Deno?: { permissions: { querySync(wanted: object): { state: string } } };
}

/** Says whether Deno permits it without asking on the terminal. */
function permits(wanted: object): boolean {
  const { Deno } = globalThis as Host;
  return Deno === undefined || Deno.permissions.querySync(wanted).state === "granted";
}

/** The text of a file of `/proc`; null: there is none; `undefined`: it may not be read. */
function readProc(path: string): string | null | undefined {
  if (!permits({ name: "read", path })) return undefined;
  try {
    return fs.readFileSync(path, "utf8");
  } catch (error) {
    return codeOf(error) === "ENOENT" || codeOf(error) === "ESRCH" ? null : undefined;
  }
}

/** The processes of this machine. */
class SystemProcesses implements ProcessTable {
  #self: ProcessIdentity | undefined;

  get self(): ProcessIdentity {
    const boot = readProc("/proc/sys/kernel/random/boot_id")?.trim() ?? null;
    return this.#self ??= {
      host: permits({ name: "sys", kind: "hostname" }) ? os.hostname() : "",
      boot,
      pid: process.pid,
      start: this.startOf(process.pid) ?? null,
    };
  }

  startOf(pid: number): string | null | undefined {
    const stat = readProc(`/proc/${pid}/stat`);
    if (stat === null) return readProc("/proc/self/stat") ? null : undefined;
    // The name of the program, in parentheses, may hold anything.
    return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  }

  isAlive(pid: number): boolean | undefined {
    if (!permits({ name: "run" })) return undefined;
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      // Another user's process is alive, and may not be signalled.
      return codeOf(error) === "ESRCH" ? false : codeOf(error) === "EPERM" ? true : undefined;
    }
  }
}

/** The processes of this machine. */
export const systemProcesses: ProcessTable = new SystemProcesses();

/**
 * Says whether a process that wrote a lock still runs; `undefined` where that cannot be known: on
 * another machine, or without the permissions.
 *
 * A process of another container is not seen from here, so it does not hold a lock: containers that
 * share a folder need a spool each.
 */
export function isRunning(
  { host, boot, pid, start }: ProcessIdentity,
  { self, startOf, isAlive }: ProcessTable,
): boolean | undefined {
  if (boot !== null && self.boot !== null && boot !== self.boot) {
    // The machine was started anew, or it is another one.
    return host !== "" && host === self.host ? false : undefined;
  }
  if (host !== self.host && (boot === null || self.boot === null)) return undefined;
  const now = start === null ? undefined : startOf(pid);
  return now === undefined ? isAlive(pid) : now === start;
}
