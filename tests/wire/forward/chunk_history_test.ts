import { assert, assertEquals } from "@std/assert";
import { ChunkHistory, type OpenChunk } from "../../../src/wire/forward/chunk_history.ts";
import { test } from "../../test.ts";

const open = (history: ChunkHistory, id: string): OpenChunk => {
  const chunk = history.begin(id);
  assert(chunk !== undefined && !(chunk instanceof Promise));
  return chunk;
};

test("begin() knows a chunk that is finished, and counts it", () => {
  const history = new ChunkHistory(10);
  open(history, "a").finish();
  assertEquals([history.begin("a"), history.begin("a"), history.duplicates], [
    undefined,
    undefined,
    2,
  ]);
});

test("begin() waits for a chunk that is open, which then goes on where it stopped", async () => {
  const history = new ChunkHistory(10);
  const chunk = open(history, "a");
  const waiting = history.begin("a");
  assert(waiting instanceof Promise);
  chunk.handled = 3;
  chunk.release();
  await waiting;
  const again = open(history, "a");
  assertEquals(again.handled, 3);
  // Too late: it is another one's now.
  again.finish();
  again.release();
  assertEquals([history.begin("a"), history.duplicates], [undefined, 1]);
});

test("the oldest ids are forgotten", () => {
  const history = new ChunkHistory(2);
  for (const id of ["a", "b"]) open(history, id).finish();
  history.begin("a");
  open(history, "c").finish();
  assertEquals([history.begin("a"), history.begin("c")], [undefined, undefined]);
  assertEquals(open(history, "b").handled, 0);
});
