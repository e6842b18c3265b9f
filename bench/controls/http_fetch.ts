/**
 * The control of the group `http`: the same records by a bare loop of `JSON.stringify()`, sent by
 * `fetch` in bodies of 512 KiB.
 */
import process from "node:process";
import { fieldsOf, tookOf } from "../net/record.mjs";
import type { Subject, Target } from "../net/subject.ts";

const BODY_LENGTH = 524_288;

const startTime = Date.now();
// On Node each look at it asks the system.
const processId = process.pid;

/** The fields that `HTTPHandler` sends of a record: the same names and values, so as many bytes. */
function recordOf(i: number): Record<string, unknown> {
  const now = Date.now();
  return {
    name: "myapp.area1",
    msg: `request ${i} took ${tookOf(i)} ms`,
    args: null,
    levelname: "INFO",
    levelno: 20,
    pathname: "(unknown file)",
    filename: "(unknown file)",
    module: "(unknown file)",
    exc_info: null,
    exc_text: null,
    stack_info: null,
    lineno: 0,
    funcName: "(unknown function)",
    created: now / 1000,
    msecs: now % 1000,
    relativeCreated: now - startTime,
    thread: 0,
    threadName: "MainThread",
    processName: "MainProcess",
    process: processId,
    taskName: null,
    ...fieldsOf(i),
  };
}

/** Awaits each request before it fills the next body. */
export function open({ port }: Target): Promise<Subject> {
  const url = `http://127.0.0.1:${port}/intake`;
  const headers = { "Content-Type": "application/x-ndjson" };
  const send = async (body: string) => {
    const response = await fetch(url, { method: "POST", headers, body });
    await response.arrayBuffer();
    if (response.status !== 204) {
      throw new Error(`the server answered ${response.status}`);
    }
  };
  return Promise.resolve({
    emit: () => {
      throw new Error("a control has no emit()");
    },
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
    async run(records) {
      let body = "";
      for (let i = 0; i < records; i++) {
        body += JSON.stringify(recordOf(i)) + "\n";
        if (body.length < BODY_LENGTH) continue;
        await send(body);
        body = "";
      }
      if (body !== "") await send(body);
    },
  });
}
