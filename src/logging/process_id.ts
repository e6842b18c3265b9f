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
  /** Of workerd, where `process` is an imitation. */
  WebSocketPair?: unknown;
}

const host = globalThis as Host;

/** The process id, or 0 where there is none (an edge worker, a browser). */
export const processId: number = host.WebSocketPair
  ? 0
  : Number((host.Deno ?? host.process)?.pid) || 0;
