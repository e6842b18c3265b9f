import { assert, assertEquals, assertThrows } from "@std/assert";
import { holderOf, SpoolLock } from "../../../src/files/spool/_spool_lock.ts";
import { test } from "../../test.ts";
import { ForgetfulFiles } from "./forgetful_files.ts";
import { ScriptedProcesses } from "./spool_setting.ts";

let id = 0;

function lock(files: ForgetfulFiles, processes: ScriptedProcesses): SpoolLock {
  return new SpoolLock(files, processes, "/spool", `id-${id++}`);
}

function folder(): ForgetfulFiles {
  const files = new ForgetfulFiles();
  files.mkdirSync("/spool");
  return files;
}

test("SpoolLock holds against another process, until it is released", () => {
  const files = folder();
  const one = new ScriptedProcesses(7, "70");
  const other = new ScriptedProcesses(8, "80");
  other.alive.set(7, "70");
  const held = lock(files, one);
  assertThrows(() => lock(files, other), Error, "the process 7 of here uses it");
  assertEquals(holderOf(files, other, "/spool")?.process.pid, 7);
  assert(held.isOwn);
  held.release();
  assertEquals(files.readdirSync("/spool"), []);
  const next = lock(files, other);
  assert(next.isOwn && !held.isOwn);
  next.release();
});

test("where no start times are known, the error says what to do with the lock of a reused id", () => {
  const files = folder();
  const one = Object.assign(new ScriptedProcesses(7), {
    self: { host: "here", boot: null, pid: 7, start: null },
  });
  const other = Object.assign(new ScriptedProcesses(8), {
    self: { host: "here", boot: null, pid: 8, start: null },
  });
  lock(files, one);
  // Another program has the id of the dead process.
  other.alive.set(7, "70");
  const advice = "if that process is another program, delete the file 'lock'";
  assertThrows(() => lock(files, other), Error, advice);
  other.alive.delete(7);
  assert(lock(files, other).isOwn);
});

test("SpoolLock holds against another lock of the same process", () => {
  const files = folder();
  const processes = new ScriptedProcesses(7, "70");
  const held = lock(files, processes);
  assertThrows(() => lock(files, processes), Error, "uses it");
  held.release();
});

test("the lock of a dead process does not hold, nor that of one whose id another one has got", () => {
  for (const now of [undefined, "99"]) {
    const files = folder();
    lock(files, new ScriptedProcesses(7, "70"));
    const other = new ScriptedProcesses(8, "80");
    if (now !== undefined) other.alive.set(7, now);
    assert(lock(files, other).isOwn, String(now));
    assertEquals(files.readdirSync("/spool"), ["lock"]);
  }
});

test("the lock of pid 1 of another container does not hold, in which this process has pid 1", () => {
  const files = folder();
  lock(files, new ScriptedProcesses(1, "500", "container-a"));
  assert(lock(files, new ScriptedProcesses(1, "900", "container-b")).isOwn);
});

test("the lock of a process from before the machine was started anew does not hold", () => {
  const files = folder();
  lock(files, new ScriptedProcesses(1, "500", "here", "boot-1"));
  assert(lock(files, new ScriptedProcesses(1, "500", "here", "boot-2")).isOwn);
});

test("the lock of another machine holds, as its processes cannot be seen", () => {
  const files = folder();
  lock(files, new ScriptedProcesses(1, "500", "there", "boot-1"));
  assertThrows(
    () => lock(files, new ScriptedProcesses(1, "900", "here", "boot-2")),
    Error,
    "the process 1 of there may use it: it cannot be seen from here",
  );
});

test("a lock whose contents a loss of power has cost does not hold", () => {
  const files = folder();
  files.closeSync(files.openSync("/spool/lock", "wx"));
  assert(lock(files, new ScriptedProcesses(1, "500")).isOwn);
});

test("SpoolLock leaves nothing behind where it fails", () => {
  const files = folder();
  lock(files, new ScriptedProcesses(7, "70"));
  const other = new ScriptedProcesses(8, "80");
  other.alive.set(7, "70");
  assertThrows(() => lock(files, other));
  assertEquals(files.readdirSync("/spool"), ["lock"]);
  assertEquals(files.openFiles, 0);
});

test("of two processes that find the lock of a dead one, one gets it", () => {
  const find = (steps: number) => {
    const files = folder();
    lock(files, new ScriptedProcesses(7, "70"));
    const [one, other] = [new ScriptedProcesses(8, "80"), new ScriptedProcesses(9, "90")];
    one.alive.set(9, "90");
    other.alive.set(8, "80");
    // The other process comes in between two calls of the first one.
    const won: boolean[] = [];
    const start = files.steps;
    const interrupted = new Proxy(files, {
      get(target, name) {
        const value = Reflect.get(target, name, target);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          if (files.steps - start === steps && won.length === 0) {
            won.push(true);
            won[0] = succeeds(() => lock(files, other));
          }
          return value.apply(target, args);
        };
      },
    });
    won[1] = succeeds(() => lock(interrupted, one));
    return [won, files.readdirSync("/spool")] as const;
  };
  for (let steps = 0; steps < 25; steps++) {
    const [won, names] = find(steps);
    assertEquals(won.filter(Boolean).length, 1, `after ${steps} calls: ${won}`);
    assertEquals(names, ["lock"], `after ${steps} calls`);
  }
});

function succeeds(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}
