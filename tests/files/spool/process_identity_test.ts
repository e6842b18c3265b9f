import { assert, assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { isRunning, systemProcesses } from "../../../src/files/spool/_process_identity.ts";
import { test } from "../../test.ts";
import { ScriptedProcesses } from "./spool_setting.ts";

test("systemProcesses knows this process, which runs", () => {
  const { self } = systemProcesses;
  assertEquals(self.pid, process.pid);
  assert(self.host.length > 0);
  assert(isRunning(self, systemProcesses));
});

test("systemProcesses tells a process that runs from one that has ended", async () => {
  const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  const pid = child.pid!;
  await once(child, "close");
  assertEquals(systemProcesses.isAlive(pid), false);
  assertEquals(systemProcesses.isAlive(process.pid), true);
  assertEquals(isRunning({ ...systemProcesses.self, pid, start: "1" }, systemProcesses), false);
});

test("isRunning() goes by the process id alone where start times are unknown", () => {
  const processes = new ScriptedProcesses(5, "50");
  const unknown = { host: "here", boot: null, pid: 5, start: null };
  assertEquals(isRunning(unknown, processes), true);
  assertEquals(isRunning({ ...unknown, pid: 6 }, processes), false);
  assertEquals(isRunning({ ...unknown, host: "there" }, processes), undefined);
});
