import { assertEquals, assertInstanceOf } from "@std/assert";
import { VirtualClock } from "../../src/testing/memory.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { FrameError, lengthPrefixed } from "../../src/wire/length_prefix_framing.ts";
import { loads } from "../../src/wire/pickle/pickle.ts";
import {
  RecordPipeline,
  type RecordPipelineOptions,
} from "../../src/receivers/_record_pipeline.ts";
import type { ReceiverFault } from "../../src/receivers/receiver_fault.ts";
import { test } from "../test.ts";
import { turns } from "../turns.ts";
import { fields, record, spam } from "./setting.ts";

const { signal } = new AbortController();

/** A pipeline without a server, the records that it handled, and its faults. */
function pipelineOf(
  handle: (record: LogRecord) => void | Promise<void> = () => {},
  framing: RecordPipelineOptions["framing"] = lengthPrefixed,
) {
  const handled: unknown[] = [];
  const senders: unknown[] = [];
  const faults: ReceiverFault[] = [];
  const steps = {
    unPickle(payload: Uint8Array, sender?: string) {
      senders.push(sender);
      return loads(payload) as Record<string, unknown>;
    },
    async handleLogRecord(record: LogRecord) {
      await handle(record);
      handled.push(record.msg);
    },
  };
  const pipeline = new RecordPipeline(steps, {
    framing,
    maxFrameBytes: 1000,
    escapeControlCharacters: true,
    clock: new VirtualClock(),
    onError: (fault) => faults.push(fault),
    describe: () => "receiver",
  });
  return { pipeline, handled, senders, faults };
}

test("RecordPipeline hands each payload to unPickle() with the sender's address", async () => {
  const { pipeline, handled, senders } = pipelineOf();
  await pipeline.take(pipeline.source("192.0.2.1", 1), spam, signal);
  await pipeline.take(pipeline.source(), spam, signal);
  assertEquals([handled, senders], [["spam", "spam"], ["192.0.2.1", undefined]]);
});

test("RecordPipeline.take() ends when all work of a session has, though it is to stop", async () => {
  const stopping = new AbortController();
  /** Work that leads to more work. */
  const session = {
    frames: 0,
    isOver: false,
    left: 2,
    work: undefined as Promise<void> | undefined,
    push: () => session.begin(),
    next: () => undefined,
    end: () => {},
    takeAnswers: () => new Uint8Array(0),
    leave: () => {},
    begin(): void {
      session.work = turns(2).then(() => {
        session.work = undefined;
        if (--session.left > 0) session.begin();
      });
    },
  };
  const { pipeline } = pipelineOf(undefined, { reader: () => session });
  const taking = pipeline.take(pipeline.source(), spam, stopping.signal);
  stopping.abort();
  await taking;
  assertEquals([session.left, session.work], [0, undefined]);
});

test("RecordPipeline keeps the unfinished frames of two sources apart", async () => {
  const { pipeline, handled } = pipelineOf();
  const [one, two] = [pipeline.source(undefined, 1), pipeline.source(undefined, 2)];
  const eggs = record({ msg: "eggs" });
  await pipeline.take(one, spam.subarray(0, 20), signal);
  await pipeline.take(two, eggs.subarray(0, 10), signal);
  await pipeline.take(one, spam.subarray(20), signal);
  await pipeline.take(two, eggs.subarray(10), signal);
  assertEquals(handled, ["spam", "eggs"]);
  assertEquals(pipeline.receivedBytes, spam.length + eggs.length);
});

test("RecordPipeline returns the fault that ends a source, and reports one of a single record", async () => {
  const { pipeline, handled, faults } = pipelineOf(({ msg }) => {
    if (msg === "bad") throw new Error("not today");
  });
  const source = pipeline.source(undefined, 3);
  await pipeline.take(source, record({ msg: "bad" }), signal);
  assertEquals(faults.map(({ reason, connection }) => [reason, connection]), [["record", 3]]);
  assertEquals(faults[0]!.record?.name, fields.name);

  await pipeline.take(source, spam.subarray(0, 9), signal);
  const fault = await pipeline.end(source);
  assertEquals([fault?.reason, fault?.connection, faults.length], ["frame", 3, 1]);
  assertInstanceOf(fault?.error, FrameError);
  const { received, failed, rejected } = pipeline;
  assertEquals([received, failed, rejected, handled], [1, 1, 1, []]);
});

test("RecordPipeline handles no further record once the signal is aborted", async () => {
  const abort = new AbortController();
  const { pipeline, handled } = pipelineOf(() => abort.abort());
  const two = new Uint8Array(2 * spam.length);
  two.set(spam);
  two.set(spam, spam.length);
  assertEquals(await pipeline.take(pipeline.source(), two, abort.signal), undefined);
  assertEquals(handled, ["spam"]);
});
