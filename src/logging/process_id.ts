/**
 * The id of this process, if the runtime has processes. Only this file looks for it.
 *
 * Browser compatible: reads `globalThis`, which has no process there.
 *
 * @module
 */

interface Host {
  Deno?: { pid?: unknown };
  process?: { pid?: unknown };
  /** Present on workerd, where `process` is an imitation. */
  WebSocketPair?: unknown;
}

const host = globalThis as Host;

/** The process id, or 0 if there is none (an edge worker, a browser). */
export const processId: number = host.WebSocketPair
  ? 0
  : Number((host.Deno ?? host.process)?.pid) || 0;
