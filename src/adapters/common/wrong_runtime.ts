/**
 * Names the connector that a program should have imported, where it runs on another runtime than the
 * one that its connector is for.
 *
 * @module
 */
import { ConnectionError } from "../../net/connection_error.ts";

interface Host {
  Deno?: unknown;
  Bun?: unknown;
  navigator?: { userAgent?: string };
}

/** The runtime of this program, and the sub-path of its connector. */
function current(): readonly [runtime: string, subPath: string] {
  const { Deno, Bun, navigator } = globalThis as Host;
  if (Deno !== undefined) return ["Deno", "deno"];
  if (Bun !== undefined) return ["Bun", "bun"];
  return isWorker(navigator) ? ["a Cloudflare Worker", "cloudflare"] : ["Node", "node"];
}

function isWorker(navigator: Host["navigator"]): boolean {
  return navigator?.userAgent === "Cloudflare-Workers";
}

/** Returns the error of a connector, named by its sub-path, that cannot work on this runtime. */
export function wrongRuntime(own: string): ConnectionError {
  const [runtime, subPath] = current();
  return new ConnectionError(
    "unsupported",
    `the connector of "@logwire/logging/${own}" does not work on ${runtime}: ` +
      `import the one of "@logwire/logging/${subPath}"`,
  );
}

/** Throws in a worker, where sockets of Node exist and belong to one request each. */
export function refuseWorker(own: string): void {
  if (isWorker((globalThis as Host).navigator)) throw wrongRuntime(own);
}
