/**
 * The number of this process, where the runtime has processes. The one place that looks for it.
 *
 * Browser compatible: reads `globalThis` and finds nothing there.
 *
 * @module
 */

interface Host {
  Deno?: { pid?: unknown };
  process?: { pid?: unknown };
}

/** The process id, or 0 where there is none (an edge worker, a browser). */
export const processId: number = probe();

function probe(): number {
  const host = globalThis as Host;
  try {
    const pid = host.Deno?.pid ?? host.process?.pid;
    return typeof pid === "number" ? pid : 0;
  } catch {
    return 0;
  }
}
