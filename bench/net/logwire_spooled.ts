/** The subject with a spool in a folder of its own, or in `queue` mode without one, to compare with. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { fileSpool } from "../../src/files/spool/file_spool.ts";
import { open as openWith } from "./logwire.ts";
import type { Subject, Target } from "./subject.ts";

/** The subject of `logwire.ts`; its folder is removed when the process ends. */
export function open(target: Target): Promise<Subject> {
  const { durability } = target;
  const queue = { whileDisconnected: "queue" } as const;
  if (durability === undefined) return openWith(target, undefined, queue);
  const folder = mkdtempSync(`${tmpdir()}/logwire-bench-spool-`);
  const spool = fileSpool(folder, { durability });
  // The spool writes what it has in a hook of its own, before this one.
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return openWith(target, undefined, { ...queue, spool });
}
