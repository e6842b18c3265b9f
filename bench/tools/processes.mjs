/**
 * Child processes that speak in lines, and that end: each has a time limit, and none outlives the
 * runner.
 */
import { spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";

const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => process.exit(1));
}

/** Starts `command`; its lines of stdout are taken with `line()`, one after the other. */
export function start(
  [command, ...args],
  { env = process.env, cwd, limitMs = 60_000 } = {},
) {
  const child = spawn(command, args, {
    env,
    cwd,
    stdio: ["pipe", "pipe", "pipe"],
  });
  running.add(child);
  const name = [command, ...args].join(" ").slice(0, 120);
  const lines = [];
  const waiting = [];
  let errors = "";
  let ended = false;
  let problem;
  const timer = setTimeout(() => {
    problem = `was stopped after ${limitMs / 1000} s`;
    child.kill("SIGKILL");
  }, limitMs);
  child.stdin.on("error", () => {});
  child.stderr.setEncoding("utf8").on(
    "data",
    (text) => errors = (errors + text).slice(-1000),
  );
  createInterface({ input: child.stdout }).on("line", (line) => {
    const take = waiting.shift();
    if (take === undefined) lines.push(line);
    else take(line);
  });
  const done = new Promise((resolve) => {
    const end = (reason) => {
      clearTimeout(timer);
      running.delete(child);
      ended = true;
      for (const take of waiting.splice(0)) take(undefined);
      resolve(problem ?? reason);
    };
    child.on("error", (error) => end(error.message));
    child.on("close", (code, signal) => {
      end(code === 0 ? undefined : `ended with ${signal ?? `status ${code}`}`);
    });
  });
  return {
    /** The next line, or `undefined` when there are no more, or (with `ms`) none in time. */
    line(ms) {
      if (lines.length > 0) return Promise.resolve(lines.shift());
      if (ended) return Promise.resolve(undefined);
      return new Promise((resolve) => {
        const take = (line) => {
          clearTimeout(late);
          resolve(line);
        };
        const late = ms === undefined ? undefined : setTimeout(() => {
          waiting.splice(waiting.indexOf(take), 1);
          resolve(undefined);
        }, ms);
        waiting.push(take);
      });
    },
    send: (text) => child.stdin.write(text),
    endInput: () => child.stdin.end(),
    kill: () => child.kill("SIGKILL"),
    /** Resolves, when it has ended, to what is wrong with that, or to `undefined`. */
    done,
    describe: (what) => `${name}\n${what}\n${errors}`.trim(),
  };
}

/** Returns the message of a line that a subject printed; `{}` for its own chatter. */
export function messageOf(line) {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}
