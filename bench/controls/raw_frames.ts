/** The control of one write a frame: what a write call costs the runtime. */
import type { Subject, Target } from "../net/subject.ts";
import { openRaw } from "./raw_tcp.ts";

/** Writes of one frame each. */
export function open(target: Target): Promise<Subject> {
  return openRaw(target, 1);
}
