/**
 * A subject of the benches: it logs records of one kind to a server. Each module in `net/`, `peers/`
 * and `controls/` that is measured in JavaScript exports `open(target): Promise<Subject>`.
 *
 * @module
 */

import type { Durability } from "../../src/files/spool/file_spool.ts";
import type { Kind } from "./record.mjs";

/** The address and the format of the records. */
export interface Target {
  readonly port: number;
  readonly protocol: "tcp" | "udp";
  /** How many loggers take turns. */
  readonly loggers: number;
  /** The kind of the records: what is logged in each call. */
  readonly kind: Kind;
  /** logwire's option of that name, where it is not the default. */
  readonly batchMs?: number;
  /** The option of the spool, where there is one. */
  readonly durability?: Durability;
  /** A file of pre-encoded frames and the size of each, for what does not encode. */
  readonly frames: string;
}

/** Logs records. */
export interface Subject {
  /** Logs record `i`. Must not wait, unless it is a control whose `run` is used instead. */
  emit(i: number): void;
  /** Resolves when everything is handed to the kernel, as far as the subject can tell. */
  flush(): Promise<void>;
  /** Lets go of everything that would keep the process alive. */
  close(): Promise<void>;
  /** Instead of `emit` in a loop of the driver's: a control that awaits room in the kernel. */
  run?(records: number, perTurn: number): Promise<void>;
  /** The subject's own figures, which go into the results unchanged. */
  account?(): unknown;
}
