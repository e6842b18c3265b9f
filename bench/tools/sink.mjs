/** The sink as the runner sees it: see net/sink.c. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { MESSAGE } from "../net/record.mjs";
import { start } from "./processes.mjs";

/** The command that is the sink here, and its name: C where there is a compiler, else Node. */
export function buildSink(net, scratch) {
  const binary = join(scratch, "sink");
  const { status } = spawnSync(process.env.CC ?? "cc", [
    "-O2",
    "-o",
    binary,
    join(net, "sink.c"),
  ]);
  if (status === 0) return { name: "C", command: [binary] };
  return { name: "Node", command: [process.execPath, join(net, "sink.mjs")] };
}

/** Starts a sink that tells when it has `marks` records. */
export async function startSink(
  sink,
  { kind, protocol, delimiter = "\\n", marks, limitMs },
) {
  const seconds = Math.ceil(limitMs / 1000);
  const args = [
    kind,
    protocol,
    MESSAGE,
    delimiter,
    String(seconds),
    ...marks.map(String),
  ];
  const child = start([...sink.command, ...args], { limitMs: limitMs + 1000 });
  const port = Number(await child.line(10_000));
  if (!(port > 0)) throw new Error(child.describe("the sink did not start"));
  return {
    port,
    /** When record number `mark` arrived, or `undefined` if it does not within `ms`. */
    async mark(mark, ms) {
      const deadline = Date.now() + ms;
      for (;;) {
        const line = await child.line(Math.max(deadline - Date.now(), 0));
        if (line === undefined) return undefined;
        const [word, count, time] = line.split(" ");
        if (word === "mark" && Number(count) === mark) return Number(time);
      }
    },
    /** Reads what is still to come; what was counted in all. */
    async finish() {
      child.endInput();
      for (;;) {
        const line = await child.line();
        if (line === undefined) {
          throw new Error(child.describe("the sink ended early"));
        }
        const [word, ...numbers] = line.split(" ");
        if (word !== "end") continue;
        await child.done;
        const [records, bad, cut, bytes, last] = numbers.map(Number);
        return { records, bad, cut, bytes, last };
      }
    },
    kill: child.kill,
  };
}
