/**
 * Runs one command of a check to its end: collects what it prints, stops it if it prints nothing for
 * minutes, and sees to it that no process that it started outlives it.
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { root } from "./std_packages.mjs";

/** How long a command may print nothing: several times what the slowest test needs on two cores. */
const silenceMs = 4 * 60_000;
/** How long a process that is about to end anyway may still be seen after its parent. */
const graceMs = 5000;
const mark = "LOGWIRE_STEP";
const canReap = existsSync(`/proc/${process.pid}/environ`);

/** Resolves to `{ ok, output }`; never rejects. `onText` gets what the command prints, as it comes. */
export async function runCommand([command, ...args], env, onText = () => {}) {
  const id = randomUUID();
  const { problem, output } = await runToEnd(command, args, { ...env, [mark]: id }, onText);
  const left = canReap ? await stragglers(id) : [];
  const notes = problem === undefined ? [] : [`${command} ${problem}`];
  for (const { pid, name } of left) {
    notes.push(`left a process behind, now killed: ${pid} ${name}`);
    kill(pid);
  }
  return { ok: notes.length === 0, output: [output.trimEnd(), ...notes].join("\n") };
}

function runToEnd(command, args, env, onText) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let isHung = false;
    const collect = (text) => {
      timer.refresh();
      output += text;
      onText(text);
    };
    child.stdout.setEncoding("utf8").on("data", collect);
    child.stderr.setEncoding("utf8").on("data", collect);
    const timer = setTimeout(() => {
      isHung = true;
      child.kill("SIGKILL");
    }, silenceMs);
    const end = (problem) => {
      clearTimeout(timer);
      resolve({ problem, output });
    };
    child.on("error", (error) => end(`could not be started: ${error.message}`));
    // `exit`, not `close`: a process left behind may hold the pipes open.
    child.on("exit", async (code, signal) => {
      await Promise.race([closed(child), delay(graceMs)]);
      if (isHung) end(`was killed: it had printed nothing for ${silenceMs / 1000} s`);
      else if (code !== 0) end(`ended with ${signal ?? `status ${code}`}`);
      else end(undefined);
    });
  });
}

function closed(child) {
  return new Promise((resolve) => child.on("close", resolve));
}

async function stragglers(id) {
  const deadline = Date.now() + graceMs;
  let found = marked(id);
  while (found.length > 0 && Date.now() < deadline) {
    await delay(50);
    found = marked(id);
  }
  return found;
}

/** The processes whose environment carries the mark of this command. */
function marked(id) {
  const found = [];
  for (const pid of readdirSync("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      if (!readFileSync(`/proc/${pid}/environ`, "latin1").includes(`${mark}=${id}`)) continue;
      const name = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      found.push({ pid: Number(pid), name });
    } catch {
      // It ended meanwhile, or is not ours to look into.
    }
  }
  return found;
}

function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended meanwhile.
  }
}
