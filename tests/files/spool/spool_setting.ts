/** Shared by the tests of the spool: queues over a scripted file system, and what they report. */
import type { Batch } from "../../../src/delivery/batch_writer.ts";
import { FrameEncoder } from "../../../src/delivery/frame_encoder.ts";
import type { DeliveryQueue } from "../../../src/delivery/spool.ts";
import { type FileSpoolOptions, makeSpool } from "../../../src/files/spool/_make_spool.ts";
import type { ProcessTable } from "../../../src/files/spool/_process_identity.ts";
import type { SpoolCalls } from "../../../src/files/spool/_spool_calls.ts";

/** Processes that the test says are alive. */
export class ScriptedProcesses implements ProcessTable {
  readonly alive: Map<number, string> = new Map();
  readonly self: { host: string; boot: string | null; pid: number; start: string | null };

  constructor(pid = 100, start = "1", host = "here", boot = "boot-1") {
    this.self = { host, boot, pid, start };
    this.alive.set(pid, start);
  }

  readonly startOf = (pid: number): string | null => this.alive.get(pid) ?? null;
  readonly isAlive = (pid: number): boolean => this.alive.has(pid);
}

const encoder = new FrameEncoder((text: string) => new TextEncoder().encode(text));

/** The texts of a batch, one a record. */
export function textsOf({ bytes, lengths }: Pick<Batch, "bytes" | "lengths">): string[] {
  let at = 0;
  return [...lengths].map((length) => new TextDecoder().decode(bytes.subarray(at, at += length)));
}

/** A queue with a spool, and the account of its records. */
export class SpoolSetting {
  readonly queue: DeliveryQueue;
  readonly spool: { sync(): Promise<void> };
  readonly faults: string[] = [];
  /** Called for each fault. */
  onFault: () => void = () => {};
  /** Records that were turned away, that were dropped, and that were settled. */
  turnedAway = 0;
  dropped: Record<string, number> = {};
  sent = 0;

  constructor(
    calls: SpoolCalls,
    options: FileSpoolOptions = {},
    { processes = new ScriptedProcesses(), folder = "/spool", contentType = "text", ...caps }: {
      processes?: ProcessTable;
      folder?: string;
      contentType?: string;
      maxBytes?: number;
      maxRecords?: number;
    } = {},
  ) {
    const spool = this.spool = makeSpool(folder, options, { calls, processes });
    const settings = {
      maxBytes: 1 << 20,
      maxRecords: Infinity,
      overflow: "drop-oldest" as const,
      chunkBytes: 4096,
      whileDisconnected: "queue" as const,
      ...caps,
      name: "Test there",
      contentType,
      onCrowded: (size: number) => this.#drop("overflow", this.queue.makeRoom(size)),
    };
    this.queue = spool.makeQueue(settings, {
      drop: (reason, records) => this.#drop(reason, records),
      report: (event) => {
        if (event.type !== "spool") return;
        this.faults.push(event.error.message);
        this.onFault();
      },
    });
  }

  #drop(reason: string, records: number): void {
    if (records > 0) this.dropped[reason] = (this.dropped[reason] ?? 0) + records;
  }

  /** Logs a text. */
  emit(text: string): void {
    const outcome = this.queue.append(text, encoder);
    if (outcome !== "overflow" && outcome !== "tooLarge") return;
    this.turnedAway++;
    this.#drop(outcome, 1);
  }

  /** Takes a batch out and settles it; its texts. */
  send(most?: number): string[] | undefined {
    const batch = this.queue.take(most);
    if (batch === undefined) return undefined;
    const texts = textsOf(batch);
    this.queue.settle(batch);
    this.sent += texts.length;
    return texts;
  }

  /** Sends all that is queued. */
  sendAll(most?: number): string[] {
    const all: string[] = [];
    for (let texts; (texts = this.send(most)) !== undefined;) all.push(...texts);
    return all;
  }

  /** The two sides of the account, which are equal at each moment. */
  get account(): [number, number] {
    const { emitted, recovered, records } = this.queue;
    const dropped = Object.values(this.dropped).reduce((sum, count) => sum + count, 0);
    return [emitted + this.turnedAway + recovered, this.sent + records + dropped];
  }
}
