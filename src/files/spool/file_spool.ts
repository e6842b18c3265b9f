/**
 * `./spool`: `fileSpool()` keeps the queue of a network handler on the disk, so that records survive the
 * process: an outage of the server that outlasts it, a crash, `process.exit()` before the first
 * connection.
 *
 * ## How it works
 *
 * The records of one turn of the event loop are written to the folder in one call at its end, before
 * they are sent. Records that the server has taken are removed. What is left when the process ends is
 * sent by the next process that uses the folder, from its first record or `flush()` on:
 * `stats.recovered` counts these records. Records that were sent when the process died, without the spool knowing of
 * it, are sent again: each arrives at least once.
 *
 * With `durability: "os"` a file whose records are all sent becomes the next segment, as the system writes
 * over a file in half the time; until then its name is `spare`. (Not where a segment takes more than an
 * eighth of `maxBytes`.)
 *
 * A few megabytes wait in memory as well. Beyond that, a backlog takes no memory, and the start of a
 * program does not depend on its size.
 *
 * ## Options
 *
 * - `maxBytes` (1 GiB): the most space that the folder takes. Beyond it, the oldest records are dropped,
 *   a segment at a time, or with `overflow: "drop-newest"` new ones; both are counted.
 * - `durability`: which crashes records survive, see below.
 * - `intervalMs` (1000): the interval of `durability: "interval"`.
 * - `perProcess`: several processes share the folder. Each has a folder of its own in it, and sends what
 *   dead ones have left.
 * - `segmentBytes` (8 MiB, or a quarter of `maxBytes`): the size of one file.
 *
 * A spool serves one handler. The handler is in `queue` mode by default, and `maxQueuedBytes` bounds the
 * records that are kept in memory while the disk takes none.
 *
 * ## Durability
 *
 * | `durability`       | the process dies (`kill -9`)          | the machine loses power              |
 * | ------------------ | ------------------------------------- | ------------------------------------ |
 * | `"os"` (default)   | the records of the current turn       | what the system has not written yet  |
 * | `"interval"`       | the records of the current turn       | the records of the last `intervalMs` |
 * | `"always"`         | the records of the current turn       | the records of the current turn      |
 *
 * The table says what is lost. `"always"` blocks the event loop at the end of each turn that logs, until
 * the disk has written: a tenth of a millisecond on a fast disk, ten or more on a slow one.
 * `await spool.sync()` waits for all that was logged, in each mode.
 *
 * ## When the disk fails
 *
 * - A full disk: records are kept in memory, within `maxQueuedBytes`, and the disk is tried again each
 *   second.
 * - A folder that cannot be opened: records are kept in memory until the process ends.
 * - Damaged records are skipped and counted as `dropped.damaged`. A segment that cannot be read is
 *   renamed to end with `.bad`, and its records are counted likewise.
 *
 * Each is an event of the type `"spool"` for `onEvent`, else a line on stderr.
 *
 * ## When the program ends
 *
 * All records are in the folder when the program returns, after `process.exit()` and `Deno.exit()`, and
 * after an uncaught error. An open connection takes what it can before that, so that the last records
 * do not wait for the next run. After `kill -9` the records of the current turn are lost.
 *
 * ## One process a folder
 *
 * A file `lock` names the process that uses the folder; the second one gets an error, and keeps its
 * records in memory. The lock of a dead process does not hold. (If another program has got the id of a
 * dead process, only Linux shows that; on Windows and macOS the error then says to delete the lock.)
 * Processes on different machines or
 * containers cannot see each other: give each a folder of its own.
 *
 * ## Looking after a spool
 *
 * `listSpool()` lists segments, `verifySpool()` reads all and counts damaged records, `drainSpool()`
 * takes the records out.
 *
 * ## Errors
 *
 * - `fileSpool()` throws a `TypeError` or `RangeError` for a bad option. A constructor of a handler
 *   throws a `TypeError` for a spool that another handler has.
 * - `it holds records of the kind 'pickle', not 'json'`: the records were left by a handler of another
 *   kind, or with another serializer, and cannot be sent by this one. Drain the folder, or give this
 *   handler another one. With `perProcess`, what a dead process has left of another kind is reported
 *   and stays.
 *
 * Runs on Bun, Node and Deno, which needs `--allow-read` and `--allow-write` for the folder: where one
 * of them lacks, the error names the flag, and Deno does not prompt.
 *
 * @example Keep records while the server is away, and send them in the next run
 * ```ts
 * import { mkdtempSync, rmSync } from "node:fs";
 * import { getLogger, SocketHandler } from "jsr:@logwire/logging";
 * import { connector } from "jsr:@logwire/logging/auto";
 * import { fileSpool, listSpool } from "jsr:@logwire/logging/spool";
 *
 * const folder = mkdtempSync("/tmp/app-spool-");
 * const spool = fileSpool(folder, { durability: "os" });
 * const handler = new SocketHandler("localhost", 9, { connector, spool, onEvent: () => {} });
 * getLogger("app").addHandler(handler);
 * getLogger("app").warning("low on %s", "ink");
 * await spool.sync(); // from here on the record survives a loss of power
 * console.assert(handler.stats.queued === 1 && listSpool(folder)[0]?.segments.length === 1);
 *
 * await handler.close(); // nobody listens there: the record stays in the folder
 * getLogger("app").removeHandler(handler);
 * rmSync(folder, { recursive: true });
 * ```
 *
 * @module
 */
import type { Spool } from "../../delivery/spool.ts";
import { type FileSpoolOptions, makeSpool } from "./_make_spool.ts";
import { systemProcesses } from "./_process_identity.ts";
import { systemCalls } from "./_spool_calls.ts";

export type { Overflow } from "../../delivery/outbox.ts";
export type { Spool } from "../../delivery/spool.ts";
export type { FileSpoolOptions } from "./_make_spool.ts";
export type { Durability } from "./_spool_folder.ts";
export {
  type DrainedBatch,
  drainSpool,
  listSpool,
  type SpoolListing,
  type SpoolSegment,
  type VerifiedSegment,
  verifySpool,
} from "./_spool_tools.ts";

/**
 * Makes a spool in a folder, which is made if there is none. It opens nothing: the first record does, and
 * so does `flush()` of the handler.
 *
 * @throws {TypeError | RangeError} when an option has a bad value
 */
export function fileSpool(directory: string | URL, options: FileSpoolOptions = {}): Spool {
  return makeSpool(directory, options, { calls: systemCalls, processes: systemProcesses });
}
