/** The sink as the runner sees it: see net/sink.c. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { MESSAGE } from "../net/record.mjs";
import { start } from "./processes.mjs";

/** How often a sink that is silent is asked how many it has. */
const ASK_MS = 200;

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

/** Starts a sink that reports when it has `marks` records. */
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
    /** When record number `mark` arrived, or `undefined` if none has arrived for `ms`. */
    async mark(mark, ms) {
      let before = -1;
      let since = performance.now();
      for (;;) {
        const line = await child.line(ASK_MS);
        if (line === undefined) {
          if (performance.now() - since > ms) return undefined;
          child.send("\n");
          continue;
        }
        const [word, count, time] = line.split(" ");
        if (word === "mark" && Number(count) === mark) return Number(time);
        if (Number(count) > before) {
          before = Number(count);
          since = performance.now();
        }
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

/** Throws unless the sink finds fault with a wrong record and with one that is cut off. */
export async function proveSink(sink, path) {
  const frames = readFileSync(path);
  const good = frames.subarray(0, frames.readUInt32BE() + 4);
  const wrong = Buffer.from(good);
  wrong.write("K", wrong.indexOf(MESSAGE));
  const { port, finish, kill } = await startSink(sink, {
    kind: "pickle",
    protocol: "tcp",
    marks: [2],
    limitMs: 10_000,
  });
  try {
    await new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1").on("error", reject).on("close", resolve).resume();
      socket.end(Buffer.concat([good, wrong, good, good.subarray(0, 100)]));
    });
    const { records, bad, cut } = await finish();
    if (records === 2 && bad === 1 && cut === 1) return;
    throw new Error(
      `The sink took ${records} records, ${bad} wrong and ${cut} cut, not 2, 1 and 1`,
    );
  } finally {
    kill();
  }
}
