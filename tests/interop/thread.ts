/** Starts a worker thread of the runtime: of the web on Deno and Bun, of Node on Node. */
import type { MessagePortLike } from "../../src/queue/message_port.ts";
import { runtime } from "../test.ts";

/** A running thread. */
export interface Thread extends MessagePortLike {
  terminate(): unknown;
}

/** Runs `tests/interop/<name>` in a thread; `onMessage` gets the messages that it posts back. */
export async function startThread<Message>(
  name: string,
  onMessage: (message: Message) => void = () => {},
): Promise<Thread> {
  const program = new URL(name, import.meta.url);
  if (runtime === "node") {
    const { Worker } = await import("node:worker_threads");
    // Node 20 does not give a worker what --import gave this thread.
    const api = JSON.stringify(import.meta.resolve("tsx/esm/api"));
    const start = `import(${api}).then(({ register }) => {
      register();
      return import(${JSON.stringify(program.href)});
    })`;
    const worker = new Worker(start, { eval: true });
    worker.on("message", onMessage);
    return worker as unknown as Thread;
  }
  const worker = new Worker(program, { type: "module" });
  worker.addEventListener("message", ({ data }) => onMessage(data));
  return worker;
}
