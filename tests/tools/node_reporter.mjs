/** The `spec` reporter of `node --test`, and a line when a process begins, for ok.mjs. */
import process from "node:process";
import { Readable } from "node:stream";
import { spec } from "node:test/reporters";

export default async function* (events) {
  yield* Readable.from(announced(events)).pipe(new spec());
}

async function* announced(events) {
  for await (const event of events) {
    const { type, data } = event;
    if (type === "test:dequeue" && /(_test\.ts|[/\\]\w+\.mjs)$/.test(data.name)) {
      process.stdout.write(`⏵ ${data.name}\n`);
    }
    yield event;
  }
}
