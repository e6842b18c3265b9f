/** The subject over `./node`, which runs on Deno and Bun too. */
import { connector } from "../../src/adapters/node.ts";
import { open as openOver } from "./logwire.ts";
import type { Subject, Target } from "./subject.ts";

/** The subject of `logwire.ts`, over Node's sockets. */
export function open(target: Target): Promise<Subject> {
  return openOver(target, connector);
}
