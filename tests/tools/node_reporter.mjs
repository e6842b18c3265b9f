/** The `spec` reporter of `node --test`, and a line when a test file begins, for ok.mjs. */
import process from "node:process";
import { Readable } from "node:stream";
import { spec } from "node:test/reporters";

export default async function* (events) {
  yield* Readable.from(announced(events)).pipe(new spec());
}

async function* announced(events) {
  for await (const event of events) {
    const { type, data } = event;
    if (type === "test:dequeue" && data.name.endsWith("_test.ts")) {
      process.stdout.write(`⏵ ${data.name}\n`);
    }
    yield event;
  }
}
