/**
 * The stream of new records for the page: server-sent events (HTML Standard, section 9.2). It makes an
 * event only when the client has read the one before, so that nothing gathers for a slow client but in
 * the store, which is bounded; a batch has 250 records at most, and says how many it leaves out.
 *
 * @module
 */
import { turn } from "../net/fair_turn.ts";
import type { Clock } from "../net/connector.ts";
import type { KeptRecord } from "./_kept_record.ts";
import type { RecordFilter } from "./_record_filter.ts";
import type { RecordStore } from "./_record_store.ts";
import { entryOf } from "./_record_view.ts";

/** Eyes see no more than four changes a second. */
const BATCH_MS = 250;
const STATUS_SECONDS = 1;

/** The most records of a batch: more than a screen shows. */
const MAX_RECORDS = 250;

/** Records that are looked at between two turns of the event loop. */
const SCANNED_A_TURN = 5000;

/** Settings of a stream. */
export interface RecordStreamSettings {
  readonly store: RecordStore;
  readonly filter: RecordFilter;
  /** The id of the last record that the client has seen. */
  readonly after: number;
  readonly clock: Clock;
  /** Returns the object of a status event. */
  status(): unknown;
}

/** The records of a batch. */
interface Batch {
  records: KeptRecord[];
  matching: number;
  counts: Map<string, number>;
}

/** Returns the events of new records, and of the status each second, until it is cancelled. */
export function recordStream(settings: RecordStreamSettings): ReadableStream<Uint8Array> {
  const { store, filter, clock } = settings;
  const encoder = new TextEncoder();
  let last = settings.after;
  let batchAt = -Infinity;
  let statusAt = -Infinity;
  let timer: unknown;
  /** A browser that loses the connection dials again after a second. */
  let head = "retry: 1000\n\n";
  let isOver = false;
  let wake = () => {};

  const nextBatch = async (): Promise<Batch> => {
    const batch: Batch = { records: [], matching: 0, counts: new Map() };
    while (!isOver) {
      const { records, next, isOver: isEnd } = store.scan({
        filter,
        from: last + 1,
        step: 1,
        maxScanned: SCANNED_A_TURN,
        limit: Infinity,
      });
      last = next - 1;
      batch.matching += records.length;
      for (const { level } of records) batch.counts.set(level, (batch.counts.get(level) ?? 0) + 1);
      batch.records = [...batch.records, ...records].slice(-MAX_RECORDS);
      if (isEnd) break;
      await turn();
    }
    return batch;
  };

  const nextEvent = async (): Promise<string | undefined> => {
    const now = clock.now();
    if (now >= batchAt) {
      const { records, matching, counts } = await nextBatch();
      batchAt = now + BATCH_MS / 1000;
      if (matching > 0) {
        const data = {
          records: records.map(entryOf),
          skipped: matching - records.length,
          counts: Object.fromEntries(counts),
        };
        return event("records", last, data);
      }
    }
    if (now < statusAt) return undefined;
    statusAt = now + STATUS_SECONDS;
    return event("status", last, settings.status());
  };

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      while (!isOver) {
        const text = await nextEvent();
        if (isOver) return;
        if (text !== undefined) {
          controller.enqueue(encoder.encode(head + text));
          head = "";
          return;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
          timer = clock.setTimeout(resolve, BATCH_MS);
        });
      }
    },
    cancel() {
      isOver = true;
      clock.clearTimeout(timer);
      wake();
    },
  }, { highWaterMark: 0 });
}

/** JSON has no line break, so that it is one line of data. */
function event(name: string, id: number, data: unknown): string {
  return `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}
