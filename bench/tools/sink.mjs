/** The sink as the runner sees it: see net/sink.c. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { expectations } from "../net/record.mjs";
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

/**
 * Starts a sink that reports when it has `marks` records. `expected` has what it demands of each
 * record (see net/record.mjs).
 */
export async function startSink(
  sink,
  { kind, protocol, delimiter = "\\n", loggers = 1, expected, marks, limitMs },
) {
  const seconds = String(Math.ceil(limitMs / 1000));
  const args = [kind, protocol, delimiter, seconds, String(loggers), marks.join(","), ...expected];
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
    /** From the next arrival on it reads nothing for `ms`. */
    async beLate(ms) {
      child.send(`late ${ms}\n`);
      for (let line; (line = await child.line()) !== "late";) {
        if (line === undefined) throw new Error(child.describe("the sink ended early"));
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
        const [records, bad, cut, bytes, last, next] = numbers.map(Number);
        return { records, bad, cut, bytes, last, next };
      }
    },
    kill: child.kill,
  };
}

/**
 * Throws unless the sink finds fault with a record whose text is wrong, one whose argument is, one
 * that comes twice, one that comes late, and one that is cut off. `frames` are of records with
 * arguments, number 0 and the following ones.
 */
export async function proveSink(sink, path) {
  const bytes = readFileSync(path);
  const frames = [];
  for (let at = 0; at < bytes.length;) {
    frames.push(bytes.subarray(at, at += bytes.readUInt32BE(at) + 4));
  }
  const [first, second, third, fourth] = frames;
  const wrong = (frame, from, to) => {
    const copy = Buffer.from(frame);
    copy.write(to, copy.indexOf(from));
    return copy;
  };
  const faulty = [wrong(second, "request", "bequest"), wrong(second, "took 1 ", "took 2 ")];
  const sent = [first, ...faulty, second, second, fourth, third, first.subarray(0, 100)];
  const { port, finish, kill } = await startSink(sink, {
    kind: "pickle",
    protocol: "tcp",
    expected: expectations("args"),
    marks: [2],
    limitMs: 10_000,
  });
  try {
    await new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1").on("error", reject).on("close", resolve).resume();
      socket.end(Buffer.concat(sent));
    });
    const { records, bad, cut, next } = await finish();
    if (records === 3 && bad === 4 && cut === 1 && next === 4) return;
    throw new Error(
      `The sink took ${records} records, ${bad} wrong and ${cut} cut, not 3, 4 and 1`,
    );
  } finally {
    kill();
  }
}
