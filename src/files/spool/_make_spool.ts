/**
 * Makes spools: checks the options, and opens the folders.
 *
 * @module
 */
import { performance } from "node:perf_hooks";
import {
  checkBoolean,
  checkInteger,
  checkKnown,
  checkOneOf,
  MAX_TIMEOUT_MS,
} from "../../logging/validate.ts";
import type { Overflow } from "../../delivery/outbox.ts";
import type { DeliveryQueue, Spool, SpoolReports, SpoolSettings } from "../../delivery/spool.ts";
import { demandFile } from "../deno_permission.ts";
import { openDeadFolders, openOwnFolder } from "./_process_folders.ts";
import type { ProcessTable } from "./_process_identity.ts";
import type { SpoolCalls } from "./_spool_calls.ts";
import { type Durability, makeFolder, SpoolFolder } from "./_spool_folder.ts";
import { folderOf, randomBytes } from "./_spool_path.ts";
import { type SpoolConfiguration, SpooledQueue } from "./_spooled_queue.ts";

/** Options of `fileSpool()`. */
export interface FileSpoolOptions {
  /** The most bytes that the folder takes, from 65536. @default {1073741824} */
  maxBytes?: number;
  /**
   * The size of a segment in bytes, from 8192, unless one record is larger; at most half of `maxBytes`.
   *
   * @default {8388608} or a quarter of `maxBytes`
   */
  segmentBytes?: number;
  /** When records are durable; see the module. @default {"os"} */
  durability?: Durability;
  /** The interval of `durability: "interval"`, in milliseconds, from 1. @default {1000} */
  intervalMs?: number;
  /** Which records are dropped beyond `maxBytes`. @default {"drop-oldest"} */
  overflow?: Overflow;
  /** Gives each process a folder of its own within the folder. @default {false} */
  perProcess?: boolean;
}

const OPTIONS = [
  "maxBytes",
  "segmentBytes",
  "durability",
  "intervalMs",
  "overflow",
  "perProcess",
];

const MIB = 1024 * 1024;

/** The surroundings of a spool, which tests replace. */
export interface SpoolHost {
  /** The file system. */
  readonly calls: SpoolCalls;
  /** The processes of the machine. */
  readonly processes: ProcessTable;
}

/** A file is used again where the two of it and of the next segment take little of the cap. */
const REUSE_SHARE = 8;

/** A spool in a folder. */
class FileSpool implements Spool {
  readonly #configuration: SpoolConfiguration;
  #queue: SpooledQueue | undefined;

  constructor(configuration: SpoolConfiguration) {
    this.#configuration = configuration;
  }

  makeQueue(settings: SpoolSettings, reports: SpoolReports): DeliveryQueue {
    const what = `create ${settings.name}`;
    if (this.#queue !== undefined) {
      throw new TypeError(`Cannot ${what} as another handler has its spool: make one for each`);
    }
    checkOneOf(`${what} with a spool`, "whileDisconnected", settings.whileDisconnected, ["queue"]);
    return this.#queue = new SpooledQueue(this.#configuration, settings, reports);
  }

  async sync(): Promise<void> {
    await this.#queue?.sync();
  }
}

/**
 * Makes a spool in a folder.
 *
 * @throws {TypeError | RangeError} when an option has a bad value
 */
export function makeSpool(
  directory: string | URL,
  options: FileSpoolOptions,
  { calls, processes }: SpoolHost,
): Spool {
  const what = "create a spool";
  const root = folderOf(what, directory);
  checkKnown(what, options, OPTIONS);
  const { durability = "os", intervalMs = 1000, overflow = "drop-oldest", perProcess = false } =
    options;
  const maxBytes = checkInteger(what, "maxBytes", options.maxBytes ?? 1024 * MIB, 65536);
  const usual = Math.min(8 * MIB, Math.floor(maxBytes / 4));
  const segmentBytes = checkInteger(
    what,
    "segmentBytes",
    options.segmentBytes ?? usual,
    8192,
    Math.floor(maxBytes / 2),
  );
  checkOneOf(what, "durability", durability, ["os", "interval", "always"]);
  checkOneOf(what, "overflow", overflow, ["drop-oldest", "drop-newest"]);
  checkInteger(what, "intervalMs", intervalMs, 1, MAX_TIMEOUT_MS);
  checkBoolean(what, "perProcess", perProcess);
  const settings = (contentType: string) => ({
    calls,
    processes,
    contentType,
    durability,
    segmentBytes,
    // After a power cut a file that is used again may hold old records: only "os" promises nothing then.
    reusesFiles: durability === "os" && segmentBytes * REUSE_SHARE <= maxBytes,
    random: randomBytes,
  });
  return new FileSpool({
    calls,
    maxBytes,
    durability,
    intervalMs,
    overflow,
    perProcess,
    now: () => performance.now(),
    open(contentType) {
      demandFile(root);
      if (perProcess) return openOwnFolder(root, settings(contentType));
      makeFolder(calls, root);
      return new SpoolFolder(root, settings(contentType));
    },
    openDead: (contentType, own, onFault) =>
      perProcess
        ? openDeadFolders(root, own, { ...settings(contentType), reusesFiles: false }, onFault)
        : [],
  });
}
